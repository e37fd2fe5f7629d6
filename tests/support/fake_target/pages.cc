// SPDX-License-Identifier: Apache-2.0
// What the disk tells about itself: INQUIRY and MODE SENSE (SPC-4, SBC-3).
#include <algorithm>
#include <string>
#include <string_view>

#include "fake_target/scsi.h"

namespace fake {
namespace {

/// Eight characters.
std::string serial_of(unsigned lun_index) {
  return "FAKE000" + std::to_string(1 + lun_index);
}

void put_text(Buffer& page, std::size_t offset, std::string_view text) {
  std::transform(text.begin(), text.end(), page.begin() + static_cast<std::ptrdiff_t>(offset),
                 [](char c) { return static_cast<std::byte>(c); });
}

Buffer standard_inquiry(bool lun_exists, const Options& options) {
  Buffer data(96);
  if (!lun_exists) data[0] = std::byte{0x7f};
  data[2] = std::byte{0x06};  // SPC-4
  data[3] = std::byte{0x12};  // HISUP, response data format 2
  data[4] = std::byte{96 - 5};
  if (options.xcopy) data[5] = std::byte{0x08};  // 3PC
  data[7] = std::byte{0x02};                     // CMDQUE
  put_text(data, 8, "SANBOOT FAKE TARGET     0001");
  san::write_at(data, 58, san::be16(0x0960));  // iSCSI
  san::write_at(data, 60, san::be16(0x0460));  // SPC-4
  san::write_at(data, 62, san::be16(0x04c0));  // SBC-3
  return data;
}

Buffer vpd_page(std::uint8_t code, std::size_t payload) {
  Buffer page(4 + payload);
  page[1] = std::byte{code};
  san::write_at(page, 2, san::be16(static_cast<std::uint16_t>(payload)));
  return page;
}

Buffer supported_pages() {
  static constexpr std::uint8_t codes[] = {0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2};
  Buffer page = vpd_page(0x00, sizeof codes);
  for (std::size_t i = 0; i < sizeof codes; ++i) page[4 + i] = std::byte{codes[i]};
  return page;
}

Buffer serial_number(unsigned lun_index) {
  const std::string serial = serial_of(lun_index);
  Buffer page = vpd_page(0x80, serial.size());
  put_text(page, 4, serial);
  return page;
}

Buffer identification(unsigned lun_index) {
  const std::string serial = serial_of(lun_index);
  Buffer page = vpd_page(0x83, 12 + 4 + 8 + serial.size());
  page[4] = std::byte{0x01};  // binary
  page[5] = std::byte{0x03};  // of the logical unit, NAA
  page[7] = std::byte{8};
  san::write_at(page, 8, san::be64(naa_of(lun_index)));
  page[16] = std::byte{0x02};  // ASCII
  page[17] = std::byte{0x01};  // of the logical unit, T10 vendor identification
  page[19] = static_cast<std::byte>(8 + serial.size());
  put_text(page, 20, "SANBOOT ");
  put_text(page, 28, serial);
  return page;
}

Buffer block_limits(const Options& options) {
  Buffer page = vpd_page(0xb0, 0x3c);
  san::write_at(page, 8, san::be32(options.max_transfer_blocks()));
  if (options.lbpu) {
    san::write_at(page, 20, san::be32(UINT32_MAX));  // most blocks of an UNMAP
    san::write_at(page, 24, san::be32(16));          // most descriptors
  }
  if (options.lbpme) {
    san::write_at(page, 28, san::be32(options.unmap_blocks()));
    san::write_at(page, 32, san::be32(0x80000000));  // alignment 0, and that is valid
  }
  return page;
}

Buffer provisioning(const Options& options) {
  Buffer page = vpd_page(0xb2, 4);
  page[5] = static_cast<std::byte>((options.lbpu ? 0x80 : 0) | (options.lbpws ? 0x60 : 0) |
                                   (options.lbprz ? 0x04 : 0));
  page[6] = std::byte{2};  // thin
  return page;
}

}  // namespace

Result Disk::inquiry(const Command& command, bool lun_exists) const {
  const std::uint8_t code = command.cdb[2];
  Buffer page;
  if ((command.cdb[1] & 0x01) == 0) {
    if (code != 0) return illegal_request(asc::invalid_field);
    return {Status::good, {}, cut(standard_inquiry(lun_exists, options_), command.allocation)};
  }
  switch (code) {
    case 0x00:
      page = supported_pages();
      break;
    case 0x80:
      page = serial_number(index_);
      break;
    case 0x83:
      page = identification(index_);
      break;
    case 0xb0:
      page = block_limits(options_);
      break;
    case 0xb1:
      page = vpd_page(0xb1, 0x3c);
      san::write_at(page, 4, san::be16(1));  // does not rotate
      break;
    case 0xb2:
      page = options_.lbpme ? provisioning(options_) : vpd_page(0xb2, 4);
      break;
    default:
      return illegal_request(asc::invalid_field);
  }
  if (!lun_exists) page[0] = std::byte{0x7f};
  return {Status::good, {}, cut(std::move(page), command.allocation)};
}

Result Disk::mode_sense(const Command& command) const {
  const bool ten = command.cdb[0] == 0x5a;
  const bool descriptor = (command.cdb[1] & 0x08) == 0;
  const std::uint8_t page = command.cdb[2] & 0x3f;
  const bool changeable = (command.cdb[2] & 0xc0) == 0x40;
  if (page != 0x3f && page != 0x08 && page != 0x0a) return illegal_request(asc::invalid_field);
  if ((command.cdb[2] & 0xc0) == 0xc0) return check_condition({0x05, 0x39, 0x00});  // saved values

  Buffer in(ten ? 8 : 4);
  if (descriptor) {
    const std::size_t at = in.size();
    in.resize(at + 8);
    const auto blocks = static_cast<std::uint32_t>(std::min<std::uint64_t>(options_.blocks(), UINT32_MAX));
    san::write_at(in, at, san::be32(blocks));
    san::write_at(in, at + 5, san::be24(options_.block_size));
  }
  if (page != 0x0a) {
    Buffer caching(20);
    caching[0] = std::byte{0x08}, caching[1] = std::byte{18};
    if (!changeable) caching[2] = std::byte{0x04};  // WCE
    in.insert(in.end(), caching.begin(), caching.end());
  }
  if (page != 0x08) {
    Buffer control(12);
    control[0] = std::byte{0x0a}, control[1] = std::byte{10};
    in.insert(in.end(), control.begin(), control.end());
  }
  const std::byte specific{static_cast<unsigned char>((options_.write_protected ? 0x80 : 0x00) | 0x10)};
  const std::byte descriptor_length{static_cast<unsigned char>(descriptor ? 8 : 0)};
  if (ten) {
    san::write_at(in, 0, san::be16(static_cast<std::uint16_t>(in.size() - 2)));
    in[3] = specific, in[7] = descriptor_length;
  } else {
    in[0] = static_cast<std::byte>(in.size() - 1);
    in[2] = specific, in[3] = descriptor_length;
  }
  return {Status::good, {}, cut(std::move(in), command.allocation)};
}

}  // namespace fake
