// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "measure/probe/finding.h"
#include "measure/probe/probed_lun.h"

namespace san {

/// Where on the LUN what is tried, in blocks.
struct ProbeLayout {
  std::uint64_t unit = 0;  ///< of the small trials: a multiple of `granularity`, 1 MiB or a little more
  std::uint64_t base = 0;  ///< the small trials have [base, base + 6 * unit), which is aligned
  std::uint64_t granularity = 1;  ///< of UNMAP (VPD page B0h)
  std::uint64_t alignment = 0;    ///< the first aligned LBA
  std::uint64_t area = 0;         ///< from `base` on: what is unmapped and read back whole, 64 MiB at most

  /// `lba` or the next aligned one.
  std::uint64_t align(std::uint64_t lba) const;
  /// `lba` or the aligned one before it; never before `alignment`.
  std::uint64_t align_down(std::uint64_t lba) const;
};

/// Throws Error(failed) where the LUN is too small for it.
ProbeLayout probe_layout(const iscsi::Lun& lun, const std::string& url);

/// Makes trials one by one and keeps what was found.
class Prober {
 public:
  using Clock = std::chrono::steady_clock;

  /// After `deadline` nothing new is tried.
  Prober(ProbedLun& lun, const ProbeLayout& layout, Clock::time_point deadline)
      : lun_(lun), layout_(layout), deadline_(deadline) {}

  ProbedLun& lun() { return lun_; }
  const ProbeLayout& layout() const { return layout_; }
  const iscsi::Lun& about() const { return lun_.lun(); }
  std::vector<Finding>& findings() { return findings_; }

  /// One trial; `what` may throw Inconclusive.
  Verdict trial(std::string id, std::string name, std::optional<bool> declared,
                const std::function<Trial()>& what);
  /// Without one.
  void add(std::string id, std::string name, std::optional<bool> declared, Verdict verdict, std::string why);
  /// The verdict on `id`; unknown where nothing of that name was tried.
  Verdict verdict(const std::string& id) const;

 private:
  ProbedLun& lun_;
  const ProbeLayout layout_;
  const Clock::time_point deadline_;
  std::vector<Finding> findings_;
};

/// What became of a range that has been told to become zeros. `must`: it has to be, by the word of the
/// target; else what it holds is undefined, and only told of.
Trial judge_zeros(const Content& content, bool must);
/// Sends `cdb`, which shall make zeros of a range too large to be written and read: markers are put at some
/// places of it, and beside it. `must` as above.
Trial zero_with_markers(Prober& prober, std::uint64_t lba, std::uint64_t blocks, const iscsi::Cdb& cdb,
                        const std::vector<std::byte>& data, const char* what, bool must);
/// An answer other than GOOD, to a command (`what`) that is not the one the feature is named after.
Trial refused(const iscsi::Answer& answer, const std::string& what = {});

// The trials, in the order in which they are made. Each group leaves the pattern, or zeros, where it was.

void probe_transfers(Prober& prober);     ///< reads and writes, their largest size, both ends of the LUN
void probe_caching(Prober& prober);       ///< FUA, SYNCHRONIZE CACHE, VERIFY, COMPARE AND WRITE
void probe_unmap(Prober& prober);         ///< UNMAP of small, odd, several, large ranges
void probe_write_same(Prober& prober);    ///< all forms of WRITE SAME
void probe_provisioning(Prober& prober);  ///< LBPRZ and GET LBA STATUS; after the two above
void probe_copy(Prober& prober);          ///< EXTENDED COPY(LID1) within the LUN
void probe_reservation(Prober& prober);   ///< a persistent reservation of our own, given back

/// Who has registered or reserved. Nothing where the target does not know persistent reservations.
struct Reservation {
  std::size_t keys = 0;  ///< registered
  bool held = false;
};
std::optional<Reservation> read_reservation(ProbedLun& lun);
/// Throws Error(refused) where somebody holds a reservation.
void check_reservation(ProbedLun& lun, const std::string& url);

}  // namespace san
