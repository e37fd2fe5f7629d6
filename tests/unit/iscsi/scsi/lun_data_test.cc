// SPDX-License-Identifier: Apache-2.0
// The bytes of tgt and istgt are what tgt 1.0.85 and istgt 0.4 of Debian 12 sent.
#include "iscsi/scsi/lun_data.h"

#include <doctest/doctest.h>

#include "iscsi/hex.h"

using namespace san::iscsi;

namespace {

const auto kTgtInquiry = unhex(
    "000005123d00000249455420202020205649525455414c2d4449534b2020202030303031000000000000000000000000"
    "0000000000000000000004c0096003000000");
const auto kIstgtInquiry = unhex(
    "001005025b00100246726565425344206953435349204449534b20202020202030303031202020202020202020202020"
    "202020202020202000000960030003200040000000000000000000000000000000000000000000000000000000000000");
const auto kTgtCapacity = unhex("000000000001ffff 00000200 00 03 c000 00000000000000000000000000000000");
const auto kTgtDesignators = unhex(
    "00830048 02010024 4945542020202020 3030303130303031 0000000000000000000000000000000000000000"
    "01030008 3000000100000001 01030010 60000000000000000e00000000010001");
const auto kIstgtDesignators = unhex(
    "008300ab010300083000000052d5f79d0301003846726565425344206953435349204449534b20202020202031303030"
    "3030303120202020202020202020202020202020202020202020202053a8001d69716e2e323032362d31312e6f72672e"
    "6578616d706c653a6469736b315398002669716e2e323032362d31312e6f72672e6578616d706c653a6469736b312c74"
    "2c307830303031519400040000000151950004000000015196000400000001");
const auto kTgtLimits = unhex(
    "00b0003c 0080 0000 00000000 00000000 00000000 ffffffff ffffffff 00000000 00000000 0000000000000000"
    "0000000000000000000000000000000000000000");
const auto kIstgtLimits = unhex(
    "00b0003c 00ff 0008 00000000 00000800 00000000 00000000 00000000 00000000 00000000 0000000000000000"
    "0000000000000000000000000000000000000000");
const auto kTgtMode6 = unhex("1f001008 0000000000000200 08121400ffff0000ffffffff8014000000000000");
const auto kTgtMode6ReadOnly = unhex("1f009008 0000000000001000 08121400ffff0000ffffffff8014000000000000");
const auto kTgtMode10All = unhex(
    "006c00100000000800000000000002000000020e8080000a0000000000000000000008121400ffff0000ffffffff8014"
    "0000000000000a0a021000000000000002004a01001c0400000000000000000000000000000000000000000000000000"
    "00001c0a08000000000000000000");
const auto kIstgtMode6 = unhex("1f000008 0002000000000200 8812040000000000000000000000000000000000");
const auto kTgtStatus = unhex(
    "00000034 00000000 0000000000000000 00004000 01000000 0000000000004000 00001000 00000000 0000000000005000"
    "0001b000 01000000");

std::vector<std::byte> changed(std::vector<std::byte> bytes, std::size_t offset, const char* digits) {
  const auto now = unhex(digits);
  std::copy(now.begin(), now.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  return bytes;
}

}  // namespace

TEST_CASE("INQUIRY") {
  const auto tgt = parse_inquiry(kTgtInquiry);
  REQUIRE(tgt);
  CHECK(tgt->qualifier == 0);
  CHECK(tgt->device_type == 0);
  CHECK_FALSE(tgt->third_party_copy);
  CHECK(tgt->vendor == "IET");
  CHECK(tgt->product == "VIRTUAL-DISK");
  CHECK(tgt->revision == "0001");
  const auto istgt = parse_inquiry(kIstgtInquiry);
  REQUIRE(istgt);
  CHECK(istgt->vendor == "FreeBSD");
  CHECK(istgt->product == "iSCSI DISK");

  const auto none = parse_inquiry(unhex("7f 00 06 12 1f 08"));
  REQUIRE(none);
  CHECK(none->qualifier == 3);
  CHECK(none->device_type == 0x1F);
  CHECK(none->third_party_copy);
  CHECK(none->vendor.empty());
  CHECK_FALSE(parse_inquiry(unhex("00 00 06 12")));
  // Names with control characters cannot move the cursor of a terminal.
  CHECK(parse_inquiry(changed(kTgtInquiry, 8, "1b5b324a 20202020"))->vendor == "[2J");
  for_each_prefix(kTgtInquiry,
                  [](auto bytes) { CHECK(parse_inquiry(bytes).has_value() == (bytes.size() >= 5)); });
}

TEST_CASE("READ CAPACITY(16)") {
  const auto tgt = parse_capacity_16(kTgtCapacity);
  REQUIRE(tgt);
  CHECK(tgt->blocks == 131072);
  CHECK(tgt->block_size == 512);
  CHECK(tgt->physical_exponent == 3);
  CHECK(tgt->lowest_aligned_lba == 0);
  CHECK(tgt->lbpme);
  CHECK(tgt->lbprz);
  CHECK(tgt->long_form);
  CHECK(parse_capacity_16(changed(kTgtCapacity, 14, "3fff"))->lowest_aligned_lba == 0x3FFF);
  CHECK_FALSE(parse_capacity_16(changed(kTgtCapacity, 14, "3fff"))->lbpme);
  CHECK(parse_capacity_16(unhex("000000000001ffff 00001000"))->block_size == 4096);
  for_each_prefix(kTgtCapacity,
                  [](auto bytes) { CHECK(parse_capacity_16(bytes).has_value() == (bytes.size() >= 12)); });
}

TEST_CASE("READ CAPACITY(16) that is absurd") {
  CHECK_FALSE(parse_capacity_16(unhex("ffffffffffffffff 00000200")));  // 2^64 blocks, or none
  CHECK_FALSE(parse_capacity_16(unhex("7fffffffffffffff 00000200")));  // bytes beyond 64 bits
  CHECK_FALSE(parse_capacity_16(unhex("0040000000000000 00000200")));
  CHECK(parse_capacity_16(unhex("003fffffffffffff 00000200")));  // 2^63 bytes
  for (const char* block :
       {"00000000", "00000001", "000000ff", "00000208", "00020000", "ffffffff", "80000000"})
    CHECK_FALSE(parse_capacity_16(changed(kTgtCapacity, 8, block)));
  CHECK(parse_capacity_16(changed(kTgtCapacity, 8, "00000100")));
  CHECK(parse_capacity_16(changed(kTgtCapacity, 8, "00010000")));
}

TEST_CASE("READ CAPACITY(10)") {
  const auto capacity = parse_capacity_10(unhex("0001ffff 00000200"));
  REQUIRE(capacity);
  CHECK(capacity->blocks == 131072);
  CHECK(capacity->block_size == 512);
  CHECK_FALSE(capacity->long_form);
  CHECK(parse_capacity_10(unhex("00000000 00000200"))->blocks == 1);
  CHECK(parse_capacity_10(unhex("fffffffe 00000200"))->blocks == 0xFFFFFFFF);
  // "More than this command can tell": a clone of such a LUN would be cut off at 2 TiB.
  CHECK_FALSE(parse_capacity_10(unhex("ffffffff 00000200")));
  CHECK_FALSE(parse_capacity_10(unhex("0001ffff 00000000")));
  for_each_prefix(unhex("0001ffff 00000200"),
                  [](auto bytes) { CHECK(parse_capacity_10(bytes).has_value() == (bytes.size() >= 8)); });
}

TEST_CASE("VPD pages") {
  const auto pages = unhex("00 00 0006 00 80 83 b0 b1 b2");
  CHECK(parse_supported_pages(pages) == std::vector<std::uint8_t>{0, 0x80, 0x83, 0xB0, 0xB1, 0xB2});
  CHECK(vpd_payload(pages, 0x00)->size() == 6);
  CHECK_FALSE(vpd_payload(pages, 0x83));  // a target that answers with another page than was asked for
  CHECK_FALSE(vpd_payload(unhex("00 00 00"), 0x00));
  CHECK(vpd_payload(unhex("00 00 ffff 01"), 0x00)->size() == 1);  // says that it is longer than what came
  CHECK(vpd_payload(unhex("00 00 0001 01 02"), 0x00)->size() == 1);
  CHECK(parse_supported_pages(unhex("00 83 0001 00")).empty());
  for_each_prefix(pages, [](auto bytes) {
    CHECK(parse_supported_pages(bytes).size() == (bytes.size() < 4 ? 0 : bytes.size() - 4));
  });
}

TEST_CASE("serial numbers") {
  CHECK(parse_serial(
            unhex("00 80 0024 2020202020202020202020202020202020202020202020202020202020 20626561663131")) ==
        "beaf11");
  CHECK(parse_serial(unhex("00 80 0008 3130303030303031")) == "10000001");
  CHECK(parse_serial(unhex("00 80 0008 3130000030303031")) == "10  0001");
  CHECK(parse_serial(unhex("00 80 0000")).empty());
  CHECK(parse_serial(unhex("00 83 0008 3130303030303031")).empty());
}

TEST_CASE("designators") {
  const auto tgt = parse_designators(kTgtDesignators);
  REQUIRE(tgt.size() == 3);
  CHECK(tgt[0].association == 0);
  CHECK(tgt[0].type == 1);
  CHECK(tgt[0].text == "IET     00010001");
  CHECK(tgt[1].type == 3);
  CHECK(tgt[1].text == "3000000100000001");
  CHECK(tgt[2].text == "60000000000000000e00000000010001");
  const auto istgt = parse_designators(kIstgtDesignators);
  REQUIRE(istgt.size() == 7);
  CHECK(istgt[0].text == "3000000052d5f79d");
  CHECK(istgt[2].association == 2);
  CHECK(istgt[2].type == 8);
  CHECK(istgt[2].text == "iqn.2026-11.org.example:disk1");
  CHECK(istgt[6].type == 6);
  // One that reaches past the end is left out, and all behind it.
  CHECK(parse_designators(changed(kTgtDesignators, 4 + 3, "ff")).empty());
  CHECK(parse_designators(changed(kTgtDesignators, 44 + 3, "ff")).size() == 1);
  CHECK(parse_designators(unhex("00 83 0008 01030000 01030000")).size() == 2);
  for_each_prefix(kIstgtDesignators, [](auto bytes) { CHECK(parse_designators(bytes).size() <= 7); });
}

TEST_CASE("block limits") {
  const auto tgt = parse_block_limits(kTgtLimits);
  REQUIRE(tgt);
  CHECK(tgt->max_compare_and_write_blocks == 128);
  CHECK(tgt->max_unmap_blocks == 0xFFFFFFFF);
  CHECK(tgt->max_unmap_descriptors == 0xFFFFFFFF);
  CHECK(tgt->unmap_granularity_blocks == 0);
  CHECK_FALSE(tgt->unmap_alignment_blocks);
  CHECK(tgt->max_write_same_blocks == 0);
  const auto istgt = parse_block_limits(kIstgtLimits);
  REQUIRE(istgt);
  CHECK(istgt->max_compare_and_write_blocks == 255);
  CHECK(istgt->optimal_granularity_blocks == 8);
  CHECK(istgt->max_transfer_blocks == 0);
  CHECK(istgt->optimal_transfer_blocks == 2048);

  const auto all = parse_block_limits(unhex(
      "00b0003c 0001 0002 00000003 00000004 00000005 00000006 00000007 00000008 80000009 000000000000000a"));
  REQUIRE(all);
  CHECK(all->max_compare_and_write_blocks == 1);
  CHECK(all->optimal_granularity_blocks == 2);
  CHECK(all->max_transfer_blocks == 3);
  CHECK(all->optimal_transfer_blocks == 4);
  CHECK(all->max_unmap_blocks == 6);
  CHECK(all->max_unmap_descriptors == 7);
  CHECK(all->unmap_granularity_blocks == 8);
  CHECK(all->unmap_alignment_blocks == 9U);
  CHECK(all->max_write_same_blocks == 10);
  // The page of SBC-2 ends after 16 bytes; what it lacks is "no limit given".
  const auto old = parse_block_limits(unhex("00b0000c 0000 0002 00000003 00000004"));
  REQUIRE(old);
  CHECK(old->optimal_transfer_blocks == 4);
  CHECK(old->max_unmap_blocks == 0);
  CHECK(old->max_write_same_blocks == 0);
  for_each_prefix(kTgtLimits,
                  [](auto bytes) { CHECK(parse_block_limits(bytes).has_value() == (bytes.size() >= 8)); });
}

TEST_CASE("provisioning") {
  const auto tgt = parse_provisioning(unhex("00b20004 00 e4 02 00"));
  REQUIRE(tgt);
  CHECK(tgt->lbpu);
  CHECK(tgt->lbpws);
  CHECK(tgt->lbpws10);
  CHECK(tgt->lbprz);
  CHECK(tgt->type == 2);
  CHECK_FALSE(parse_provisioning(unhex("00b20004 00 00 00 00"))->lbprz);
  CHECK_FALSE(parse_provisioning(unhex("00b20004 00 88 00 00"))->lbprz);  // 010b: a pattern, not zeros
  CHECK_FALSE(parse_provisioning(unhex("00b20001 00")));
  CHECK_FALSE(parse_provisioning(unhex("00b00004 00 e4 02 00")));
}

TEST_CASE("MODE SENSE") {
  CHECK(parse_mode(kTgtMode6, false).write_protected == false);
  CHECK(parse_mode(kTgtMode6, false).write_cache == true);
  CHECK(parse_mode(kTgtMode6ReadOnly, false).write_protected == true);
  CHECK(parse_mode(kIstgtMode6, false).write_cache == true);
  // All pages: the caching page is not the first.
  CHECK(parse_mode(kTgtMode10All, true).write_protected == false);
  CHECK(parse_mode(kTgtMode10All, true).write_cache == true);
  CHECK(parse_mode(unhex("03008000"), false).write_protected == true);
  CHECK_FALSE(parse_mode(unhex("03008000"), false).write_cache.has_value());
  CHECK(parse_mode(unhex("0f000000 08120000"), false).write_cache == false);
  // Subpages have a longer header (SPC-4, 7.5.1); one that says it is endless ends the search.
  CHECK(parse_mode(unhex("0f000000 5c01 0004 11223344 08120400"), false).write_cache == true);
  CHECK_FALSE(parse_mode(unhex("0f000000 5c01 ffff 11223344 08120400"), false).write_cache.has_value());
  CHECK_FALSE(parse_mode(unhex("0f000000 02ff 11223344 08120400"), false).write_cache.has_value());
  // Block descriptors that reach past the end.
  CHECK_FALSE(parse_mode(unhex("0f0000ff 08120400"), false).write_cache.has_value());
  CHECK_FALSE(parse_mode(unhex("0011000000000000ffff"), true).write_cache.has_value());
  CHECK_FALSE(parse_mode({}, true).write_protected.has_value());
  for_each_prefix(kTgtMode10All, [](auto bytes) { parse_mode(bytes, true); });
  for_each_prefix(kTgtMode6, [](auto bytes) { parse_mode(bytes, false); });
}

TEST_CASE("GET LBA STATUS") {
  const auto status = parse_lba_status(kTgtStatus);
  REQUIRE(status.size() == 3);
  CHECK(status[0].lba == 0);
  CHECK(status[0].blocks == 16384);
  CHECK(status[0].provisioning == 1);
  CHECK(status[1].provisioning == 0);
  CHECK(status[2].lba == 0x5000);
  CHECK(status[2].blocks == 0x1b000);
  for_each_prefix(kTgtStatus, [](auto bytes) {
    CHECK(parse_lba_status(bytes).size() == (bytes.size() < 8 ? 0 : (bytes.size() - 8) / 16));
  });
}

TEST_CASE("GET LBA STATUS that is absurd") {
  const auto one = [](const char* descriptor) {
    return parse_lba_status(
               changed(unhex("00000014 00000000 0000000000000000 00000000 00000000"), 8, descriptor))
        .size();
  };
  CHECK(one("0000000000000000 00000001 01000000") == 1);
  CHECK(one("0000000000000000 00000000 01000000") == 0);  // empty
  CHECK(one("ffffffffffffffff 00000001 01000000") == 0);  // wraps around
  CHECK(one("ffffffffffffff00 ffffffff 01000000") == 0);
  CHECK(one("fffffffffffffff0 0000000f 01000000") == 1);
  // A gap or an overlap ends the list.
  CHECK(parse_lba_status(changed(kTgtStatus, 24, "0000000000004001")).size() == 1);
  CHECK(parse_lba_status(changed(kTgtStatus, 24, "0000000000003fff")).size() == 1);
  CHECK(parse_lba_status(changed(kTgtStatus, 0, "ffffffff")).size() == 3);
  CHECK(parse_lba_status(changed(kTgtStatus, 0, "00000014")).size() == 1);
  CHECK(parse_lba_status(changed(kTgtStatus, 0, "00000003")).empty());
  CHECK(parse_lba_status(changed(kTgtStatus, 0, "00000000")).empty());
}

TEST_CASE("Standard INQUIRY: version, ALUA, version descriptors") {
  const auto tgt = parse_inquiry(kTgtInquiry);
  REQUIRE(tgt);
  CHECK(tgt->version == 5);
  CHECK(tgt->tpgs == 0);
  CHECK(tgt->version_descriptors == std::vector<std::uint16_t>{0x04C0, 0x0960, 0x0300});
  CHECK(parse_inquiry(changed(kTgtInquiry, 5, "b0"))->tpgs == 3);
  // Behind the additional length there are none: 60 bytes in all have room for one.
  CHECK(parse_inquiry(changed(kTgtInquiry, 4, "37"))->version_descriptors ==
        std::vector<std::uint16_t>{0x04C0});
  for_each_prefix(kTgtInquiry, [](auto bytes) { parse_inquiry(bytes); });
}

TEST_CASE("A capacity that makes no sense is told as it is") {
  const Capacity capacity = raw_capacity_16(unhex("7fffffffffffffff 00000003"));
  CHECK(capacity.blocks == std::uint64_t{1} << 63);
  CHECK(capacity.block_size == 3);
  CHECK_FALSE(makes_sense(capacity));
  CHECK(makes_sense(raw_capacity_16(kTgtCapacity)));
  for_each_prefix(kTgtCapacity, [](auto bytes) { raw_capacity_16(bytes); });
}

TEST_CASE("Block Device Characteristics") {
  const auto page = unhex("00b1003c 1c20 00 03 00000000");
  const auto disk = parse_characteristics(page);
  REQUIRE(disk);
  CHECK(disk->rotation_rate == 7200);
  CHECK(disk->form_factor == 3);
  CHECK_FALSE(parse_characteristics(unhex("00b10003 1c2000")));
  CHECK_FALSE(parse_characteristics(unhex("00b0003c 1c20000300000000")));
  for_each_prefix(page, [](auto bytes) { parse_characteristics(bytes); });
}

TEST_CASE("Mode pages: FUA, read cache, software write protection") {
  const Mode all = parse_mode(kTgtMode10All, true);
  CHECK(all.dpofua == true);
  CHECK(all.read_cache == true);
  CHECK(all.software_write_protect == false);
  CHECK(parse_mode(kIstgtMode6, false).dpofua == false);
  CHECK(parse_mode(unhex("0f000000 08120500"), false).read_cache == false);
  const Mode control = parse_mode(unhex("0f000000 0a0a0210 08000000 00000000"), false);
  CHECK(control.software_write_protect == true);
  CHECK_FALSE(control.write_cache.has_value());
  CHECK_FALSE(parse_mode(unhex("0f000000 0a0a02"), false).software_write_protect.has_value());
}
