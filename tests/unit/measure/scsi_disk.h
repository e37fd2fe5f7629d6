// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/endian.h"
#include "core/units.h"
#include "iscsi/connection/scsi_transport.h"
#include "iscsi/lun/lun_info.h"

namespace san {

/// A thin disk of 16 MiB in memory that speaks SCSI, and makes the false claims that it is told to.
class ScsiDisk final : public iscsi::ScsiTransport {
 public:
  static constexpr std::uint32_t kBlock = 512;
  static constexpr std::uint64_t kBlocks = 16 * MiB / kBlock;

  std::set<std::string> false_claims;      ///< see the uses of told()
  std::set<std::uint8_t> silent, unknown;  ///< operation codes that hang, or are not known
  std::size_t sent = 0;

  ScsiDisk() : content_(16 * MiB), mapped_(kBlocks) {}

  /// Returns the properties that it declares.
  static iscsi::LunInfo lun() {
    iscsi::LunInfo lun;
    lun.inquiry.emplace();
    lun.capacity = iscsi::Capacity{kBlocks, kBlock, 0, 0, true, true, true};
    lun.provisioning = iscsi::Provisioning{true, true, true, true, 2};
    lun.limits = iscsi::BlockLimits{};
    lun.limits->max_compare_and_write_blocks = 1;
    lun.mode.write_cache = true;
    return lun;
  }

  const std::string& name() const override { return name_; }
  iscsi::Answer send(const std::string&, const iscsi::Cdb& cdb, iscsi::Direction, std::span<std::byte> data,
                     const iscsi::SendPolicy&) override {
    ++sent;
    if (silent.contains(cdb.opcode())) return {iscsi::CommandStatus::silent, {}, 0, 0};
    if (unknown.contains(cdb.opcode())) return check(iscsi::SenseKey::illegal_request, 0x20);
    return execute(cdb, data);
  }

 private:
  bool told(const char* lie) const { return false_claims.contains(lie); }
  static iscsi::Answer good() { return {iscsi::CommandStatus::good, {}, 0, 0}; }
  static iscsi::Answer check(iscsi::SenseKey key, std::uint8_t asc) {
    return {iscsi::CommandStatus::check_condition, {true, key, asc, 0, false}, 0, 0};
  }
  std::span<std::byte> at(std::uint64_t lba, std::uint64_t blocks) {
    return std::span(content_).subspan(lba * kBlock, blocks * kBlock);
  }
  void put(std::uint64_t lba, std::uint64_t blocks, std::span<const std::byte> data) {
    std::copy_n(data.begin(), blocks * kBlock, at(lba, blocks).begin());
    std::fill_n(mapped_.begin() + static_cast<std::ptrdiff_t>(lba), blocks, true);
  }
  void punch(std::uint64_t lba, std::uint64_t blocks) {
    auto range = at(lba, blocks);
    if (told("unmap only the ends") && blocks > 8) {
      std::fill_n(range.begin(), kBlock, std::byte{0});
      std::fill_n(range.end() - kBlock, kBlock, std::byte{0});
    } else if (!told("unmap does nothing")) {
      std::fill(range.begin(), range.end(), std::byte{0});
    }
    if (told("unmap takes one block more") && lba + blocks < kBlocks)
      std::fill_n(at(lba + blocks, 1).begin(), kBlock, std::byte{0});
    std::fill_n(mapped_.begin() + static_cast<std::ptrdiff_t>(lba), blocks, false);
  }

  iscsi::Answer execute(const iscsi::Cdb& cdb, std::span<std::byte> data) {
    const auto bytes = std::as_bytes(std::span(cdb.bytes));
    const bool sixteen = cdb.size == 16;
    const std::uint64_t lba =
        sixteen ? std::uint64_t{*read_at<be64>(bytes, 2)} : std::uint64_t{*read_at<be32>(bytes, 2)};
    std::uint64_t blocks =
        sixteen ? std::uint64_t{*read_at<be32>(bytes, 10)} : std::uint64_t{*read_at<be16>(bytes, 7)};
    if (cdb.opcode() == 0x89) blocks = cdb.bytes[13];
    const bool medium = std::set<int>{0x28, 0x88, 0x2A, 0x8A, 0x41, 0x93, 0x8F, 0x89}.contains(cdb.opcode());
    if (medium && !told("no end") && (lba >= kBlocks || blocks > kBlocks - lba))
      return check(iscsi::SenseKey::illegal_request, 0x21);
    if (medium && (lba >= kBlocks || blocks > kBlocks - lba)) return good();
    switch (cdb.opcode()) {
      case 0x88:
        std::copy_n(at(lba, blocks).begin(), data.size(), data.begin());
        return good();
      case 0x8A:
        if ((cdb.bytes[1] & 0x08) != 0 && told("fua writes nothing")) return good();
        put(lba, blocks, data);
        return good();
      case 0x8F:
        if (!told("verify finds nothing") && !std::equal(data.begin(), data.end(), at(lba, blocks).begin()))
          return check(iscsi::SenseKey::miscompare, 0x1D);
        return good();
      case 0x89:
        if (!std::equal(data.begin(), data.begin() + kBlock, at(lba, 1).begin())) {
          if (told("compare and write writes always")) put(lba, 1, data.subspan(kBlock));
          return check(iscsi::SenseKey::miscompare, 0x1D);
        }
        put(lba, 1, data.subspan(kBlock));
        return good();
      case 0x41:
      case 0x93:
        return write_same(cdb, lba, blocks, data);
      case 0x42:
        for (std::size_t i = 8; i + 16 <= data.size(); i += 16)
          punch(*read_at<be64>(data, i), *read_at<be32>(data, i + 8));
        return good();
      case 0x91:
        return good();
      case 0x9E:
        return lba_status(lba, data);
      case 0x5E:
        return reserve_in(cdb.bytes[1], data);
      case 0x5F:
        return reserve_out(cdb.bytes[1], data);
      default:
        return check(iscsi::SenseKey::illegal_request, 0x20);
    }
  }

  iscsi::Answer write_same(const iscsi::Cdb& cdb, std::uint64_t lba, std::uint64_t blocks,
                           std::span<const std::byte> data) {
    if (told("write same does nothing")) return good();
    if ((cdb.bytes[1] & 0x08) != 0) {
      punch(lba, blocks);
      return good();
    }
    const std::vector<std::byte> zeros(kBlock);
    for (std::uint64_t i = 0; i < blocks; ++i) put(lba + i, 1, data.empty() ? zeros : data);
    return good();
  }

  iscsi::Answer lba_status(std::uint64_t lba, std::span<std::byte> data) {
    const bool mapped = mapped_[lba] && !told("status says deallocated");
    write_at(data, 0, be32(4 + 16));
    write_at(data, 8, be64(told("status of elsewhere") ? lba + 100 : lba));
    write_at(data, 16, be32(1));
    data[20] = mapped ? std::byte{0} : std::byte{1};
    return {iscsi::CommandStatus::good, {}, static_cast<std::uint32_t>(data.size() - 24), 0};
  }

  iscsi::Answer reserve_in(std::uint8_t action, std::span<std::byte> data) {
    std::vector<std::uint64_t> keys;
    if (action == 0 && key_ != 0) keys.push_back(key_);
    if (action == 1 && held_) keys.insert(keys.end(), {key_, 0x10000});
    if (action == 1 && told("reserved by another host")) keys.insert(keys.end(), {1, 0});
    if (action == 0 && told("a key of another host")) keys.push_back(1);
    for (std::size_t i = 0; i < keys.size(); ++i) write_at(data, 8 + 8 * i, be64(keys[i]));
    write_at(data, 4, be32(static_cast<std::uint32_t>(8 * keys.size())));
    return {iscsi::CommandStatus::good, {}, static_cast<std::uint32_t>(data.size() - 8 - 8 * keys.size()), 0};
  }

  iscsi::Answer reserve_out(std::uint8_t action, std::span<const std::byte> data) {
    if (action == 0) key_ = *read_at<be64>(data, 8);
    if (action == 1) held_ = !told("reserves nothing");
    if (action >= 2) held_ = false;
    if (action == 3) key_ = 0;
    return good();
  }

  const std::string name_ = "url";
  std::vector<std::byte> content_;
  std::vector<bool> mapped_;
  std::uint64_t key_ = 0;
  bool held_ = false;
};

}  // namespace san
