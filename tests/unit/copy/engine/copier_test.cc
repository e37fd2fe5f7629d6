// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/copier.h"

#include "copy/copy_checks.h"
#include "copy/sparse_device.h"
#include "copy/strict_device.h"

using namespace san;
using namespace san::copy;
using namespace std::chrono_literals;
using Op = FaultDevice::Op;
using Request = FaultDevice::Request;

namespace {

/// What was asked of a device and can change it, in order.
std::vector<Request> changes(const FaultDevice& device) {
  std::vector<Request> found;
  for (const Request& request : device.requests())
    if (request.op != Op::read) found.push_back(request);
  return found;
}

/// Where the head was marked.
std::uint64_t first_mark(const FaultDevice& device) {
  for (const Request& request : device.requests())
    if (request.op == Op::write) return request.offset;
  return 0;
}

class Recorder final : public ProgressSink {
 public:
  explicit Recorder(std::vector<ProgressState>& ends) : ends_(ends) {}
  void show(const ProgressState& state) override {
    if (state.finished) ends_.push_back(state);
  }
  std::chrono::milliseconds interval() const override { return 1h; }

 private:
  std::vector<ProgressState>& ends_;
};

CopyOptions verified(VerifyMode mode = VerifyMode::full) {
  CopyOptions options;
  options.verify = mode;
  return options;
}

}  // namespace

TEST_CASE("a copy is what its source is") {
  Content content = bootable_disk(5 * MiB + 512);
  std::fill_n(content.begin() + 2 * MiB, MiB, std::byte{0});
  const auto source = disk_of(content);
  MemoryDevice destination("copy", 6 * MiB, std::byte{0xAA});
  const CopyResult result = run_copy(source.get(), {&destination}, verified());
  CHECK(bytes_of(destination.bytes().first(content.size())) == content);
  for (const std::byte byte : destination.bytes().subspan(content.size())) REQUIRE(byte == std::byte{0xAA});
  CHECK(result.total == content.size());
  CHECK(result.data == 4 * MiB + 512);
  CHECK(result.zero == MiB);
  CHECK(result.hash == hash128(content));
  REQUIRE(result.destinations.size() == 1);
  const DestinationResult& one = result.destinations[0];
  CHECK(one.name == "copy");
  CHECK(!one.error);
  CHECK(one.bytes.written == 4 * MiB + 512);
  CHECK(one.bytes.unmapped == MiB);
  CHECK(one.bytes.skipped == 0);
  CHECK(one.verified == content.size());
  CHECK(one.mismatches.empty());
  CHECK(one.rewritten.empty());
}

TEST_CASE("the first MiB comes last, between flushes") {
  const auto source = disk_of(bootable_disk(4 * MiB));
  FaultDevice destination(std::make_shared<MemoryDevice>("copy", 4 * MiB));
  run_copy(source.get(), {&destination});
  const std::uint64_t mark = first_mark(destination);
  CHECK(mark >= MiB / 2);
  CHECK(changes(destination) == std::vector<Request>{{Op::write, mark, 512},
                                                     {Op::write, MiB, MiB},
                                                     {Op::write, 2 * MiB, MiB},
                                                     {Op::write, 3 * MiB, MiB},
                                                     {Op::flush, 0, 0},
                                                     {Op::write, 0, MiB},
                                                     {Op::flush, 0, 0}});
}

TEST_CASE("an old head is gone before anything else is written") {
  const auto source = disk_of(bootable_disk(2 * MiB));
  FaultDevice destination(disk_of(bootable_disk(2 * MiB, 2)));
  run_copy(source.get(), {&destination});
  const std::uint64_t mark = first_mark(destination);
  CHECK(changes(destination) == std::vector<Request>{{Op::write, mark, 512},
                                                     {Op::zero, 0, mark},
                                                     {Op::zero, mark + 512, MiB - mark - 512},
                                                     {Op::flush, 0, 0},
                                                     {Op::write, MiB, MiB},
                                                     {Op::flush, 0, 0},
                                                     {Op::write, 0, MiB},
                                                     {Op::flush, 0, 0}});
}

TEST_CASE("disks smaller than the head, and of one block, and of none") {
  for (const std::size_t size : {0UL, 512UL, 4096UL, MiB - 512, 1UL * MiB, MiB + 512}) {
    CAPTURE(size);
    const Content content = random_bytes(size, size + 1);
    const auto source = disk_of(content);
    MemoryDevice destination("copy", 2 * MiB, std::byte{0xAA});
    const CopyResult result = run_copy(source.get(), {&destination}, verified());
    CHECK(bytes_of(destination.bytes().first(size)) == content);
    CHECK(destination.bytes()[size] == std::byte{0xAA});
    CHECK(result.total == size);
    CHECK(result.hash == hash128(content));
    CHECK(!result.destinations[0].error);
  }
}

TEST_CASE("holes are not read") {
  const auto disk = disk_of(bootable_disk(8 * MiB));
  std::fill_n(disk->bytes().begin() + 2 * MiB, 5 * MiB, std::byte{0});
  disk->set_extents({{0, 2 * MiB, Extent::Kind::data},
                     {2 * MiB, 5 * MiB, Extent::Kind::zero},
                     {7 * MiB, MiB, Extent::Kind::data}});
  FaultDevice source(disk);
  MemoryDevice destination("copy", 8 * MiB, std::byte{0xAA});
  const CopyResult result = run_copy(&source, {&destination});
  CHECK(source.count(Op::read) == 3);
  CHECK(result.zero == 5 * MiB);
  CHECK(result.data == 3 * MiB);
  CHECK(result.hash == hash128(disk->bytes()));
  CHECK(bytes_of(destination.bytes()) == bytes_of(disk->bytes()));
}

TEST_CASE("no request is larger than a device takes, for reading back either") {
  const Content content = bootable_disk(3 * MiB);
  const auto from = disk_of(content), to = std::make_shared<MemoryDevice>("copy", 3 * MiB);
  const std::uint64_t most = 100 * KiB;
  Limits limits = to->limits();
  limits.max_transfer = most;
  SUBCASE("the destination") {
    to->set_limits(limits);
  }
  SUBCASE("the source") {
    from->set_limits(limits);
  }
  StrictDevice source(from), destination(to);
  run_copy(&source, {&destination}, verified());
  CHECK(source.sins() == "");
  CHECK(destination.sins() == "");
  CHECK(bytes_of(to->bytes()) == content);
}

TEST_CASE("several destinations get the same, each in its own way, and the source is read once") {
  Content content = bootable_disk(4 * MiB);
  std::fill_n(content.begin() + 2 * MiB, MiB, std::byte{0});
  FaultDevice source(disk_of(content));
  MemoryDevice a("a", 4 * MiB, std::byte{0xAA}), b("b", 5 * MiB, std::byte{0xAA}, 4096),
      c("c", 4 * MiB, std::byte{0xAA});
  Limits limits = c.limits();
  limits.unmap_granularity = 0;
  c.set_limits(limits);
  const CopyResult result = run_copy(&source, {&a, &b, &c}, verified());
  for (MemoryDevice* device : {&a, &b, &c}) CHECK(bytes_of(device->bytes().first(content.size())) == content);
  CHECK(source.count(Op::read) == 4);
  CHECK(result.destinations[0].bytes.unmapped == MiB);
  CHECK(result.destinations[2].bytes.unmapped == 0);
  CHECK(result.destinations[2].bytes.written == 4 * MiB);
}

TEST_CASE("phases and their bytes") {
  Content content = bootable_disk(4 * MiB);
  std::fill_n(content.begin() + 2 * MiB, MiB, std::byte{0});
  const auto disk = disk_of(content);
  disk->set_extents({{2 * MiB, MiB, Extent::Kind::zero}});
  MemoryDevice a("a", 4 * MiB), b("b", 4 * MiB);
  std::vector<ProgressState> ends;
  {
    Progress progress(std::make_unique<Recorder>(ends));
    Copier(disk.get(), {&a, &b}, verified(), progress).run();
  }
  REQUIRE(ends.size() >= 3);
  CHECK(ends[0].phase == "copy");
  CHECK(ends[0].total == 4 * MiB);
  CHECK(ends[0].done == 4 * MiB);  // the boot region, too, which is read and still to be written
  CHECK(ends[1].phase == "flush");
  CHECK(ends[2].phase == "verify");
  std::uint64_t counted = 0;
  for (const ProgressState& end : ends) {
    if (end.total) CHECK(end.done <= *end.total);
    counted += end.phase == "verify" ? 0 : end.done;
  }
  CHECK(counted == 4 * MiB);  // nothing twice
}

TEST_CASE("an image whose size is no multiple of a block") {
  const TempDir dir;
  const Content content = random_bytes(2 * MiB + 777, 4);
  const auto source = open_file(dir.file("source", content), {});
  REQUIRE(source->size() == 2 * MiB + 1024);
  SUBCASE("onto a disk: zeros fill the last block, the hash is that of the image") {
    MemoryDevice destination("copy", 4 * MiB, std::byte{0xAA});
    const CopyResult result = run_copy(source.get(), {&destination}, verified());
    CHECK(bytes_of(destination.bytes().first(content.size())) == content);
    for (std::size_t at = content.size(); at < source->size(); ++at)
      REQUIRE(destination.bytes()[at] == std::byte{0});
    CHECK(destination.bytes()[source->size()] == std::byte{0xAA});
    CHECK(result.total == content.size());
    CHECK(result.hash == hash128(content));
    CHECK(result.destinations[0].verified == source->size());
  }
  SUBCASE("onto a new image: the same size") {
    const auto destination = open_image(dir / "copy", source->size());
    const CopyResult result = run_copy(source.get(), {destination.get()}, verified());
    CHECK(!result.destinations[0].error);
    CHECK(file_content(dir / "copy") == content);
  }
  SUBCASE("onto a larger image that keeps its size") {
    const auto destination = open_image(dir.file("copy", Content(3 * MiB, std::byte{0xAA})));
    CopyOptions options = verified();
    options.keep_size = true;
    run_copy(source.get(), {destination.get()}, options);
    const Content copied = file_content(dir / "copy");
    REQUIRE(copied.size() == 3 * MiB);
    CHECK(Content(copied.begin(), copied.begin() + content.size()) == content);
    CHECK(copied[source->size() - 1] == std::byte{0});
    CHECK(copied[source->size()] == std::byte{0xAA});
  }
}

TEST_CASE("files: sparse stays sparse, and what was there goes") {
  const TempDir dir;
  Content content = bootable_disk(8 * MiB + 4096);
  std::fill_n(content.begin() + 2 * MiB, 5 * MiB, std::byte{0});
  const auto source = open_file(dir.file("source", content), {});
  dir.file("copy", Content(content.size(), std::byte{0xAA}));
  const auto destination = open_image(dir / "copy");
  const CopyResult result = run_copy(source.get(), {destination.get()}, verified());
  CHECK(!result.destinations[0].error);
  CHECK(result.destinations[0].verified == content.size());
  CHECK(file_content(dir / "copy") == content);
  CHECK(result.destinations[0].bytes.written + result.destinations[0].bytes.unmapped == content.size());
}

TEST_CASE("a rate is kept") {
  const auto source = disk_of(random_bytes(3 * MiB, 1));
  MemoryDevice destination("copy", 3 * MiB);
  CopyOptions options;
  options.rate = 4 * MiB;
  options.block = 256 * KiB;
  const auto started = std::chrono::steady_clock::now();
  run_copy(source.get(), {&destination}, options);
  // The head is not counted, and a quarter of a second may have been saved up.
  CHECK(std::chrono::steady_clock::now() - started >= 150ms);
}
