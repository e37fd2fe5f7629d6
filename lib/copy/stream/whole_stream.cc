// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/whole_stream.h"

#include <fmt/core.h>

#include "core/process/log.h"
#include "core/units.h"

namespace san {

WholeStream::WholeStream(std::unique_ptr<InputStream> disk, bool from_program, const Overrides& overrides)
    : InputStream(disk->name(), -1),
      disk_(std::move(disk)),
      from_program_(from_program),
      overrides_(overrides),
      judge_(name()) {}

std::optional<std::size_t> WholeStream::fetch(std::span<std::byte> into,
                                              const std::function<bool()>& keep_going) {
  const auto got = disk_->read(into, keep_going);
  if (!got) return got;
  judge_.take(into.first(*got));
  if (*got < into.size() && !ended_) {
    ended_ = true;
    if (judge_.length() > 0) check_end();
  }
  return got;
}

void WholeStream::check_end() {
  const NeededLength length = judge_.judge();
  cut_off_ = check_length(
      name(), length, overrides_,
      fmt::format("{}; to clone what came, with its partition table as it is, add --force=cut-source",
                  from_program_ ? "look at the program that writes to it, which may have failed"
                                : "get a complete copy of it"));
  if (!from_program_ || disk_->proves_end() || length.known) return;
  const std::uint64_t odd = judge_.length() % 512;
  log::warning(
      "{}: nothing in it tells whether these {}{} are all of it; where sanclone writes to it, "
      "--stream=zst does",
      name(), format_size_exact(judge_.length()), odd != 0 ? ", which are no whole blocks of 512," : "");
}

}  // namespace san
