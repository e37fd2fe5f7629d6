// SPDX-License-Identifier: Apache-2.0
#include "block/device.h"

#include <fmt/core.h>

#include <algorithm>
#include <future>
#include <optional>

#include "block/device_base.h"
#include "block/wait_for_completion.h"
#include "core/units.h"

namespace san {
namespace {

/// Calls `submit` with a completion and waits for that.
template <typename Submit>
void wait_for(ReadableDevice& device, Submit&& submit) {
  std::promise<std::optional<Error>> promise;
  submit([&promise](const Error* error) {
    promise.set_value(error != nullptr ? std::optional<Error>(*error) : std::nullopt);
  });
  if (auto error = await(device, promise.get_future())) throw Error(std::move(*error));
}

/// Calls `transfer` for pieces of `bytes`, in order, none of them longer than the device accepts at once.
template <typename Byte, typename Transfer>
void in_transfers(ReadableDevice& device, std::uint64_t offset, std::span<Byte> bytes, Transfer&& transfer) {
  const Limits limits = device.limits();
  const std::uint64_t most =
      limits.max_transfer == 0
          ? bytes.size()
          : std::max<std::uint64_t>(round_down(limits.max_transfer, limits.logical_block),
                                    limits.logical_block);
  do {
    const std::size_t size = std::min<std::uint64_t>(bytes.size(), most);
    transfer(offset, bytes.first(size));
    bytes = bytes.subspan(size);
    offset += size;
  } while (!bytes.empty());
}

}  // namespace

void DeviceBase::resize(std::uint64_t size) {
  throw Error(Exit::failed, name(), fmt::format("cannot be made {} long", format_size_exact(size)));
}

void read_wait(ReadableDevice& device, std::uint64_t offset, std::span<std::byte> into) {
  in_transfers(device, offset, into, [&device](std::uint64_t at, std::span<std::byte> piece) {
    wait_for(device, [&](Completion done) { device.read(at, piece, std::move(done)); });
  });
}

void write_wait(Device& device, std::uint64_t offset, std::span<const std::byte> from) {
  in_transfers(device, offset, from, [&device](std::uint64_t at, std::span<const std::byte> piece) {
    wait_for(device, [&](Completion done) { device.write(at, piece, std::move(done)); });
  });
}

void zero_wait(Device& device, std::uint64_t offset, std::uint64_t length) {
  const std::uint64_t most = device.limits().max_zero == 0 ? length : device.limits().max_zero;
  do {
    const std::uint64_t piece = std::min(most, length);
    wait_for(device, [&](Completion done) { device.zero(offset, piece, std::move(done)); });
    offset += piece;
    length -= piece;
  } while (length > 0);
}

void unmap_wait(Device& device, std::uint64_t offset, std::uint64_t length) {
  wait_for(device, [&](Completion done) { device.unmap(offset, length, std::move(done)); });
}

void flush_wait(Device& device) {
  wait_for(device, [&](Completion done) { device.flush(std::move(done)); });
}

void check_range(const ReadableDevice& device, std::uint64_t offset, std::uint64_t length) {
  const std::uint64_t block = device.limits().logical_block;
  if (offset > device.size() || length > device.size() - offset)
    throw Error(Exit::failed, device.name(),
                fmt::format("{} is outside of its {} bytes", format_range(offset, length), device.size()));
  if (offset % block != 0 || length % block != 0)
    throw Error(Exit::failed, device.name(),
                fmt::format("{} is not aligned to its {}-byte blocks", format_range(offset, length), block));
}

Error only_read(const ReadableDevice& device) {
  return {Exit::failed, device.name(), "is open for reading only"};
}

}  // namespace san
