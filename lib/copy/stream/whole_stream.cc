// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/whole_stream.h"

#include <fmt/core.h>

#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/units.h"

namespace san::copy {

WholeStream::WholeStream(std::unique_ptr<InputStream> disk, bool from_program, const Overrides& overrides,
                         std::function<void(const Overridden&)> overridden)
    : InputStream(disk->name(), -1),
      disk_(std::move(disk)),
      from_program_(from_program),
      overrides_(overrides),
      overridden_(std::move(overridden)),
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
  const filesystem::NeededLength length = judge_.judge();
  const auto overridden =
      check_length(name(), length, overrides_,
                   Hint(HintId::force_cut_source,
                        from_program_ ? "look at the program that writes to it, which may have failed"
                                      : "get a complete copy of it"));
  cut_off_ = overridden.has_value();
  if (overridden) overridden_(*overridden);
  if (!from_program_ || disk_->proves_end() || length.known) return;
  const std::uint64_t odd = judge_.length() % kImageBlock;
  log::warning("{}: nothing in it tells whether these {}{} are all of it; {}", name(),
               format_size_exact(judge_.length()), odd != 0 ? ", which are no whole blocks of 512," : "",
               Hint(HintId::stream_with_end, "a clone to a stream in the form of zst does").text());
}

}  // namespace san::copy
