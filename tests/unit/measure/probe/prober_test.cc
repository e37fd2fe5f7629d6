// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/prober.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/error.h"
#include "measure/scsi_disk.h"

namespace san {

using namespace san::measure;
namespace {

/// All trials, of a disk.
struct Bed {
  ScsiDisk disk;
  iscsi::LunInfo about = ScsiDisk::lun();
  std::vector<FeatureFinding> findings;

  void run(Prober::Clock::duration time = std::chrono::minutes(1)) {
    ProbedLun lun(disk, about);
    Prober prober(lun, probe_layout(about, "url"), Prober::Clock::now() + time);
    probe_transfers(prober);
    probe_caching(prober);
    probe_unmap(prober);
    probe_write_same(prober);
    probe_provisioning(prober);
    probe_copy(prober);
    probe_reservation(prober);
    findings = prober.findings();
  }
  const FeatureFinding& of(const std::string& id) const {
    const auto found =
        std::find_if(findings.begin(), findings.end(), [&id](const FeatureFinding& f) { return f.id == id; });
    REQUIRE_MESSAGE(found != findings.end(), id);
    return *found;
  }
  std::string liars() const {
    std::string text;
    for (const FeatureFinding& finding : findings)
      if (finding.verdict == FeatureVerdict::false_claim) text += finding.id + " ";
    return text;
  }
};

TEST_CASE("an honest disk is called honest") {
  Bed bed;
  bed.run();
  CHECK(bed.liars().empty());
  CHECK(conclude(bed.findings) == Conclusion::honest);
  for (const char* id :
       {"write", "max-transfer", "read-end", "write-end", "fua", "flush", "verify", "compare-and-write",
        "unmap", "unmap-unaligned", "unmap-several", "unmap-all", "write-same-10", "write-same-16",
        "write-same-16-ndob", "write-same-16-unmap", "lbprz", "get-lba-status", "reservation"}) {
    CAPTURE(id);
    CAPTURE(bed.of(id).evidence);
    CHECK(bed.of(id).verdict == FeatureVerdict::works);
  }
  CHECK(bed.of("unmap-4g").verdict == FeatureVerdict::unknown);  // too small for it
  CHECK(bed.of("extended-copy").verdict == FeatureVerdict::not_supported);
}

TEST_CASE("each lie is found, and called by its name") {
  struct Case {
    const char* lie;
    const char* liars;
  };
  for (const Case& one :
       {Case{"no end", "read-end write-end "}, Case{"fua writes nothing", "fua "},
        Case{"verify finds nothing", "verify "},
        Case{"compare and write writes always", "compare-and-write "},
        Case{"unmap does nothing",
             "unmap unmap-unaligned unmap-several unmap-all write-same-10-unmap write-same-16-unmap lbprz "
             "get-lba-status "},
        Case{"write same does nothing",
             "write-same-10 write-same-16 write-same-10-unmap write-same-16-unmap write-same-16-ndob "},
        Case{"status says deallocated", "get-lba-status "}, Case{"status of elsewhere", "get-lba-status "},
        Case{"reserves nothing", "reservation "}}) {
    CAPTURE(one.lie);
    Bed bed;
    bed.disk.false_claims.insert(one.lie);
    bed.run();
    CHECK(bed.liars() == one.liars);
  }
}

TEST_CASE("zeros at the ends do not hide what is between") {
  Bed bed;
  bed.disk.false_claims.insert("unmap only the ends");
  bed.run();
  CHECK(bed.of("unmap").verdict == FeatureVerdict::false_claim);
  CHECK(bed.of("lbprz").verdict == FeatureVerdict::false_claim);
  CHECK(bed.of("lbprz").evidence.find("not zeros") != std::string::npos);
}

TEST_CASE("what is beside a range is looked at") {
  Bed bed;
  bed.disk.false_claims.insert("unmap takes one block more");
  bed.run();
  CHECK(bed.of("unmap").evidence.find("beside") != std::string::npos);
  CHECK(bed.of("write-same-16-unmap").evidence.find("beside") != std::string::npos);
}

TEST_CASE("declared and refused is a lie; not declared is not") {
  Bed bed;
  bed.disk.unknown = {0x42, 0x89, 0x8F};
  bed.run();
  CHECK(bed.of("unmap").verdict == FeatureVerdict::false_claim);
  CHECK(bed.of("compare-and-write").verdict == FeatureVerdict::false_claim);
  CHECK(bed.of("verify").verdict == FeatureVerdict::not_supported);
  bed.about.provisioning->lbpu = false;
  bed.about.limits->max_compare_and_write_blocks = 0;
  bed.run();
  CHECK(bed.of("unmap").verdict == FeatureVerdict::not_supported);
  CHECK(bed.of("compare-and-write").verdict == FeatureVerdict::not_supported);
  CHECK(bed.liars().empty());
}

TEST_CASE("what works without being declared is told") {
  Bed bed;
  bed.about.provisioning->lbpu = false;
  bed.about.limits->max_compare_and_write_blocks = 0;
  bed.about.capacity->lbprz = false;
  bed.run();
  CHECK(bed.of("unmap").verdict == FeatureVerdict::undeclared);
  CHECK(bed.of("compare-and-write").verdict == FeatureVerdict::undeclared);
  CHECK(bed.of("lbprz").verdict == FeatureVerdict::undeclared);
  CHECK(bed.of("lbprz").evidence.find("READ CAPACITY(16) does not declare it, VPD page B2h does") !=
        std::string::npos);
}

TEST_CASE("without LBPRZ what UNMAP leaves is no lie") {
  Bed bed;
  bed.about.capacity->lbprz = bed.about.provisioning->lbprz = false;
  bed.disk.false_claims.insert("unmap does nothing");
  bed.run();
  CHECK(bed.liars().empty());
  CHECK(bed.of("lbprz").verdict == FeatureVerdict::not_supported);
}

TEST_CASE("limits that are declared are kept") {
  Bed bed;
  bed.about.limits->max_unmap_blocks = 64;
  bed.about.limits->max_unmap_descriptors = 1;
  bed.about.limits->max_write_same_blocks = 16;
  bed.about.limits->max_transfer_blocks = 128;
  bed.run();
  CHECK(bed.liars().empty());
  CHECK(bed.of("unmap").verdict == FeatureVerdict::works);
  CHECK(bed.of("unmap-several").verdict == FeatureVerdict::not_supported);
  CHECK(bed.of("unmap-all").verdict == FeatureVerdict::not_supported);
  CHECK(bed.of("lbprz").verdict == FeatureVerdict::works);
  CHECK(bed.of("max-transfer").evidence == "64.0 KiB at once, as declared");
}

TEST_CASE("a granularity that makes no sense does no harm") {
  Bed bed;
  for (const std::uint32_t granularity : {7U, 4096U, 0xFFFFFFFFU}) {
    CAPTURE(granularity);
    bed.about.limits->unmap_granularity_blocks = granularity;
    bed.about.limits->unmap_alignment_blocks = 3;
    if (granularity == 4096)
      CHECK_THROWS_AS(bed.run(), Error);  // 2 MiB: too small a disk
    else
      bed.run();
    CHECK(bed.liars().empty());
  }
}

TEST_CASE("a command that hangs is sent once, and the rest goes on") {
  Bed bed;
  bed.disk.silent = {0x42};
  bed.run();
  CHECK(bed.of("unmap").verdict == FeatureVerdict::unknown);
  CHECK(bed.of("unmap").broken);
  CHECK(bed.of("unmap-all").evidence.find("was not answered before") != std::string::npos);
  CHECK(bed.of("reservation").verdict == FeatureVerdict::works);
  CHECK(conclude(bed.findings) == Conclusion::unanswered);
}

TEST_CASE("keys of other hosts are left alone") {
  Bed bed;
  bed.disk.false_claims.insert("a key of another host");
  bed.run();
  CHECK(bed.of("reservation").verdict == FeatureVerdict::unknown);
  CHECK_FALSE(bed.of("reservation").broken);
}

TEST_CASE("a LUN that another host has reserved is refused") {
  ScsiDisk disk;
  const iscsi::LunInfo about = ScsiDisk::lun();
  ProbedLun lun(disk, about);
  CHECK_NOTHROW(check_reservation(lun, "url"));
  disk.false_claims.insert("reserved by another host");
  CHECK_THROWS_WITH_AS(check_reservation(lun, "url"),
                       "url: another host has reserved it; release the reservation on that host first",
                       Error);
  disk.false_claims.clear();
  disk.unknown = {0x5E};
  CHECK_NOTHROW(check_reservation(lun, "url"));
}

TEST_CASE("when the time is over nothing is sent any more") {
  Bed bed;
  bed.run(std::chrono::seconds(-1));
  CHECK(bed.disk.sent <= 2);  // a look at what is declared
  for (const FeatureFinding& finding : bed.findings) {
    CAPTURE(finding.id);
    CHECK((finding.verdict == FeatureVerdict::unknown || finding.verdict == FeatureVerdict::not_supported));
  }
}

TEST_CASE("a LUN that is too small is refused before anything is written") {
  iscsi::LunInfo lun = ScsiDisk::lun();
  lun.capacity->blocks = 4 * MiB / 512;
  CHECK_THROWS_WITH_AS(probe_layout(lun, "url"),
                       "url: is too small to probe: has 4.0 MiB, and 8.0 MiB are needed", Error);
}

}  // namespace
}  // namespace san
