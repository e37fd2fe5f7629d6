// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/zst_stream.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/hint_id.h"
#include "core/units.h"

namespace san::copy {
ZstStream::ZstStream(std::unique_ptr<InputStream> packed)
    : InputStream(packed->name(), -1), packed_(std::move(packed)), buffer_(128 * KiB) {}

void ZstStream::cut_off(const std::string& what) const {
  throw Error(Exit::failed, name(), what + ": it has been cut off",
              "make or send it again; what was written of it is not a complete clone");
}

void ZstStream::take(std::size_t bytes) {
  rest_ = rest_.subspan(bytes);
  at_ += bytes;
}

bool ZstStream::hold(std::size_t bytes, const std::function<bool()>& keep_going) {
  if (rest_.size() >= bytes || end_of_input_) return true;
  std::copy(rest_.begin(), rest_.end(), buffer_.begin());
  const auto free = std::span(buffer_).subspan(rest_.size());
  const auto got = packed_->read(free, keep_going);
  rest_ = std::span(buffer_).first(rest_.size() + got.value_or(0));
  end_of_input_ = got && *got < free.size();
  return got.has_value();
}

ZstStream::Step ZstStream::pass_marks(const std::function<bool()>& keep_going) {
  while (true) {
    if (!hold(zst::kMarkSize, keep_going)) return Step::stopped;
    if (rest_.empty()) return Step::end;
    const auto skippable = zst::skippable_length(rest_);
    if (!skippable) {
      if (end_) throw Error(Exit::failed, name(), fmt::format("continues after its end at byte {}", at_));
      return Step::done;
    }
    if (zst::is_begin_mark(rest_) && at_ == 0) hash_ = std::make_unique<Hasher>();
    if (const auto end = zst::read_end_mark(rest_); end && hash_) {
      end_ = end;
      check_end();
    }
    for (std::uint64_t left = *skippable; left > 0;) {
      if (!hold(1, keep_going)) return Step::stopped;
      if (rest_.empty()) cut_off("ends within a frame");
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left, rest_.size()));
      take(part);
      left -= part;
    }
  }
}

void ZstStream::check_end() {
  if (end_->length == length_ && end_->hash == hash_->digest()) return;
  throw Error(Exit::failed, name(),
              end_->length == length_
                  ? "holds other bytes than were written: its hash is not the one that its end states"
                  : fmt::format("holds {} bytes, but {} according to its end", length_, end_->length),
              "make or send it again; what was written of it is not a complete clone");
}

std::optional<std::size_t> ZstStream::fetch(std::span<std::byte> into,
                                            const std::function<bool()>& keep_going) {
  const std::size_t wanted = into.size();
  while (!into.empty()) {
    if (!keep_going()) return std::nullopt;
    if (decompress_.at_end()) {
      const Step step = pass_marks(keep_going);
      if (step == Step::stopped) return std::nullopt;
      if (step == Step::end) break;
    } else if (!hold(1, keep_going)) {
      return std::nullopt;
    }
    const bool end = rest_.empty();
    const std::span<std::byte> before = into;
    const std::size_t packed = rest_.size();
    const std::string wrong = decompress_.step(rest_, into);
    at_ += packed - rest_.size();
    const auto fresh = before.first(before.size() - into.size());
    length_ += fresh.size();
    if (hash_) hash_->update(fresh);
    if (!wrong.empty())
      throw Error(
          Exit::failed, name(), fmt::format("cannot be decompressed at byte {}: {}", at_, wrong),
          Hint(HintId::unpack_with_memory,
               "zstd -t finds a damaged file, too; where only more memory is needed, decompress it first"));
    if (end && fresh.empty()) cut_off("ends within a frame");
  }
  if (!into.empty() && hash_ && !end_) cut_off("lacks the end that its beginning announces");
  return wanted - into.size();
}

}  // namespace san::copy
