// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/zero_trial.h"

#include <fmt/core.h>

#include <algorithm>

#include "block/zero_detection.h"
#include "copy/engine/destination.h"
#include "core/hint_id.h"
#include "core/process/interrupt.h"
#include "core/units.h"

namespace san::measure {
namespace {

constexpr std::chrono::milliseconds kTick{50};

/// Bytes deallocated and written, and the result of the checks.
struct Zeroed {
  std::uint64_t unmapped = 0, written = 0;
  bool unmap_failed = false;
};

void settle(Device& device, copy::Destination& destination) {
  while (!destination.wait_until_idle(kTick)) {
    if (!Interrupt::requested()) continue;
    device.cancel();
    while (!destination.wait_until_idle(kTick)) continue;
    Interrupt::check("");
  }
  if (const auto error = destination.error()) throw Error(*error);
}

Zeroed make_zeros(Device& device, const RangeSet& ranges, copy::ZeroPolicy policy) {
  copy::CopyOptions options;
  options.zero = policy;
  copy::Destination destination(device, options);
  for (const auto [offset, length] : ranges) {
    while (!destination.wait_for_capacity(kTick))
      if (Interrupt::requested()) break;
    destination.zero(offset, length, nullptr);
  }
  settle(device, destination);
  Zeroed result;
  // Like the copier: ranges that were only spot-checked, before another one failed the check, are written.
  const auto unread_zeros = destination.take_unread_zeros();
  result.unmap_failed = !unread_zeros.empty();
  for (const auto& [offset, length] : unread_zeros) destination.zero_again(offset, length);
  settle(device, destination);
  destination.flush();
  settle(device, destination);
  result.unmapped = destination.bytes().unmapped;
  result.written = destination.bytes().written;
  return result;
}

std::optional<std::uint64_t> first_not_zero(ReadableDevice& device, const RangeSet& ranges,
                                            const std::function<void(std::uint64_t)>& moved) {
  std::vector<std::byte> buffer(std::min<std::uint64_t>(MiB, device.limits().max_transfer));
  for (const auto [offset, length] : ranges)
    for (std::uint64_t at = 0; at < length;) {
      const auto part = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), length - at));
      read_wait(device, offset + at, part);
      if (moved) moved(part.size());
      if (!all_zero(part)) {
        const auto found =
            std::find_if(part.begin(), part.end(), [](std::byte b) { return b != std::byte{0}; });
        return offset + at + static_cast<std::uint64_t>(found - part.begin());
      }
      at += part.size();
    }
  return std::nullopt;
}

}  // namespace

ZeroTrial try_zero_policy(Device& device, const RangeSet& ranges,
                          const std::function<void(std::uint64_t)>& moved) {
  ZeroTrial trial;
  const Limits limits = device.limits();
  const Zeroed zeroed = make_zeros(device, ranges, copy::ZeroPolicy::prove);
  if (limits.unmap_granularity != 0 && zeroed.unmapped > 0 && !zeroed.unmap_failed) {
    trial.method = ZeroTrial::Method::unmap;
    trial.piece = limits.max_unmap;
  } else if (limits.unmap_granularity == 0) {
    trial.why = "the LUN does not declare that deallocated blocks read as zeros";
  } else {
    trial.why = "deallocated blocks do not read as zeros, or could not be deallocated";
  }
  const auto wrong = first_not_zero(device, ranges, moved);
  if (!wrong) return trial;
  trial.deceived = wrong;
  trial.left = write_zeros(device, ranges, moved);
  return trial;
}

std::optional<std::uint64_t> write_zeros(Device& device, const RangeSet& ranges,
                                         const std::function<void(std::uint64_t)>& moved) {
  make_zeros(device, ranges, copy::ZeroPolicy::write);
  return first_not_zero(device, ranges, moved);
}

std::string describe(const ZeroTrial& trial) {
  std::string text = trial.method == ZeroTrial::Method::unmap
                         ? fmt::format("deallocated in pieces of at most {}, both ends of each read back",
                                       format_size(trial.piece))
                         : fmt::format("written: {}", trial.why);
  if (trial.deceived)
    text += fmt::format(
        ". That is not enough here: byte {} was taken for zero, but is not; {}", *trial.deceived,
        trial.left ? "nor does writing zeros help"
                   : Hint(HintId::write_zeros_onto, "clone onto this LUN with zeros written").text());
  return text;
}

}  // namespace san::measure
