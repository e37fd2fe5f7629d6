// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "copy/clone_checks.h"
#include "copy/stream/input_stream.h"
#include "copy/stream/stream_judge.h"

namespace san::copy {

/// Stream that detects, as far as possible, that it was cut off, before its reader learns of the end: without
/// this, a stream whose program died looks like one that is complete.
class WholeStream final : public InputStream {
 public:
  /// Reads `disk`, a result of unpack_stream(). `from_program`: only its content states its length, which is
  /// worth a warning if that does not either. `overridden` is called at the end of a stream that was cut off,
  /// if that is overridden.
  WholeStream(std::unique_ptr<InputStream> disk, bool from_program, const Overrides& overrides,
              std::function<void(const Overridden&)> overridden);

  /// Returns true if it was cut off, and that was overridden.
  bool cut_off() const { return cut_off_; }

 protected:
  /// Throws Error(failed) at the end if the table or a file system states that more is needed.
  std::optional<std::size_t> fetch(std::span<std::byte> into,
                                   const std::function<bool()>& keep_going) override;

 private:
  void check_end();

  std::unique_ptr<InputStream> disk_;
  const bool from_program_;
  const Overrides overrides_;
  const std::function<void(const Overridden&)> overridden_;
  StreamJudge judge_;
  bool ended_ = false, cut_off_ = false;
};

}  // namespace san::copy
