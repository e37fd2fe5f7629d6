// SPDX-License-Identifier: Apache-2.0
// Trials of UNMAP. tgt 1.0 counts the bytes of a range in 32 bits: it answers GOOD to 4 GiB without any
// effect, and of slightly more it deallocates only the excess (bs_rdwr.c).
#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"
#include "measure/probe/probe_cdb.h"
#include "measure/probe/prober.h"

namespace san::measure {
namespace {

using iscsi::Action;
using iscsi::Answer;

constexpr std::uint64_t kMarkers = 8;

/// Returns the reason why the target does not accept so many blocks in one descriptor; empty if it does.
std::string too_many(const Prober& p, std::uint64_t blocks) {
  const auto& limits = p.about().limits;
  if (limits && limits->max_unmap_blocks != 0 && blocks > limits->max_unmap_blocks)
    return fmt::format("takes at most {} at once",
                       format_size(std::uint64_t{limits->max_unmap_blocks} * p.about().capacity->block_size));
  if (blocks > 0xFFFFFFFFU) return "one descriptor cannot hold so many blocks";
  return {};
}

/// Writes the pattern to [from, from + all), unmaps `ranges` of it, and judges the result: the aligned part
/// of the ranges has to be zeros, and the blocks beside them must be unchanged.
Trial unmap_and_look(Prober& p, std::span<const UnmapRange> ranges, std::uint64_t from, std::uint64_t all) {
  ProbedLun& lun = p.lun();
  const std::uint32_t generation = lun.next_generation();
  lun.write(from, all, generation);
  const auto list = unmap_list(ranges);
  const Answer answer = lun.command_out("UNMAP", iscsi::unmap(static_cast<std::uint16_t>(list.size())), list);
  if (judge(answer) != Action::done) return refused(answer);
  Content inside;
  std::uint64_t at = from;
  for (const auto& [lba, blocks] : ranges) {
    const Content beside = lun.look(at, lba - at, generation);
    if (!beside.all_pattern())
      return {Trial::Outcome::wrong, fmt::format("destroys LBA {}, which is beside the range",
                                                 beside.first_not_pattern.value_or(0))};
    const std::uint64_t first = p.layout().align(lba), end = p.layout().align_down(lba + blocks);
    const Content one = lun.look(first, end > first ? end - first : 0, generation);
    inside.zeros += one.zeros;
    inside.pattern += one.pattern;
    inside.other += one.other;
    if (!inside.first_not_zero) inside.first_not_zero = one.first_not_zero;
    at = lba + blocks;
  }
  const Content behind = lun.look(at, from + all - at, generation);
  if (!behind.all_pattern())
    return {Trial::Outcome::wrong,
            fmt::format("destroys LBA {}, which is beside the range", behind.first_not_pattern.value_or(0))};
  return judge_zeros(inside, p.about().declares_zeros());
}

}  // namespace

Trial zero_with_markers(Prober& p, std::uint64_t lba, std::uint64_t blocks, const iscsi::Cdb& cdb,
                        const std::vector<std::byte>& data, const char* what, bool must) {
  ProbedLun& lun = p.lun();
  const std::uint32_t generation = lun.next_generation();
  const std::uint64_t size =
      round_up(std::max<std::uint64_t>(1, 64 * KiB / lun.block()), p.layout().granularity);
  std::vector<std::uint64_t> markers;
  for (std::uint64_t i = 0; i < kMarkers; ++i)
    markers.push_back(p.layout().align(lba + (blocks - size) / (kMarkers - 1) * i));
  markers.back() = p.layout().align_down(lba + blocks) - size;
  for (const std::uint64_t marker : markers) lun.write(marker, size, generation);
  const bool behind = lba + blocks + 8 <= lun.blocks(), before = lba >= 8;
  if (behind) lun.write(lba + blocks, 8, generation);
  if (before) lun.write(lba - 8, 8, generation);
  const Answer answer = lun.command_out(what, cdb, data, true);
  if (judge(answer) != Action::done) return refused(answer);
  if ((behind && !lun.look(lba + blocks, 8, generation).all_pattern()) ||
      (before && !lun.look(lba - 8, 8, generation).all_pattern()))
    return {Trial::Outcome::wrong, fmt::format("destroys data beside {}", lba_range(lba, blocks))};
  Content inside;
  std::size_t left = 0;
  for (const std::uint64_t marker : markers) {
    const Content one = lun.look(marker, size, generation);
    inside.zeros += one.zeros;
    inside.pattern += one.pattern;
    inside.other += one.other;
    if (!one.all_zeros()) ++left;
    if (!inside.first_not_zero) inside.first_not_zero = one.first_not_zero;
  }
  if (inside.all_zeros())
    return {Trial::Outcome::done,
            fmt::format("reads zeros at {} places of {}", kMarkers, lba_range(lba, blocks))};
  Trial trial = judge_zeros(inside, must);
  if (must)
    trial.evidence = fmt::format(
        "answers GOOD to {} ({}), and the data are still there at {} of {} places, the first LBA {}",
        lba_range(lba, blocks), format_size(blocks * lun.block()), left, kMarkers,
        inside.first_not_zero.value_or(0));
  return trial;
}

namespace {

void large_unmap(Prober& p, const char* id, const char* name, std::uint64_t blocks) {
  const std::uint64_t lba = p.layout().alignment,
                      whole = round_down(p.lun().blocks() - lba, p.layout().granularity);
  if (blocks == 0) blocks = whole;
  const bool declared = p.about().provisioning && p.about().provisioning->lbpu;
  if (blocks > whole)
    return p.add(id, name, declared, FeatureVerdict::unknown, "not tried: the LUN is smaller");
  if (const std::string why = too_many(p, blocks); !why.empty())
    return p.add(id, name, false, FeatureVerdict::not_supported, why);
  p.trial(id, name, declared, [&] {
    const UnmapRange range{lba, static_cast<std::uint32_t>(blocks)};
    const auto list = unmap_list(std::span(&range, 1));
    return zero_with_markers(p, lba, blocks, iscsi::unmap(static_cast<std::uint16_t>(list.size())), list,
                             "UNMAP", p.about().declares_zeros());
  });
}

}  // namespace

void probe_unmap(Prober& p) {
  const ProbeLayout& at = p.layout();
  const bool declared = p.about().provisioning && p.about().provisioning->lbpu;
  const auto ranges = [&p](std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> list) {
    std::vector<UnmapRange> result;
    for (const auto& [lba, blocks] : list) result.emplace_back(lba, static_cast<std::uint32_t>(blocks));
    return unmap_and_look(p, result, p.layout().base, 6 * p.layout().unit);
  };
  // A target may accept very few blocks at once; that many are tried.
  std::uint64_t unit = at.unit;
  if (p.about().limits && p.about().limits->max_unmap_blocks != 0)
    unit = std::min<std::uint64_t>(unit, p.about().limits->max_unmap_blocks);
  const FeatureVerdict small = p.trial("unmap", "UNMAP, small", declared, [&] {
    return ranges({{at.base + at.unit, unit}});
  });
  if (small == FeatureVerdict::not_supported || (small == FeatureVerdict::unknown && !declared)) return;
  p.trial("unmap-unaligned", "UNMAP, odd ends", declared, [&]() -> Trial {
    const std::uint64_t wanted = 3 * at.unit + 5;
    const std::string why = too_many(p, wanted);
    return ranges({{at.base + at.unit + 1, why.empty() ? wanted : std::max<std::uint64_t>(1, unit - 2)}});
  });
  const auto most = p.about().limits ? p.about().limits->max_unmap_descriptors : 0;
  if (most == 1)
    p.add("unmap-several", "UNMAP, 3 ranges at once", false, FeatureVerdict::not_supported,
          "takes one range at a time");
  else if (3 * unit <= 3 * at.unit)
    p.trial("unmap-several", "UNMAP, 3 ranges at once", declared, [&] {
      // The limit is for all ranges of a command together.
      const std::uint64_t one = std::max(at.granularity, round_down(unit / 3, at.granularity));
      return ranges({{at.base, one}, {at.base + 2 * at.unit, one}, {at.base + 4 * at.unit, one}});
    });
  large_unmap(p, "unmap-1g", "UNMAP, 1 GiB at once", GiB / p.lun().block());
  large_unmap(p, "unmap-4g", "UNMAP, 4 GiB at once", 4 * GiB / p.lun().block());
  large_unmap(p, "unmap-all", "UNMAP, whole LUN", 0);
}

}  // namespace san::measure
