// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/probed_lun.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "block/zero_detection.h"
#include "core/units.h"

namespace san::measure {
namespace {

using iscsi::Answer;
using iscsi::Cdb;
using iscsi::Direction;

constexpr std::chrono::milliseconds kTimeout{8'000}, kSlowTimeout{30'000};

/// Sebastiano Vigna's splitmix64: every bit of the result depends on every bit of the number.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

}  // namespace

std::string lba_range(std::uint64_t lba, std::uint64_t blocks) {
  return blocks == 1 ? fmt::format("LBA {}", lba) : fmt::format("LBA {} to {}", lba, lba + blocks - 1);
}

ProbedLun::ProbedLun(iscsi::ScsiTransport& transport, const iscsi::LunInfo& lun,
                     std::function<void(std::uint64_t)> moved)
    : transport_(transport), lun_(lun), moved_(std::move(moved)) {}

Answer ProbedLun::send(const char* what, const Cdb& cdb, Direction direction, std::span<std::byte> data,
                       bool slow) {
  // Operation code 9Eh is several commands; none of those that are sent here is known to hang.
  if (std::find(hung_.begin(), hung_.end(), cdb.opcode()) != hung_.end())
    throw Inconclusive(fmt::format("not tried: {} was not answered before", what), true);
  // A write that may have been carried out is not sent again: its effect is what is examined.
  Answer answer = transport_.send(what, cdb, direction, data,
                                  {slow ? kSlowTimeout : kTimeout, direction == Direction::in});
  if (answer.status == iscsi::CommandStatus::silent) hung_.push_back(cdb.opcode());
  if (!answer.answered()) throw Inconclusive(fmt::format("{}: {}", what, describe(answer)), true);
  if (moved_) moved_(data.size());
  return answer;
}

Answer ProbedLun::command(const char* what, const Cdb& cdb, bool slow) {
  return send(what, cdb, Direction::none, {}, slow);
}

Answer ProbedLun::command_in(const char* what, const Cdb& cdb, std::span<std::byte> data) {
  return send(what, cdb, Direction::in, data, false);
}

iscsi::ScsiReply ProbedLun::receive(const char* what, const Cdb& cdb, std::size_t length) {
  std::vector<std::byte> data(length);
  const Answer answer = command_in(what, cdb, data);
  return iscsi::reply_of(answer, std::move(data));
}

Answer ProbedLun::command_out(const char* what, const Cdb& cdb, std::span<const std::byte> data, bool slow) {
  // libiscsi's iovec has no const; Direction::out never writes to it.
  return send(
      what, cdb, Direction::out,
      {const_cast<std::byte*>(data.data()), data.size()},  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      slow);
}

std::vector<std::byte> ProbedLun::pattern(std::uint64_t lba, std::uint64_t blocks,
                                          std::uint32_t generation) const {
  std::vector<std::byte> data(blocks * block());
  for (std::uint64_t i = 0; i < blocks; ++i) {
    std::uint64_t word = mix((lba + i) ^ std::uint64_t{generation} << 48U);
    for (std::size_t at = i * block(); at + sizeof word <= (i + 1) * block(); at += sizeof word) {
      std::memcpy(&data[at], &word, sizeof word);
      word = word * 6364136223846793005U + 1442695040888963407U;  // Knuth's MMIX
    }
  }
  return data;
}

std::uint64_t ProbedLun::chunk() const {
  std::uint64_t bytes = MiB;
  if (lun_.limits && lun_.limits->max_transfer_blocks != 0)
    bytes = std::min(bytes, std::uint64_t{lun_.limits->max_transfer_blocks} * block());
  return std::max<std::uint64_t>(1, bytes / block());
}

void ProbedLun::touched(std::uint64_t lba, std::uint64_t blocks) {
  written_.add({lba * block(), blocks * block()});
}

void ProbedLun::write(std::uint64_t lba, std::uint64_t blocks, std::uint32_t generation) {
  touched(lba, blocks);
  for (const std::uint64_t end = lba + blocks; lba < end;) {
    const std::uint64_t piece = std::min(chunk(), end - lba);
    const Answer answer =
        command_out("WRITE", iscsi::write(sixteen(), lba, static_cast<std::uint32_t>(piece)),
                    pattern(lba, piece, generation));
    if (judge(answer) != iscsi::Action::done)
      throw Inconclusive(fmt::format("WRITE of {}: {}", lba_range(lba, piece), describe(answer)));
    lba += piece;
  }
}

Content ProbedLun::look(std::uint64_t lba, std::uint64_t blocks, std::uint32_t generation,
                        std::optional<std::uint64_t> as_lba) {
  Content content;
  std::vector<std::byte> data;
  const std::uint64_t shift = as_lba.value_or(lba) - lba;  // wraps around, and back again below
  for (const std::uint64_t end = lba + blocks; lba < end;) {
    const std::uint64_t piece = std::min(chunk(), end - lba);
    data.assign(piece * block(), std::byte{0x5A});
    const Answer answer =
        command_in("READ", iscsi::read(sixteen(), lba, static_cast<std::uint32_t>(piece)), data);
    if (judge(answer) != iscsi::Action::done || answer.missing != 0)
      throw Inconclusive(fmt::format("READ of {}: {}", lba_range(lba, piece),
                                     answer.missing != 0 ? "too few bytes came" : describe(answer)));
    const auto wanted = pattern(lba + shift, piece, generation);
    for (std::uint64_t i = 0; i < piece; ++i) {
      const auto one = std::span<const std::byte>(data).subspan(i * block(), block());
      const bool zero = all_zero(one);
      const bool same = !zero && std::memcmp(one.data(), &wanted[i * block()], block()) == 0;
      ++(zero ? content.zeros : same ? content.pattern : content.other);
      if (!zero && !content.first_not_zero) content.first_not_zero = lba + i;
      if (!same && !content.first_not_pattern) content.first_not_pattern = lba + i;
    }
    lba += piece;
  }
  return content;
}

}  // namespace san::measure
