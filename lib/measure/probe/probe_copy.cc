// SPDX-License-Identifier: Apache-2.0
// EXTENDED COPY(LID1) from one range of the LUN to another.
#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"
#include "iscsi/lun/xcopy.h"
#include "measure/probe/prober.h"

namespace san::measure {
namespace {

using iscsi::Answer;

/// Returns the bytes of a segment that the copy manager accepts: its declared limit, if there is one, or 1
/// MiB.
std::uint64_t longest_segment(ProbedLun& lun) {
  constexpr std::uint32_t kLength = 512;
  const auto reply = lun.receive("RECEIVE COPY RESULTS", iscsi::receive_copy_parameters(kLength), kLength);
  std::uint64_t most = MiB;
  if (!reply.done()) return most;
  const auto parameters = iscsi::parse_copy_parameters(reply.bytes);
  if (parameters && parameters->max_segment_length != 0)
    most = std::min<std::uint64_t>(most, parameters->max_segment_length);
  return most;
}

Trial copy(Prober& p, const iscsi::CopyEnd& end) {
  ProbedLun& lun = p.lun();
  const ProbeLayout& at = p.layout();
  const std::uint64_t segment = longest_segment(lun);
  const auto blocks = static_cast<std::uint16_t>(
      std::clamp<std::uint64_t>(segment / lun.block(), 1, std::min<std::uint64_t>(at.unit, 65535)));
  const std::uint64_t from = at.base, to = at.base + 2 * at.unit;
  const std::uint32_t source = lun.next_generation(), before = lun.next_generation();
  lun.write(from, blocks, source);
  lun.write(to, at.unit, before);
  const iscsi::CopySegment one{from, to, blocks};
  auto list = iscsi::copy_parameter_list(1, end, end, std::span(&one, 1));
  const Answer answer =
      lun.command_out("EXTENDED COPY", iscsi::extended_copy(static_cast<std::uint32_t>(list.size())), list);
  if (judge(answer) != iscsi::Action::done) return refused(answer);
  const Content copied = lun.look(to, blocks, source, from);
  if (!copied.all_pattern())
    return {Trial::Outcome::wrong, fmt::format("answers GOOD, and LBA {} is not a copy of LBA {}",
                                               copied.first_not_pattern.value_or(to),
                                               from + copied.first_not_pattern.value_or(to) - to)};
  if (!lun.look(to + blocks, at.unit - blocks, before).all_pattern())
    return {Trial::Outcome::wrong, fmt::format("copies beyond {}", lba_range(to, blocks))};
  return {Trial::Outcome::done,
          fmt::format("copied {} within the LUN", format_size(std::uint64_t{blocks} * lun.block()))};
}

}  // namespace

void probe_copy(Prober& p) {
  const bool declared = p.about().inquiry && p.about().inquiry->third_party_copy;
  const auto end = iscsi::copy_end(p.about());
  if (!end)
    return p.add("extended-copy", "EXTENDED COPY", declared,
                 declared ? FeatureVerdict::unknown : FeatureVerdict::not_supported,
                 "the LUN has no NAA identifier that a copy could name");
  p.trial("extended-copy", "EXTENDED COPY", declared, [&] { return copy(p, *end); });
}

}  // namespace san::measure
