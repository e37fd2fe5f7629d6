// SPDX-License-Identifier: Apache-2.0
#include "boot/ibft/read_ibft.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/endian.h"
#include "core/text/table.h"

namespace san::boot {
namespace {

constexpr std::size_t kHeader = 48, kControlAt = 48;
constexpr std::uint16_t kControlLength = 18, kInitiatorLength = 74, kNicLength = 102, kTargetLength = 54;

class IbftReader {
 public:
  explicit IbftReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  IbftTable read() {
    table_.oem = chars(10, 6);
    table_.oem_table = chars(16, 8);
    table_.length = read_at<le32>(bytes_, 4).value_or(le32{});
    read_header();
    if (bytes_.size() < kControlAt + kControlLength) {
      ignore("it ends before the control structure does");
      return std::move(table_);
    }
    const auto length = u16(kControlAt + 2);
    // Offsets of two pairs of NIC and target; iPXE appends those of further pairs.
    if (length >= kControlLength)
      table_.target_slots = 2 + static_cast<std::size_t>(length - kControlLength) / 4;
    if (u8(kControlAt) != 1)
      ignore(fmt::format("its control structure has the id {}, not 1", u8(kControlAt)));
    if (length != kControlLength)
      ignore(
          fmt::format("its control structure has {} bytes, not 18: more than two targets, perhaps", length));
    if (u8(kControlAt + 4) != 0) ignore("its control structure has an index other than 0");
    // Linux does not accept tables with optional structures beyond the two pairs.
    structure(u16(kControlAt + 8), 2, kInitiatorLength, "initiator",
              [this](std::size_t at) { initiator(at); });
    for (const std::size_t at : {std::size_t{10}, std::size_t{14}})
      structure(u16(kControlAt + at), 3, kNicLength, "NIC", [this](std::size_t where) { nic(where); });
    for (const std::size_t at : {std::size_t{12}, std::size_t{16}})
      structure(u16(kControlAt + at), 4, kTargetLength, "target",
                [this](std::size_t where) { target(where); });
    return std::move(table_);
  }

 private:
  void fault(std::string text) { table_.faults.push_back(std::move(text)); }
  void ignore(std::string text) {
    table_.ignored = true;
    fault(std::move(text));
  }

  void read_header() {
    if (table_.length > bytes_.size())
      ignore(fmt::format("it is {} bytes long, of which {} are there", table_.length, bytes_.size()));
    if (table_.length < kHeader) ignore(fmt::format("its length is {} bytes", table_.length));
    bytes_ =
        bytes_.first(std::min<std::size_t>(bytes_.size(), std::max<std::size_t>(table_.length, kHeader)));
    if (u8(8) != 1) ignore(fmt::format("its revision is {}, not 1", u8(8)));
    unsigned sum = 0;
    for (const std::byte byte : bytes_) sum += std::to_integer<unsigned>(byte);
    if ((sum & 0xFF) != 0) ignore("its checksum is wrong");
  }

  /// Calls `read` with the offset of a structure that Linux would accept.
  template <typename Read>
  void structure(std::size_t at, std::uint8_t id, std::uint16_t length, const char* name, const Read& read) {
    if (at == 0) return;
    // Linux counts from the end of the header (ibft_register_kobjects()).
    if (at + kHeader >= table_.length || at + length > bytes_.size())
      return fault(fmt::format("the {} at {} is not inside the table", name, at));
    if (u8(at) != id) return fault(fmt::format("the {} at {} has the id {}, not {}", name, at, u8(at), id));
    if (u16(at + 2) != length)
      return fault(fmt::format("the {} at {} has {} bytes, not {}", name, at, u16(at + 2), length));
    if ((u8(at + 5) & 1) == 0) return;  // the block is there and not valid
    read(at);
  }

  void initiator(std::size_t at) {
    IbftInitiator out;
    out.flags = u8(at + 5);
    out.name = text(at + 70, "initiator's name");
    table_.initiator = std::move(out);
  }

  void nic(std::size_t at) {
    IbftNic out;
    out.index = u8(at + 4);
    out.flags = u8(at + 5);
    out.address = address(at + 6);
    out.prefix = u8(at + 22);
    out.origin = u8(at + 23);
    out.gateway = address(at + 24);
    out.dhcp = address(at + 72);
    out.vlan = u16(at + 88);
    for (std::size_t i = 0; i < 6; ++i)
      out.mac += fmt::format("{}{:02x}", i == 0 ? "" : ":", u8(at + 90 + i));
    out.pci = u16(at + 96);
    out.host = text(at + 98, "host name");
    table_.nics.push_back(std::move(out));
  }

  void target(std::size_t at) {
    IbftTarget out;
    out.index = u8(at + 4);
    out.flags = u8(at + 5);
    out.address = address(at + 6);
    out.port = u16(at + 22);
    for (std::size_t i = 0; i < out.lun.size(); ++i) out.lun[i] = u8(at + 24 + i);
    out.chap = u8(at + 32);
    out.nic = u8(at + 33);
    out.name = text(at + 34, "target's name");
    out.user = text(at + 38, "CHAP name");
    out.secret_length = u16(at + 42);
    out.reverse_user = text(at + 46, "reverse CHAP name");
    out.reverse_secret_length = u16(at + 50);
    table_.targets.push_back(std::move(out));
  }

  std::uint8_t u8(std::size_t at) const { return read_at<std::uint8_t>(bytes_, at).value_or(0); }
  std::uint16_t u16(std::size_t at) const { return read_at<le16>(bytes_, at).value_or(le16{}); }

  std::string chars(std::size_t at, std::size_t length) const {
    std::string out;
    for (std::size_t i = 0; i < length && u8(at + i) != 0; ++i) out += static_cast<char>(u8(at + i));
    while (out.ends_with(' ')) out.pop_back();
    return printable(out);
  }

  /// Reads a pair of length and offset at `at`.
  std::string text(std::size_t at, const char* name) {
    const std::size_t length = u16(at), offset = u16(at + 2);
    if (length == 0) return {};
    if (offset < kHeader || offset + length > bytes_.size()) {
      fault(fmt::format("the {} is not inside the table", name));
      return {};
    }
    return chars(offset, length);
  }

  /// Reads an address; ::ffff:a.b.c.d is IPv4.
  std::optional<IpAddress> address(std::size_t at) const {
    IpAddress out;
    out.bits = 128;
    for (std::size_t i = 0; i < 16; ++i) out.bytes[i] = u8(at + i);
    const auto zero = [](std::uint8_t byte) { return byte == 0; };
    const bool front = std::all_of(out.bytes.begin(), out.bytes.begin() + 10, zero);
    if (front && out.bytes[10] == 0xFF && out.bytes[11] == 0xFF) {
      out.bits = 32;
      std::copy(out.bytes.begin() + 12, out.bytes.end(), out.bytes.begin());
      std::fill(out.bytes.begin() + 4, out.bytes.end(), std::uint8_t{0});
    }
    if (std::all_of(out.bytes.begin(), out.bytes.end(), zero)) return std::nullopt;
    return out;
  }

  std::span<const std::byte> bytes_;
  IbftTable table_;
};

}  // namespace

std::optional<IbftTable> read_ibft(std::span<const std::byte> bytes) {
  if (bytes.size() < kHeader) return std::nullopt;
  const std::string_view signature(reinterpret_cast<const char*>(bytes.data()), 4);
  if (signature != "iBFT" && signature != "IBFT" && signature != "BIFT") return std::nullopt;
  return IbftReader(bytes).read();
}

}  // namespace san::boot
