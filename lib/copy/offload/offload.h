// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

#include "copy/buffered_reads.h"
#include "copy/copy_result.h"
#include "copy/engine/pipeline.h"
#include "copy/plan.h"
#include "core/process/progress.h"
#include "iscsi/device/xcopy_manager.h"

namespace san::copy {

/// The target does not copy, or did not copy what it reported. A copy by reading and writing may still
/// succeed.
class OffloadFailed : public Error {
 public:
  OffloadFailed(const Error& why, bool begun) : Error(why), begun_(begun) {}
  /// Returns true if some data had been copied and proved before.
  bool begun() const { return begun_; }

 private:
  bool begun_;
};

/// Clones one LUN onto another by commands that make the target copy the data; zeros, and the boot region,
/// which is read here, are written as usual, and a DestinationPipeline takes the clone to its end.
///
/// A target's report that it has copied is not trusted. The first piece, the last and one in 64 are proved:
/// before the copy one block of the destination is filled with random bytes, so that older content cannot
/// pass for a copy; afterwards both sides are read and compared. The first piece is proved before any other
/// is copied, all the others before the boot region is written. The range around the end of a copy that the
/// target reports as incomplete is proved, too. One thread constructs it, calls run() and destroys it.
class Offload {
 public:
  /// Prepares a copy; nothing is read or written yet. All arguments must outlive it. `options.rate` and
  /// `options.memory` are ignored; ZeroPolicy::skip is not allowed, because the random bytes of a proof would
  /// stay where the source has zeros.
  Offload(ReadableDevice& source, Device& destination, iscsi::CopyManager& manager,
          const CopyOptions& options, Progress& progress);
  ~Offload();
  Offload(const Offload&) = delete;
  Offload& operator=(const Offload&) = delete;

  /// Runs to the end, once. A failure of the destination is reported in the result. Throws OffloadFailed:
  /// nothing is in flight then, the devices can be used, and the destination has no boot region unless it was
  /// not touched at all. Throws Error if the source fails, and Error(interrupted) after a signal.
  CopyResult run();

 private:
  // The copy, in place of a ChunkReader.
  void read_boot_region();
  void copy();
  void copy_piece(const Piece& piece, bool sampled);
  void start(const Piece& piece, bool sampled);
  /// Fills a random block of the piece with random bytes.
  void mark(const Piece& piece);
  void copied(const Piece& piece, bool sampled, const iscsi::CopyOutcome& outcome);
  /// Counts and proves the copies that have ended, and copies what they left over.
  void look_after();
  /// Reads a range of the source, and has `verifier` compare the destination with it.
  void prove(const Range& range, Verifier& verifier);
  void send_zeros(const Piece& piece);
  /// Passes one unverified piece to the verifier.
  void expect_one();

  Destination& destination() { return pipeline_.destination(); }
  /// Throws the first error of anything, or Error(interrupted).
  void check();
  void wait_for_capacity();
  void wait_for_copies(unsigned most);
  void wait_until_idle();
  /// Waits until nothing is in flight; after a signal it cancels what is.
  void drain();
  void cancel();
  CopyResult result();

  ReadableDevice& source_;
  iscsi::CopyManager& manager_;
  const iscsi::CopyLimits limits_;
  Progress& progress_;
  const MapUse no_map_;
  ChangeSignal signal_;
  CopyContext context_;
  ChunkReader reader_;  ///< of the boot region, and of what has to be written again
  std::vector<std::shared_ptr<Block>> boot_region_;
  DestinationPipeline pipeline_;
  Verifier samples_;     ///< verifies the pieces that are proved, whatever verification the options ask for
  BufferedReads reads_;  ///< of the source: data that the target copied, and that this machine has not read
  std::mt19937_64 random_{std::random_device{}()};
  const std::uint64_t cache_loss_generation_;  ///< of the destination before the first copy
  std::uint64_t pieces_ = 0, offloaded_ = 0;
  std::deque<Piece> unverified_;
  std::atomic<bool> begun_{false};
  double copy_seconds_ = 0;

  InFlight copies_;  ///< and the failure of one
  std::mutex mutex_;
  std::deque<Piece> done_, sampled_;  ///< copied; and those of them that are to be proved
  std::deque<Piece> rest_;            ///< pieces that the target reported as not copied
};

}  // namespace san::copy
