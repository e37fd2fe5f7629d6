// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_frames.h"

#include <fmt/core.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "block/extent_list.h"
#include "block/zst/zst_frame.h"
#include "core/units.h"
#include "system/file_io.h"

namespace san {
namespace {

constexpr std::uint64_t kKept = 4 * MiB;

unsigned reader_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
}

}  // namespace

ZstFrames::ZstFrames(std::string name, int fd, SeekTable table)
    : name_(std::move(name)),
      fd_(fd),
      table_(std::move(table)),
      kinds_(table_.frames(), Kind::unknown),
      pool_(reader_threads()) {}

bool ZstFrames::readable() {
  for (std::uint64_t at = 0; at < table_.size();) {
    const Frame frame = table_.at(at);
    if ((frame.size > kMaxSize || frame.stored > zst::bound(frame.size) + KiB) && !is_zero(frame))
      return false;
    at = frame.end();
  }
  return true;
}

std::uint64_t ZstFrames::size() const {
  const std::scoped_lock lock(mutex_);
  return table_.size();
}

void ZstFrames::append(std::uint32_t stored, std::uint32_t size) {
  const std::scoped_lock lock(mutex_);
  table_.append(stored, size);
  kinds_.push_back(Kind::unknown);
}

SeekTable ZstFrames::table() const {
  const std::scoped_lock lock(mutex_);
  return table_;
}

Error ZstFrames::damaged(const Frame& frame, const std::string& what) const {
  return {Exit::failed, name_,
          fmt::format("{} cannot be decompressed: {}", format_range(frame.offset, frame.size), what),
          "the file may be damaged; zstd -t tests it"};
}

std::span<const std::byte> ZstFrames::stored(const Frame& frame) {
  thread_local std::vector<std::byte> buffer;
  buffer.resize(std::max<std::size_t>(buffer.size(), frame.stored));
  const std::span bytes = std::span(buffer).first(frame.stored);
  const Transfer got = read_fully(fd_, frame.file_offset, bytes);
  if (got.error != 0) throw io_error(name_, "read", frame.file_offset, frame.stored, got.error);
  if (got.bytes < bytes.size())
    throw became_shorter(name_, frame.file_offset + got.bytes, frame.file_offset + frame.stored);
  return bytes;
}

bool ZstFrames::is_zero(const Frame& frame) {
  {
    const std::scoped_lock lock(mutex_);
    if (kinds_[frame.index] != Kind::unknown) return kinds_[frame.index] == Kind::zero;
  }
  const bool zero = frame.size > 0 && frame.stored == zst::zero_frame_length(frame.size) &&
                    zst::is_zero_frame(stored(frame), frame.size);
  const std::scoped_lock lock(mutex_);
  kinds_[frame.index] = zero ? Kind::zero : Kind::data;
  return zero;
}

ZstFrames::Bytes ZstFrames::content(const Frame& frame) {
  const auto from = stored(frame);
  thread_local zst::Decompressor decompress;
  auto bytes = std::make_shared<std::vector<std::byte>>(frame.size);
  if (const std::string wrong = decompress(from, *bytes); !wrong.empty()) throw damaged(frame, wrong);
  if (table_.checksums() &&
      static_cast<std::uint32_t>(XXH64(bytes->data(), bytes->size(), 0)) != frame.checksum)
    throw damaged(frame, "its checksum is not that of the seek table");
  return bytes;
}

void ZstFrames::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  const auto request = std::make_shared<JoinedCompletion>(std::move(done));
  while (!into.empty()) {
    Frame frame;
    {
      const std::scoped_lock lock(mutex_);
      if (offset < table_.size()) frame = table_.at(offset);
    }
    if (frame.size == 0) {
      std::fill(into.begin(), into.end(), std::byte{0});
      break;
    }
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), frame.end() - offset));
    request->begin();
    start(frame, {request, into.first(part), static_cast<std::size_t>(offset - frame.offset)});
    into = into.subspan(part);
    offset += part;
  }
  request->end(nullptr);
}

void ZstFrames::start(const Frame& frame, const Part& part) {
  Bytes kept;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(recent_.begin(), recent_.end(),
                                    [&](const auto& entry) { return entry.first == frame.index; });
    if (found == recent_.end()) {
      auto& parts = waiting_[frame.index];
      parts.push_back(part);
      if (parts.size() > 1) return;
    } else {
      kept = found->second;
      recent_.splice(recent_.begin(), recent_, found);
    }
  }
  if (!kept) return pool_.submit([this, frame] { decode(frame); });
  std::copy_n(kept->begin() + static_cast<std::ptrdiff_t>(part.from), part.into.size(), part.into.begin());
  part.request->end(nullptr);
}

void ZstFrames::decode(const Frame& frame) {
  Bytes bytes;  // null for zeros
  std::optional<Error> error;
  try {
    if (!is_zero(frame)) bytes = content(frame);
  } catch (const Error& e) {
    error = e;
  } catch (const std::bad_alloc&) {
    error = Error(Exit::failed, name_, "out of memory");
  }
  std::vector<Part> parts;
  {
    const std::scoped_lock lock(mutex_);
    parts = std::move(waiting_.extract(frame.index).mapped());
    if (bytes) {
      recent_.emplace_front(frame.index, bytes);
      std::uint64_t sum = 0;
      for (auto it = recent_.begin(); it != recent_.end();) {
        sum += it->second->size();
        it = sum > kKept ? recent_.erase(it) : std::next(it);
      }
    }
  }
  for (const Part& part : parts) {
    if (bytes)
      std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(part.from), part.into.size(),
                  part.into.begin());
    else if (!error)
      std::fill(part.into.begin(), part.into.end(), std::byte{0});
    part.request->end(error ? &*error : nullptr);
  }
}

std::vector<Extent> ZstFrames::extents(std::uint64_t offset, std::uint64_t length, std::uint32_t block) {
  ExtentList list(offset, length, block);
  const std::uint64_t size = this->size();
  while (!list.full() && list.at() < size) {
    Frame frame;
    {
      const std::scoped_lock lock(mutex_);
      frame = table_.at(list.at());
    }
    list.add(frame.end(), is_zero(frame));
  }
  if (!list.full()) list.add(offset + length, true);
  return list.take();
}

}  // namespace san
