// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/prober.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/error.h"
#include "core/units.h"

namespace san::measure {

std::uint64_t ProbeLayout::align(std::uint64_t lba) const {
  if (lba <= alignment) return alignment;
  return round_up(lba - alignment, granularity) + alignment;
}

std::uint64_t ProbeLayout::align_down(std::uint64_t lba) const {
  if (lba <= alignment) return alignment;
  return round_down(lba - alignment, granularity) + alignment;
}

ProbeLayout probe_layout(const iscsi::LunInfo& lun, const std::string& url) {
  ProbeLayout layout;
  const std::uint64_t block = lun.capacity->block_size, blocks = lun.capacity->blocks;
  if (lun.limits && lun.limits->unmap_granularity_blocks != 0) {
    layout.granularity = lun.limits->unmap_granularity_blocks;
    layout.alignment = lun.limits->unmap_alignment_blocks.value_or(0) % layout.granularity;
  }
  layout.unit = round_up(std::max<std::uint64_t>(1, MiB / block), layout.granularity);
  // A target may declare a granularity that makes no sense; then nothing is aligned, which the trials report.
  constexpr std::uint64_t kMaxUnit = 64 * MiB;
  if (layout.unit * block > kMaxUnit) {
    layout.granularity = 1;
    layout.alignment = 0;
    layout.unit = std::max<std::uint64_t>(1, MiB / block);
  }
  layout.base = layout.align(layout.unit);
  const std::uint64_t needed = layout.base + 7 * layout.unit;
  if (blocks < needed)
    throw Error(Exit::failed, url,
                fmt::format("is too small to probe: has {}, and {} are needed", format_size(lun.size()),
                            format_size(needed * block)));
  const std::uint64_t space = (blocks - layout.base - layout.unit) / layout.unit * layout.unit;
  layout.area = std::min(space, std::max(6 * layout.unit, round_down(64 * MiB / block, layout.unit)));
  return layout;
}

FeatureVerdict Prober::trial(std::string id, std::string name, std::optional<bool> declared,
                             const std::function<Trial()>& what) {
  FeatureFinding finding{std::move(id), std::move(name), declared, FeatureVerdict::unknown, {}, false};
  try {
    if (Clock::now() >= deadline_) throw Inconclusive("not tried: the time limit was reached", true);
    const Trial trial = what();
    finding.verdict = judge_trial(declared, trial.outcome);
    finding.evidence = trial.evidence;
  } catch (const Inconclusive& inconclusive) {
    finding.evidence = inconclusive.what();
    finding.broken = inconclusive.broken();
  }
  findings_.push_back(finding);
  return finding.verdict;
}

void Prober::add(std::string id, std::string name, std::optional<bool> declared, FeatureVerdict verdict,
                 std::string why) {
  findings_.push_back({std::move(id), std::move(name), declared, verdict, std::move(why), false});
}

FeatureVerdict Prober::verdict(const std::string& id) const {
  const auto found =
      std::find_if(findings_.begin(), findings_.end(), [&id](const FeatureFinding& f) { return f.id == id; });
  return found == findings_.end() ? FeatureVerdict::unknown : found->verdict;
}

Trial judge_zeros(const Content& content, bool must) {
  if (content.all_zeros()) return {Trial::Outcome::done, "reads zeros"};
  const std::string where =
      fmt::format("{} of {} blocks are not zeros, the first at LBA {}", content.pattern + content.other,
                  content.zeros + content.pattern + content.other, content.first_not_zero.value_or(0));
  if (must)
    return {Trial::Outcome::wrong, content.zeros == 0 && content.other == 0
                                       ? fmt::format("answers GOOD and leaves all data, from LBA {} on",
                                                     content.first_not_zero.value_or(0))
                                       : "answers GOOD, but " + where};
  return {Trial::Outcome::done, "answers GOOD; zeros are not promised (LBPRZ), " + where};
}

Trial refused(const iscsi::Answer& answer, const std::string& what) {
  return {Trial::Outcome::refused, (what.empty() ? "" : what + ": ") + describe(answer)};
}

}  // namespace san::measure
