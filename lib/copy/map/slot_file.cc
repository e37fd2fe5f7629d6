// SPDX-License-Identifier: Apache-2.0
#include "copy/map/slot_file.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"

namespace san::copy {
namespace {

using map_format::kSlotBytes;
using map_format::Slot;
using map_format::State;

constexpr std::uint64_t kWindow = 32768;  // slots

}  // namespace

SlotFile::SlotFile(const MapFile& file, std::uint64_t offset, std::uint64_t count)
    : file_(file), offset_(offset), count_(count) {}

void SlotFile::load(std::uint64_t index) {
  if (index - first_ < loaded_) return;
  write_back();
  first_ = index / kWindow * kWindow;
  const std::uint64_t wanted = std::min(kWindow, count_ - first_);
  window_.assign(wanted * kSlotBytes, std::byte{0});
  loaded_ = 0;
  file_.read(offset_ + first_ * kSlotBytes, window_);
  loaded_ = wanted;
}

Slot SlotFile::get(std::uint64_t index) {
  load(index);
  const std::byte* at = window_.data() + (index - first_) * kSlotBytes;
  const auto state = std::to_integer<std::uint8_t>(*at);
  if (state > static_cast<std::uint8_t>(State::zero))
    throw map_format::damaged(file_.name(), "a block has no state");
  Slot slot;
  slot.state = static_cast<State>(state);
  std::memcpy(slot.hash.bytes.data(), at + 1, slot.hash.bytes.size());
  return slot;
}

void SlotFile::set(std::uint64_t index, std::uint64_t length, const Slot& slot) {
  for (; length > 0; ++index, --length) {
    load(index);
    std::byte* at = window_.data() + (index - first_) * kSlotBytes;
    *at = static_cast<std::byte>(slot.state);
    std::memcpy(at + 1, slot.hash.bytes.data(), slot.hash.bytes.size());
    changed_ = true;
  }
}

void SlotFile::write_back() {
  if (!changed_) return;
  file_.write(offset_ + first_ * kSlotBytes, window_);
  changed_ = false;
}

}  // namespace san::copy
