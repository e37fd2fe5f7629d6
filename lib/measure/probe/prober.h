// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "measure/probe/finding.h"
#include "measure/probe/probed_lun.h"

namespace san::measure {

/// Ranges of the LUN that the trials use, in blocks.
struct ProbeLayout {
  std::uint64_t unit = 0;  ///< of the small trials: a multiple of `granularity`, 1 MiB or a little more
  std::uint64_t base = 0;  ///< the small trials use [base, base + 6 * unit), which is aligned
  std::uint64_t granularity = 1;  ///< of UNMAP (VPD page B0h)
  std::uint64_t alignment = 0;    ///< the first aligned LBA
  /// Length of the range from `base` on that is unmapped and read back as a whole: 64 MiB, or 6 units if
  /// these are more; less on a small LUN.
  std::uint64_t area = 0;

  /// Returns `lba` or the next aligned one.
  std::uint64_t align(std::uint64_t lba) const;
  /// Returns `lba` or the aligned one before it; never one before `alignment`.
  std::uint64_t align_down(std::uint64_t lba) const;
};

/// Returns the layout for `lun`. Throws Error(failed) about `url` if the LUN is too small.
ProbeLayout probe_layout(const iscsi::LunInfo& lun, const std::string& url);

/// Runs trials one by one, and keeps the findings. Not thread-safe.
class Prober {
 public:
  using Clock = std::chrono::steady_clock;

  /// Prepares for trials on `lun`, which must outlive it. No trial begins after `deadline`.
  Prober(ProbedLun& lun, const ProbeLayout& layout, Clock::time_point deadline)
      : lun_(lun), layout_(layout), deadline_(deadline) {}

  ProbedLun& lun() { return lun_; }
  const ProbeLayout& layout() const { return layout_; }
  const iscsi::LunInfo& about() const { return lun_.lun(); }
  std::vector<FeatureFinding>& findings() { return findings_; }

  /// Runs one trial and adds its finding; `what` may throw Inconclusive.
  FeatureVerdict trial(std::string id, std::string name, std::optional<bool> declared,
                       const std::function<Trial()>& what);
  /// Adds a finding without a trial.
  void add(std::string id, std::string name, std::optional<bool> declared, FeatureVerdict verdict,
           std::string why);
  /// Returns the verdict on `id`; unknown if there was no such trial.
  FeatureVerdict verdict(const std::string& id) const;

 private:
  ProbedLun& lun_;
  const ProbeLayout layout_;
  const Clock::time_point deadline_;
  std::vector<FeatureFinding> findings_;
};

/// Judges a range after a command that should make zeros of it. `must`: the target declares that it will;
/// else the content is undefined, and only reported.
Trial judge_zeros(const Content& content, bool must);
/// Sends `cdb`, which is to make zeros of a range too large to be written and read: markers are written to
/// some blocks of it, and beside it. `must` as above.
Trial zero_with_markers(Prober& prober, std::uint64_t lba, std::uint64_t blocks, const iscsi::Cdb& cdb,
                        const std::vector<std::byte>& data, const char* what, bool must);
/// Returns a refusal by an answer other than GOOD. `what` names the command if it is not the one that the
/// feature is named after.
Trial refused(const iscsi::Answer& answer, const std::string& what = {});

// The trials, in the order in which they are made. Each group leaves the pattern, or zeros, where it was.

void probe_transfers(Prober& prober);     ///< reads and writes, their largest size, both ends of the LUN
void probe_caching(Prober& prober);       ///< FUA, SYNCHRONIZE CACHE, VERIFY, COMPARE AND WRITE
void probe_unmap(Prober& prober);         ///< UNMAP of small, odd, several, large ranges
void probe_write_same(Prober& prober);    ///< all forms of WRITE SAME
void probe_provisioning(Prober& prober);  ///< LBPRZ and GET LBA STATUS; after the two above
void probe_copy(Prober& prober);          ///< EXTENDED COPY(LID1) within the LUN
void probe_reservation(Prober& prober);   ///< a persistent reservation of our own, given back

/// Throws Error(refused) if a reservation is held.
void check_reservation(ProbedLun& lun, const std::string& url);

}  // namespace san::measure
