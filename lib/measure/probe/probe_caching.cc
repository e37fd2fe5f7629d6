// SPDX-License-Identifier: Apache-2.0
// FUA, SYNCHRONIZE CACHE, VERIFY and COMPARE AND WRITE.
#include <fmt/core.h>

#include "measure/probe/probe_cdb.h"
#include "measure/probe/prober.h"

namespace san::measure {
namespace {

using iscsi::Action;
using iscsi::Answer;

bool miscompares(const Answer& answer) {
  return answer.status == iscsi::CommandStatus::check_condition &&
         answer.sense.key == iscsi::SenseKey::miscompare;
}

Trial fua(Prober& p) {
  ProbedLun& lun = p.lun();
  const std::uint64_t lba = p.layout().base;
  const std::uint32_t generation = lun.next_generation();
  lun.touched(lba, 8);
  const Answer answer = lun.command_out("WRITE with FUA", with_fua(iscsi::write(lun.sixteen(), lba, 8)),
                                        lun.pattern(lba, 8, generation));
  if (judge(answer) != Action::done) return refused(answer);
  if (!lun.look(lba, 8, generation).all_pattern())
    return {Trial::Outcome::wrong, fmt::format("answers GOOD and does not write {}", lba_range(lba, 8))};
  return {Trial::Outcome::done, "written; whether it survives a loss of power only a loss of power shows"};
}

Trial verify(Prober& p) {
  ProbedLun& lun = p.lun();
  const std::uint64_t lba = p.layout().base;
  const std::uint32_t generation = lun.next_generation();
  lun.write(lba, 8, generation);
  auto data = lun.pattern(lba, 8, generation);
  const iscsi::Cdb cdb = verify_bytes(lun.sixteen(), lba, 8);
  const Answer same = lun.command_out("VERIFY", cdb, data);
  if (miscompares(same))
    return {Trial::Outcome::wrong,
            fmt::format("finds a difference in {}, where there is none", lba_range(lba, 8))};
  if (judge(same) != Action::done) return refused(same);
  data[data.size() - 1] ^= std::byte{1};
  const Answer differs = lun.command_out("VERIFY", cdb, data);
  if (judge(differs) == Action::done)
    return {Trial::Outcome::wrong, fmt::format("answers GOOD, though LBA {} differs", lba + 7)};
  return {Trial::Outcome::done, miscompares(differs)
                                    ? "finds a bit that differs"
                                    : "finds a bit that differs, but says \"" + describe(differs) + "\""};
}

Trial atomic_write(Prober& p) {
  ProbedLun& lun = p.lun();
  const std::uint64_t lba = p.layout().base;
  const std::uint32_t before = lun.next_generation(), after = lun.next_generation();
  lun.write(lba, 2, before);
  auto data = lun.pattern(lba, 1, before);
  const auto wanted = lun.pattern(lba, 1, after);
  data.insert(data.end(), wanted.begin(), wanted.end());
  const iscsi::Cdb cdb = compare_and_write(lba, 1);
  const Answer same = lun.command_out("COMPARE AND WRITE", cdb, data);
  if (judge(same) != Action::done) return refused(same);
  if (!lun.look(lba, 1, after).all_pattern())
    return {Trial::Outcome::wrong, fmt::format("answers GOOD and does not write LBA {}", lba)};
  // The medium holds `after` now, and the data to compare with are still `before`.
  const auto third = lun.pattern(lba, 1, lun.next_generation());
  std::copy(third.begin(), third.end(), data.begin() + static_cast<std::ptrdiff_t>(lun.block()));
  const Answer differs = lun.command_out("COMPARE AND WRITE", cdb, data);
  if (!lun.look(lba, 1, after).all_pattern())
    return {Trial::Outcome::wrong, fmt::format("writes LBA {} although it differs", lba)};
  if (!lun.look(lba + 1, 1, before).all_pattern())
    return {Trial::Outcome::wrong, fmt::format("changes LBA {}, which is not meant", lba + 1)};
  if (!miscompares(differs))
    return {Trial::Outcome::wrong,
            fmt::format("answers \"{}\" in place of MISCOMPARE where the data differ", describe(differs))};
  return {Trial::Outcome::done, "writes what compares; MISCOMPARE leaves the rest"};
}

}  // namespace

void probe_caching(Prober& p) {
  ProbedLun& lun = p.lun();
  p.trial("fua", "WRITE with FUA", p.about().mode.dpofua, [&p] { return fua(p); });
  const auto& cache = p.about().mode.write_cache;
  p.trial("flush", "SYNCHRONIZE CACHE", cache == true ? cache : std::nullopt, [&lun]() -> Trial {
    Answer answer = lun.command("SYNCHRONIZE CACHE", iscsi::synchronize_cache(lun.sixteen()), true);
    if (judge(answer) != Action::done && lun.sixteen())
      answer = lun.command("SYNCHRONIZE CACHE", iscsi::synchronize_cache(false), true);
    if (judge(answer) != Action::done) return refused(answer);
    return {Trial::Outcome::done, "answers GOOD"};
  });
  p.trial("verify", "VERIFY of data sent", std::nullopt, [&p] { return verify(p); });
  std::optional<bool> declared;
  if (p.about().limits) declared = p.about().limits->max_compare_and_write_blocks != 0;
  p.trial("compare-and-write", "COMPARE AND WRITE", declared, [&p] { return atomic_write(p); });
}

}  // namespace san::measure
