// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "core/units.h"
#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"
#include "preflight/facts/target_facts.h"

namespace san::preflight {
namespace {

/// A fault and its remedy.
struct Misfit {
  Evidence evidence;
  std::string remedy;
  bool blocks = true;
};

/// Compares sizes. `available` is the size in bytes of the LUN, else of the image.
void judge_size(Subject& subject, std::uint64_t available, std::vector<Misfit>& found) {
  const auto need = [&found, available](const std::string& what, std::uint64_t size) {
    if (size > available)
      found.push_back(
          {{"size", format_size_exact(available), fmt::format("{} of {}", format_size_exact(size), what)},
           fmt::format("Make the LUN at least {} bytes large, and clone again.", size)});
  };
  if (ReadableDevice* source = subject.source()) need(source->name(), source->size());
  const ReadableDevice* device = subject.device();
  if (device != nullptr && device->size() > available) need(device->name(), device->size());
}

void judge_gpt(const partition::PartitionTable& table, std::vector<Misfit>& found) {
  const std::string clone_again =
      "Put the table right on the LUN: sgdisk -e moves the backup to the end, and gdisk repairs one copy "
      "from the other; or clone again.";
  const auto add = [&](const char* where, const char* text, const char* wanted, bool blocks) {
    found.push_back({{where, text, wanted}, clone_again, blocks});
  };
  if (table.primary == partition::PrimaryState::damaged || table.primary == partition::PrimaryState::missing)
    add("primary GPT", to_string(table.primary), "good", true);
  switch (table.backup) {
    case partition::BackupState::not_at_end:
      // Firmware and kernels tolerate it; the disk after it is unused.
      add("backup GPT", "not at the end: the table belongs to a smaller disk", "in the last block", false);
      break;
    case partition::BackupState::missing:
      add("backup GPT", "missing", "in the last block", true);
      break;
    case partition::BackupState::damaged:
      add("backup GPT", "damaged", "in the last block", true);
      break;
    case partition::BackupState::differs:
      add("backup GPT", "not the same table as the primary one", "the same table", true);
      break;
    case partition::BackupState::good:
    case partition::BackupState::not_applicable:
      break;
  }
}

void judge_table(const partition::PartitionTable& table, std::uint64_t available, std::uint32_t block,
                 std::vector<Misfit>& found) {
  if (table.kind == partition::TableKind::none) return;
  if (table.sector_size != 0 && table.sector_size != block) {
    // Then it is not readable as what it is, and the rest follows from that.
    found.push_back(
        {{"block size", fmt::format("{} bytes", block),
          fmt::format("{} bytes, for which the partition table was made", table.sector_size)},
         fmt::format("Give the LUN blocks of {} bytes on the target, or clone with the table converted.",
                     table.sector_size)});
    return;
  }
  const std::uint64_t needed = partition::needed_size(table);
  if (needed > available)
    found.push_back({{"partition table", fmt::format("needs {}", format_size_exact(needed)),
                      fmt::format("{} of the LUN", format_size_exact(available))},
                     fmt::format("Make the LUN at least {} bytes large, and clone again.", needed)});
  else
    judge_gpt(table, found);
}

Outcome outcome_of(std::vector<Misfit> found, std::uint64_t available, std::uint32_t block,
                   const std::string& backup) {
  if (found.empty()) {
    std::vector<Evidence> evidence{{"size", format_size_exact(available), {}},
                                   {"block size", fmt::format("{} bytes", block), {}}};
    if (!backup.empty()) evidence.push_back({"backup GPT", backup, {}});
    return pass(std::move(evidence));
  }
  bool blocks = false;
  std::vector<Evidence> evidence;
  for (Misfit& one : found) {
    blocks = blocks || one.blocks;
    evidence.push_back(std::move(one.evidence));
  }
  Outcome outcome = fail(std::move(evidence), found.front().remedy);
  if (!blocks) outcome.lowered = Severity::warning;
  return outcome;
}

Outcome size_and_table(Subject& subject) {
  const TargetFacts* facts = subject.target();
  std::uint64_t available = 0;
  std::uint32_t block = 0;
  if (facts != nullptr) {
    // The content of an image can still be judged; but the size of the LUN is decisive.
    if (const std::string trouble = target_trouble(*facts); !trouble.empty()) return see(trouble);
    const iscsi::LunInfo& info = facts->good_path()->report->info;
    if (!info.capacity)
      return unknown("the target does not tell how large the LUN is", "an answer to READ CAPACITY");
    available = info.size();
    block = info.block_size();
  }
  const os::DiskContent* content = subject.content();
  if (facts == nullptr && content == nullptr) return not_applicable("no disk was given");
  if (facts == nullptr) {
    available = content->size;
    block = content->logical_block;
  }
  std::vector<Misfit> found;
  judge_size(subject, available, found);
  if (content != nullptr && found.empty()) judge_table(content->table, available, block, found);
  const bool gpt = content != nullptr && content->table.backup == partition::BackupState::good;
  return outcome_of(std::move(found), available, block, gpt ? "good, in the last block" : "");
}

}  // namespace

constexpr Check kTgt04{.id = "TGT-04",
                       .severity = Severity::blocker,
                       .scope = Scope::target,
                       .title = "LUN is too small, or the partition table does not fit it",
                       .good = "LUN is large enough, and the partition table fits it",
                       .about =
                           "The size against --source, or against the image; block size of LUN and partition "
                           "table; both copies of "
                           "a GPT, of which the backup has to be in the last block.",
                       .evaluate = size_and_table,
                       .also = Scope::disk};

}  // namespace san::preflight
