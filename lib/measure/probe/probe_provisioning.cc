// SPDX-License-Identifier: Apache-2.0
// Trials of LBPRZ, that deallocated blocks read as zeros, and of GET LBA STATUS, which reports such blocks.
#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"
#include "measure/probe/probe_cdb.h"
#include "measure/probe/prober.h"

namespace san::measure {
namespace {

using iscsi::Action;
using iscsi::Answer;

bool usable(FeatureVerdict verdict) {
  return verdict == FeatureVerdict::works || verdict == FeatureVerdict::undeclared;
}

/// The command that deallocates and answers GOOD, and the number of blocks that it takes at once; 0 if there
/// is none.
struct Deallocator {
  bool unmap = false;  ///< UNMAP, else WRITE SAME(16)
  std::uint64_t most = 0;
};

Deallocator deallocator(const Prober& p) {
  const auto& limits = p.about().limits;
  const auto limit = [&](std::uint64_t declared) { return declared != 0 ? declared : p.layout().area; };
  // An UNMAP with a false claim is used, too: this trial shows the data that it leaves.
  const auto tried = [&p](const char* id) {
    return usable(p.verdict(id)) || p.verdict(id) == FeatureVerdict::false_claim;
  };
  if (tried("unmap")) return {true, limit(limits ? limits->max_unmap_blocks : 0)};
  if (usable(p.verdict("write-same-16-unmap")))
    return {false, limit(limits ? limits->max_write_same_blocks : 0)};
  return {};
}

/// Deallocates a range. Returns the answer that refuses it; nothing on success.
std::optional<Answer> deallocate(Prober& p, const Deallocator& by, std::uint64_t lba, std::uint64_t blocks) {
  ProbedLun& lun = p.lun();
  const std::uint64_t step = std::max(p.layout().granularity, round_down(by.most, p.layout().granularity));
  for (const std::uint64_t end = lba + blocks; lba < end;) {
    const UnmapRange range{
        lba, static_cast<std::uint32_t>(std::min({step, end - lba, std::uint64_t{0xFFFFFFFF}}))};
    const auto list = unmap_list(std::span(&range, 1));
    const Answer answer =
        by.unmap ? lun.command_out("UNMAP", iscsi::unmap(static_cast<std::uint16_t>(list.size())), list, true)
                 : lun.command_out("WRITE SAME", iscsi::write_same(true, lba, range.second, true),
                                   std::vector<std::byte>(lun.block()), true);
    if (judge(answer) != Action::done) return answer;
    lba += range.second;
  }
  return std::nullopt;
}

/// Deallocates a larger range and reads all of it: a target could return zeros at its ends and old data
/// between.
Trial lbprz(Prober& p, const Deallocator& by) {
  ProbedLun& lun = p.lun();
  const std::uint64_t lba = p.layout().base, blocks = p.layout().area;
  const std::uint32_t generation = lun.next_generation();
  lun.write(lba, blocks, generation);
  if (const auto answer = deallocate(p, by, lba, blocks)) return refused(*answer, "deallocating");
  const Content content = lun.look(lba, blocks, generation);
  const bool thin = p.about().capacity->lbpme, short_form = p.about().capacity->lbprz;
  const bool page = p.about().provisioning && p.about().provisioning->lbprz;
  std::string evidence;
  if (short_form != page)
    evidence = fmt::format("; READ CAPACITY(16) {} it, VPD page B2h {}",
                           short_form ? "declares" : "does not declare", page ? "does" : "does not");
  else if (page && !thin)
    evidence = "; but READ CAPACITY(16) says that the LUN is not thin (LBPME)";
  if (content.all_zeros())
    return {Trial::Outcome::done,
            fmt::format("{} read back whole: zeros", format_size(blocks * lun.block())) + evidence};
  // A claim in only one of the two fields is none: sanclone requires both.
  return {p.about().declares_zeros() ? Trial::Outcome::wrong : Trial::Outcome::refused,
          fmt::format("{} of {} deallocated blocks are not zeros, the first at LBA {}",
                      content.pattern + content.other, blocks, content.first_not_zero.value_or(0)) +
              evidence};
}

struct MappingState {
  std::optional<Answer> refused;
  std::optional<iscsi::LbaStatus> at;  ///< the descriptor that covers the block asked for
};

MappingState ask(ProbedLun& lun, std::uint64_t lba) {
  // Space for many descriptors: tgt scans its whole file for each call anyway.
  constexpr std::uint32_t kLength = 64 * KiB + 8;
  const auto reply = lun.receive("GET LBA STATUS", iscsi::get_lba_status(lba, kLength), kLength);
  if (!reply.done()) return {reply.answer, {}};
  const auto list = iscsi::parse_lba_status(reply.bytes);
  const auto found = std::find_if(list.begin(), list.end(), [lba](const iscsi::LbaStatus& s) {
    return s.lba <= lba && lba - s.lba < s.blocks;
  });
  return {{}, found == list.end() ? std::nullopt : std::optional(*found)};
}

Trial lba_status(Prober& p, const Deallocator& by) {
  ProbedLun& lun = p.lun();
  const std::uint64_t lba = p.layout().base, blocks = p.layout().area;
  const std::uint32_t generation = lun.next_generation();
  lun.write(lba, blocks, generation);
  const std::uint64_t middle = lba + blocks / 2;
  const MappingState written = ask(lun, middle);
  if (written.refused) return refused(*written.refused);
  if (!written.at)
    return {Trial::Outcome::wrong,
            fmt::format("the answer says nothing of LBA {}, which was asked for", middle)};
  if (written.at->provisioning == 1)
    return {Trial::Outcome::wrong,
            fmt::format("calls LBA {} deallocated, where data were just written", middle)};
  if (by.most == 0 || deallocate(p, by, lba, blocks))
    return {Trial::Outcome::done, "calls written blocks mapped; none could be deallocated"};
  const MappingState after = ask(lun, middle);
  if (after.refused || !after.at)
    return {Trial::Outcome::wrong, "answers before blocks are deallocated, and not afterwards"};
  if (after.at->provisioning == 0)
    return {Trial::Outcome::done, "calls everything mapped, deallocated blocks too"};
  const Content content = lun.look(lba, blocks, generation);
  if (!content.all_zeros() && p.about().declares_zeros())
    return {Trial::Outcome::wrong, fmt::format("calls LBA {} deallocated, where data are still read",
                                               content.first_not_zero.value_or(0))};
  return {Trial::Outcome::done, "knows written and deallocated blocks"};
}

}  // namespace

void probe_provisioning(Prober& p) {
  const Deallocator by = deallocator(p);
  const auto& thin = p.about().provisioning;
  const bool declared = p.about().declares_zeros() || (thin && thin->lbprz) || p.about().capacity->lbprz;
  if (by.most == 0)
    p.add("lbprz", "deallocated reads zeros", declared,
          declared ? FeatureVerdict::unknown : FeatureVerdict::not_supported, "nothing here deallocates");
  else
    p.trial("lbprz", "deallocated reads zeros", p.about().declares_zeros(), [&] { return lbprz(p, by); });
  p.trial("get-lba-status", "GET LBA STATUS", std::nullopt, [&] { return lba_status(p, by); });
}

}  // namespace san::measure
