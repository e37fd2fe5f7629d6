// SPDX-License-Identifier: Apache-2.0
// Trials of WRITE SAME: plain, with UNMAP, without data. tcmu-runner once treated the form with UNMAP as a
// plain UNMAP, which left unaligned blocks unchanged (open-iscsi/tcmu-runner, issue 650).
#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"
#include "measure/probe/probe_cdb.h"
#include "measure/probe/prober.h"

namespace san::measure {
namespace {

using iscsi::Action;
using iscsi::Answer;

enum class Form { plain, unmap, no_data };

/// Returns the first block of a range that is not `wanted`; nothing if all are.
std::optional<std::uint64_t> first_other(ProbedLun& lun, std::uint64_t lba, std::uint64_t blocks,
                                         const std::vector<std::byte>& wanted) {
  std::vector<std::byte> data(lun.block());
  std::vector<std::byte> all(
      std::min<std::uint64_t>(blocks, std::max<std::uint64_t>(1, 64 * KiB / lun.block())) * lun.block());
  for (const std::uint64_t end = lba + blocks; lba < end;) {
    const std::uint64_t piece = std::min<std::uint64_t>(all.size() / lun.block(), end - lba);
    const auto part = std::span(all).first(piece * lun.block());
    const Answer answer =
        lun.command_in("READ", iscsi::read(lun.sixteen(), lba, static_cast<std::uint32_t>(piece)), part);
    if (judge(answer) != Action::done)
      throw Inconclusive(fmt::format("READ of {}: {}", lba_range(lba, piece), describe(answer)));
    for (std::uint64_t i = 0; i < piece; ++i)
      if (!std::equal(wanted.begin(), wanted.end(),
                      part.begin() + static_cast<std::ptrdiff_t>(i * lun.block())))
        return lba + i;
    lba += piece;
  }
  return std::nullopt;
}

Trial write_same(Prober& p, bool sixteen, Form form) {
  ProbedLun& lun = p.lun();
  const ProbeLayout& at = p.layout();
  std::uint64_t blocks = at.unit;
  if (p.about().limits && p.about().limits->max_write_same_blocks != 0)
    blocks = std::min(blocks, p.about().limits->max_write_same_blocks);
  if (!sixteen) blocks = std::min<std::uint64_t>(blocks, 65535);
  // With UNMAP, partial provisioning blocks at the ends have to become zeros as well: they are written
  // instead of deallocated.
  const std::uint64_t shift = form == Form::unmap && blocks > 2 ? 1 : 0;
  blocks -= shift;
  const std::uint64_t lba = at.base + at.unit + shift;
  const std::uint32_t before = lun.next_generation();
  lun.write(at.base, 3 * at.unit, before);
  auto data = form == Form::plain ? lun.pattern(lba + 7, 1, lun.next_generation())
                                  : std::vector<std::byte>(lun.block());
  const auto count = static_cast<std::uint32_t>(blocks);
  const Answer answer =
      form == Form::no_data
          ? lun.command("WRITE SAME", write_same_no_data(lba, count))
          : lun.command_out("WRITE SAME", iscsi::write_same(sixteen, lba, count, form == Form::unmap), data);
  if (judge(answer) != Action::done) return refused(answer);
  const std::uint64_t behind = lba + blocks, end = at.base + 3 * at.unit;
  if (!lun.look(at.base, lba - at.base, before).all_pattern() ||
      !lun.look(behind, end - behind, before).all_pattern())
    return {Trial::Outcome::wrong, fmt::format("destroys data beside {}", lba_range(lba, blocks))};
  const auto other = first_other(lun, lba, blocks, data);
  const bool promised = form != Form::unmap || p.about().declares_zeros();
  if (other && promised)
    return {Trial::Outcome::wrong, fmt::format("answers GOOD to {}, and LBA {} is not what was to be written",
                                               lba_range(lba, blocks), *other)};
  if (other)
    return {Trial::Outcome::done, fmt::format("LBA {} is not zeros, which LBPRZ does not promise", *other)};
  return {Trial::Outcome::done, form == Form::plain ? "writes the block everywhere" : "reads zeros"};
}

void large_write_same(Prober& p) {
  constexpr const char* id = "write-same-16-unmap-4g";
  constexpr const char* name = "WRITE SAME, UNMAP, 4 GiB";
  const std::uint64_t blocks = 4 * GiB / p.lun().block(), lba = p.layout().alignment;
  const std::uint64_t most = p.about().limits ? p.about().limits->max_write_same_blocks : 0;
  if (lba + blocks > p.lun().blocks())
    return p.add(id, name, std::nullopt, FeatureVerdict::unknown, "not tried: the LUN is smaller");
  if (most != 0 && most < blocks)
    return p.add(id, name, false, FeatureVerdict::not_supported,
                 fmt::format("takes at most {} at once", format_size(most * p.lun().block())));
  // If no limit is declared, a refusal is no false claim: the target may have one (SBC-3, 6.6.3).
  p.trial(id, name, most != 0 ? std::optional(true) : std::nullopt, [&p, lba, blocks] {
    return zero_with_markers(
        p, lba, blocks, iscsi::write_same(true, lba, static_cast<std::uint32_t>(blocks), true),
        std::vector<std::byte>(p.lun().block()), "WRITE SAME", p.about().declares_zeros());
  });
}

}  // namespace

void probe_write_same(Prober& p) {
  const auto& thin = p.about().provisioning;
  std::optional<bool> plain;
  if (p.about().limits && p.about().limits->max_write_same_blocks != 0) plain = true;
  p.trial("write-same-10", "WRITE SAME(10)", std::nullopt,
          [&p] { return write_same(p, false, Form::plain); });
  p.trial("write-same-16", "WRITE SAME(16)", plain, [&p] { return write_same(p, true, Form::plain); });
  p.trial("write-same-10-unmap", "WRITE SAME(10), UNMAP", thin && thin->lbpws10,
          [&p] { return write_same(p, false, Form::unmap); });
  const FeatureVerdict long_form =
      p.trial("write-same-16-unmap", "WRITE SAME(16), UNMAP", thin && thin->lbpws,
              [&p] { return write_same(p, true, Form::unmap); });
  if (long_form != FeatureVerdict::not_supported && thin && thin->lbpws) large_write_same(p);
  // Last, because istgt of 2011 does not know the bit and waits for data for ever.
  p.trial("write-same-16-ndob", "WRITE SAME(16), no data", std::nullopt,
          [&p] { return write_same(p, true, Form::no_data); });
}

}  // namespace san::measure
