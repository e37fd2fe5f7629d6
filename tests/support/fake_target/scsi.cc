// SPDX-License-Identifier: Apache-2.0
#include "fake_target/scsi.h"

#include <algorithm>

namespace fake {
namespace {

Result reservations(const Command& command) {
  // SPC-4, 6.15: no key is registered, nobody holds a reservation.
  if ((command.cdb[1] & 0x1f) > 1) return illegal_request(asc::invalid_field);
  return {Status::good, {}, cut(Buffer(8), command.allocation)};
}

}  // namespace

Buffer cut(Buffer in, std::uint32_t allocation) {
  if (in.size() > allocation) in.resize(allocation);
  return in;
}

bool Disk::in_range(std::uint64_t lba, std::uint64_t blocks) const {
  return lba <= options_.blocks() && blocks <= options_.blocks() - lba;
}

bool Disk::too_long(const Command& command) const {
  return options_.max_transfer != 0 && command.blocks > options_.max_transfer_blocks();
}

std::optional<Result> Disk::refuse(const Command& command, bool writes) const {
  // Protection information (the upper three bits) is not supported. SYNCHRONIZE CACHE has none to ask for.
  if (command.op != Op::sync && command.cdb[1] >> 5u != 0) return illegal_request(asc::invalid_field);
  if (writes && options_.write_protected) return check_condition({0x07, 0x27, 0x00});
  if (!in_range(command.lba, command.blocks)) return illegal_request(asc::lba_out_of_range);
  return std::nullopt;
}

Result Disk::read(const Command& command) {
  if (auto refused = refuse(command, false)) return *refused;
  if (too_long(command)) return illegal_request(asc::invalid_field);
  Result result;
  result.in.resize(command.blocks * options_.block_size);
  store_.read(command.lba * options_.block_size, result.in);
  return result;
}

Result Disk::write(const Command& command, std::span<const std::byte> out) {
  if (auto refused = refuse(command, true)) return *refused;
  if (too_long(command)) return illegal_request(asc::invalid_field);
  // With less data than the CDB promises, whole blocks are written and the residual count tells.
  store_.write(command.lba * options_.block_size,
               out.first(out.size() / options_.block_size * options_.block_size));
  return {};
}

Result Disk::write_same(const Command& command, std::span<const std::byte> out) {
  if (auto refused = refuse(command, true)) return *refused;
  const bool anchor = (command.cdb[1] & 0x10) != 0;
  if (anchor || (command.unmap_bit() && !options_.lbpws)) return illegal_request(asc::invalid_field);
  const std::uint64_t blocks = command.whole_medium_end ? options_.blocks() - command.lba : command.blocks;
  const bool zero = std::all_of(out.begin(), out.end(), [](std::byte b) { return b == std::byte{0}; });
  if (zero && command.unmap_bit()) {
    store_.punch(command.lba * options_.block_size, blocks * options_.block_size);
    return {};
  }
  Buffer block(out.begin(), out.end());
  block.resize(options_.block_size);
  for (std::uint64_t i = 0; i < blocks; ++i) store_.write((command.lba + i) * options_.block_size, block);
  return {};
}

Result Disk::unmap(std::span<const std::byte> out) {
  if (!options_.lbpu) return illegal_request(asc::invalid_opcode);
  if (options_.write_protected) return check_condition({0x07, 0x27, 0x00});
  const std::vector<Range> ranges = unmap_ranges(out);
  for (const Range& range : ranges)
    if (!in_range(range.lba, range.blocks)) return illegal_request(asc::lba_out_of_range);
  for (const Range& range : ranges)
    store_.punch(range.lba * options_.block_size, range.blocks * options_.block_size);
  return {};
}

Result Disk::lba_status(const Command& command) {
  if (!options_.lbpme) return illegal_request(asc::invalid_opcode);
  if (command.lba >= options_.blocks()) return illegal_request(asc::lba_out_of_range);
  // SBC-3, 5.6: a header of 8 bytes, descriptors of 16; as many as fit.
  Buffer in(8);
  std::uint64_t lba = command.lba;
  while (in.size() + 16 <= command.allocation && lba < options_.blocks()) {
    const Store::Run run = store_.run(lba * options_.block_size);
    // A run that ends within a block belongs to the allocated side.
    std::uint64_t blocks = run.hole ? run.length / options_.block_size
                                    : (run.length + options_.block_size - 1) / options_.block_size;
    const bool hole = run.hole && blocks > 0;
    blocks = std::clamp<std::uint64_t>(blocks, 1, UINT32_MAX);
    const std::size_t at = in.size();
    in.resize(at + 16);
    san::write_at(in, at, san::be64(lba));
    san::write_at(in, at + 8, san::be32(static_cast<std::uint32_t>(blocks)));
    in[at + 12] = std::byte{static_cast<unsigned char>(hole ? 1 : 0)};
    lba += blocks;
  }
  san::write_at(in, 0, san::be32(static_cast<std::uint32_t>(in.size() - 4)));
  return {Status::good, {}, cut(std::move(in), command.allocation)};
}

Result Disk::read_capacity(const Command& command) {
  const std::uint64_t last = options_.claimed_size / options_.block_size - 1;
  if (command.cdb[0] == 0x25) {
    Buffer in(8);
    san::write_at(in, 0, san::be32(static_cast<std::uint32_t>(std::min<std::uint64_t>(last, UINT32_MAX))));
    san::write_at(in, 4, san::be32(options_.block_size));
    return {Status::good, {}, in};
  }
  if (!options_.capacity_raw.empty())
    return {Status::good, {}, cut(options_.capacity_raw, command.allocation)};
  Buffer in(32);
  san::write_at(in, 0, san::be64(last));
  san::write_at(in, 8, san::be32(options_.block_size));
  in[14] = static_cast<std::byte>((options_.lbpme ? 0x80 : 0) | (options_.lbprz ? 0x40 : 0));
  return {Status::good, {}, cut(std::move(in), command.allocation)};
}

Result Disk::report_luns(const Command& command) const {
  const unsigned luns = options_.second.empty() ? 1 : 2;
  Buffer in(8 + std::size_t{8} * luns);
  san::write_at(in, 0, san::be32(8 * luns));
  for (unsigned i = 0; i < luns; ++i) {
    // SAM-5, 4.7: peripheral device addressing below 256, flat space addressing above.
    const unsigned lun = options_.lun + i < 256 ? options_.lun + i : 0x4000 | (options_.lun + i);
    san::write_at(in, 8 + std::size_t{8} * i, san::be16(static_cast<std::uint16_t>(lun)));
  }
  return {Status::good, {}, cut(std::move(in), command.allocation)};
}

Result Disk::execute(const Command& command, std::span<const std::byte> out, bool lun_exists) {
  if (command.op == Op::inquiry) return inquiry(command, lun_exists);
  if (command.op == Op::reportluns) return report_luns(command);
  if (!lun_exists) return illegal_request(asc::no_such_lun);
  switch (command.op) {
    case Op::tur:
      return {};
    case Op::readcap:
      return read_capacity(command);
    case Op::read:
      return read(command);
    case Op::write:
      return write(command, out);
    case Op::writesame:
      return write_same(command, out);
    case Op::unmap:
      return unmap(out);
    case Op::lbastatus:
      return lba_status(command);
    case Op::modesense:
      return mode_sense(command);
    case Op::sync:
      if (auto refused = refuse(command, false)) return *refused;
      return {};
    default:
      return command.cdb[0] == 0x5e ? reservations(command) : illegal_request(asc::invalid_opcode);
  }
}

}  // namespace fake
