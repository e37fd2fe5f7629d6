// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <vector>

#include "copy/engine/copier.h"
#include "copy/engine/destination.h"
#include "copy/offload/offload_proof.h"
#include "copy/plan.h"
#include "iscsi/device/xcopy_manager.h"

namespace san {

/// The target does not copy, or did not do what it said. Reading and writing may do.
class OffloadFailed : public Error {
 public:
  OffloadFailed(const Error& why, bool begun) : Error(why), begun_(begun) {}
  /// Something had been copied and proved already.
  bool begun() const { return begun_; }

 private:
  bool begun_;
};

/// Clones one LUN onto another by telling the target to copy: extents, zeros, pieces of data, proof, flush,
/// verification, and the first MiB, which it reads and writes itself, last.
///
/// A target is not believed when it says that it has copied. The first piece, the last and one in 64 are
/// proved: before the copy some bytes of the destination are made ones that the source cannot hold, so that
/// nothing older can pass for a copy; afterwards both sides are read and compared. The first piece is proved
/// before anything else is copied, all the others before the head is written. So is what lies around the end
/// of a copy that the target says it did not finish.
class Offload {
 public:
  /// All of them outlive it. Of `options` rate and memory mean nothing here; ZeroPolicy::skip is not taken,
  /// because the bytes of a proof would stay where the source has zeros.
  Offload(Device& source, Device& destination, iscsi::CopyManager& manager, const CopyOptions& options,
          Progress& progress);
  ~Offload();
  Offload(const Offload&) = delete;
  Offload& operator=(const Offload&) = delete;

  /// Runs to the end. Where the destination fails that is in the result. Throws OffloadFailed: nothing is
  /// under way then, the devices can be used, and the destination has no head unless it was not touched at
  /// all. Throws Error where the source fails, and Error(interrupted) after a signal.
  CopyResult run();

 private:
  using Clock = std::chrono::steady_clock;

  void read_boot_region();
  void copy();
  void copy_piece(const Piece& piece, bool sampled);
  void start(const Piece& piece, bool sampled);
  void mark(const Piece& piece);
  void copied(const Piece& piece, bool sampled, const iscsi::CopyOutcome& outcome);
  void look_after();
  void send_zeros(const Piece& piece);
  /// Has a piece verified.
  void expect_one();
  void write_boot_region();
  void hide_boot_region();
  void settle();
  void flush();
  void verify();
  void repair();
  void rewrite(const Expectation& range);

  /// An error of the work is one of the destination.
  void on_destination(const std::function<void()>& work);
  void check();
  void wait_for_copies(unsigned most);
  void wait_until_idle();
  void cancel();
  void drain();
  CopyResult result(Clock::time_point started);

  Device& source_;
  iscsi::CopyManager& manager_;
  const CopyOptions options_;
  const iscsi::CopyLimits limits_;
  Progress& progress_;
  const std::uint64_t head_;
  BufferPool pool_;
  std::vector<std::shared_ptr<Block>> boot_region_blocks_;
  Destination destination_;
  Verifier samples_;  ///< of the pieces that are proved, whatever verification was asked for
  OffloadProof proof_;
  std::mt19937_64 random_;
  DestinationResult told_;
  const std::uint64_t cache_loss_generation_;  ///< of the destination, when nothing had been copied
  std::uint64_t pieces_ = 0, offloaded_ = 0, zero_ = 0, boot_region_data_ = 0;
  std::deque<Piece> unverified_;
  bool begun_ = false, boot_region_written_ = false;
  double copy_seconds_ = 0, flush_seconds_ = 0, verify_seconds_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned active_ = 0;               ///< copies under way
  std::optional<Error> failure_;      ///< of a copy
  std::deque<Piece> done_, sampled_;  ///< copied; and those of them that are to be proved
  std::deque<Piece> rest_;            ///< what the target said it had not copied
};

}  // namespace san
