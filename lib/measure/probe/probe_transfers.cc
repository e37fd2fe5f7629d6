// SPDX-License-Identifier: Apache-2.0
// Trials of ordinary reads and writes, and of those behind the end of the LUN.
#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"
#include "measure/probe/prober.h"

namespace san::measure {
namespace {

using iscsi::Action;
using iscsi::Answer;

// libiscsi 1.19 counts the bytes of a task in an int, and a clone sends no longer ones.
constexpr std::uint64_t kMaxLength = 8 * MiB;

std::string sense_text(const Answer& answer) {
  return describe(answer);
}

/// Returns true for 5/21/00, LOGICAL BLOCK ADDRESS OUT OF RANGE (SBC-3, 4.5; 5.9).
bool out_of_range(const Answer& answer) {
  return answer.status == iscsi::CommandStatus::check_condition && answer.sense.present &&
         answer.sense.asc == 0x21;
}

Trial longest_transfer(Prober& p) {
  ProbedLun& lun = p.lun();
  const std::uint64_t said = p.about().limits ? p.about().limits->max_transfer_blocks : 0;
  std::uint64_t most = (said != 0 ? std::min(said * lun.block(), kMaxLength) : MiB) / lun.block();
  if (!lun.sixteen()) most = std::min<std::uint64_t>(most, 65535);
  most = std::max<std::uint64_t>(1, std::min(most, lun.blocks() - p.layout().base));
  const auto blocks = static_cast<std::uint32_t>(most);
  const std::uint64_t lba = p.layout().base;
  const std::uint32_t generation = lun.next_generation();
  lun.touched(lba, blocks);
  const std::string size = format_size(std::uint64_t{blocks} * lun.block());
  const Answer written = lun.command_out("WRITE", iscsi::write(lun.sixteen(), lba, blocks),
                                         lun.pattern(lba, blocks, generation));
  if (judge(written) != Action::done)
    return {Trial::Outcome::refused, fmt::format("WRITE of {}: {}", size, sense_text(written))};
  std::vector<std::byte> data(std::uint64_t{blocks} * lun.block());
  const Answer read = lun.command_in("READ", iscsi::read(lun.sixteen(), lba, blocks), data);
  if (judge(read) != Action::done)
    return {Trial::Outcome::refused, fmt::format("READ of {}: {}", size, sense_text(read))};
  if (data != lun.pattern(lba, blocks, generation))
    return {Trial::Outcome::wrong, fmt::format("{} written do not read back the same", size)};
  return {Trial::Outcome::done,
          said == 0 ? fmt::format("{} at once; no limit is declared", size)
          : said * lun.block() > kMaxLength
              ? fmt::format("{} at once, of the {} declared", size, format_size(said * lun.block()))
              : size + " at once, as declared"};
}

/// Accesses the last block, and blocks behind it.
Trial end_of_lun(Prober& p, bool write) {
  ProbedLun& lun = p.lun();
  const std::uint64_t last = lun.blocks() - 1;
  const std::uint32_t generation = lun.next_generation();
  lun.write(last, 1, generation);
  if (!lun.look(last, 1, generation).all_pattern())
    return {Trial::Outcome::wrong, fmt::format("LBA {} is not what was written", last)};
  if (!lun.sixteen() && last == 0xFFFFFFFFU)
    return {Trial::Outcome::done, "nothing lies behind the last LBA"};
  for (const auto& [lba, blocks] : {std::pair{last + 1, 1U}, std::pair{last, 2U}}) {
    std::vector<std::byte> data = lun.pattern(lba, blocks, generation);
    const Answer answer = write ? lun.command_out("WRITE", iscsi::write(lun.sixteen(), lba, blocks), data)
                                : lun.command_in("READ", iscsi::read(lun.sixteen(), lba, blocks), data);
    if (judge(answer) == Action::done)
      return {Trial::Outcome::wrong,
              fmt::format("answers GOOD to {}, which is beyond its end", lba_range(lba, blocks))};
    if (!out_of_range(answer))
      return {Trial::Outcome::done,
              fmt::format("{} is refused, but by \"{}\"", lba_range(lba, blocks), sense_text(answer))};
  }
  return {Trial::Outcome::done, fmt::format("LBA {} is the last", last)};
}

}  // namespace

void probe_transfers(Prober& p) {
  p.trial("write", "write and read back", true, [&p]() -> Trial {
    ProbedLun& lun = p.lun();
    const ProbeLayout& at = p.layout();
    const std::uint32_t generation = lun.next_generation();
    lun.write(at.base, 4 * at.unit, generation);
    const Content content = lun.look(at.base, 4 * at.unit, generation);
    if (!content.all_pattern())
      return {Trial::Outcome::wrong,
              fmt::format("LBA {} is not what was written", content.first_not_pattern.value_or(0))};
    return {Trial::Outcome::done, fmt::format("{}", format_size(4 * at.unit * lun.block()))};
  });
  p.trial("max-transfer", "largest transfer", true, [&p] { return longest_transfer(p); });
  p.trial("read-end", "READ up to the end", true, [&p] { return end_of_lun(p, false); });
  p.trial("write-end", "WRITE up to the end", true, [&p] { return end_of_lun(p, true); });
}

}  // namespace san::measure
