// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "copy/clone_checks.h"
#include "copy/stream/input_stream.h"
#include "copy/stream/stream_judge.h"

namespace san {

/// A stream that was cut off, because the program that feeds it died, looks like one that has come to its
/// end. This one tells them apart, as far as that is possible, before its reader learns of the end.
class WholeStream final : public InputStream {
 public:
  /// Of `disk`, as unpack_stream() gives it. `from_program`: nothing but its content says how long it
  /// should be, which is worth a warning where that says nothing either.
  WholeStream(std::unique_ptr<InputStream> disk, bool from_program, const Overrides& overrides);

  /// It was cut off, and that was overridden.
  bool cut_off() const { return cut_off_; }

 protected:
  /// At the end: throws Error(failed) where the table or a file system in what came says that more is needed.
  std::optional<std::size_t> fetch(std::span<std::byte> into,
                                   const std::function<bool()>& keep_going) override;

 private:
  void check_end();

  std::unique_ptr<InputStream> disk_;
  const bool from_program_;
  const Overrides overrides_;
  StreamJudge judge_;
  bool ended_ = false, cut_off_ = false;
};

}  // namespace san
