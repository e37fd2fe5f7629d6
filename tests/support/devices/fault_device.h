// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <limits>
#include <mutex>
#include <optional>
#include <variant>

#include "block/device_filter.h"
#include "devices/timer.h"

namespace san {

/// A filter that injects faults, for tests of code that uses devices. Thread-safe; rules may be added while
/// requests are in flight. Must not be destroyed from a completion. Delayed requests start at once when the
/// device is destroyed.
class FaultDevice final : public DeviceFilter {
 public:
  enum class Op { read, write, zero, unmap, flush };

  /// The request fails, and does not reach the device below.
  struct Fail {
    Error error;
  };
  /// The request starts later, from a thread of this device. An hour simulates a request that hangs.
  struct Delay {
    std::chrono::milliseconds time;
  };
  /// The first half of the buffer is filled, and the request fails like a short read. Reads only.
  struct ShortRead {};
  /// The bits of `flip` are inverted in the byte at `offset` of the device: in a write before it reaches the
  /// device, in a read afterwards. Reads and writes only, and only those that contain that byte.
  struct Corrupt {
    std::uint64_t offset = 0;
    std::byte flip{1};
  };
  /// The request succeeds without effect: an UNMAP that leaves the data, a write that is lost.
  struct Ignore {};
  using Effect = std::variant<Fail, Delay, ShortRead, Corrupt, Ignore>;

  static constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

  /// An effect and the requests that it applies to: those of kind `op` that touch [offset, offset + length)
  /// (a flush always does), except the first `skip` of these, and at most `count`.
  struct Rule {
    Op op = Op::read;
    Effect effect;
    std::uint64_t offset = 0, length = kAll;
    std::uint64_t skip = 0, count = kAll;
  };

  /// A request as submitted, including delayed and failed ones.
  struct Request {
    Op op = Op::read;
    std::uint64_t offset = 0, length = 0;
    bool operator==(const Request&) const = default;
  };

  explicit FaultDevice(std::shared_ptr<Device> below);

  /// Adds a rule. If several rules apply to a request, the delays add up, and the first other effect counts.
  /// Throws Error(usage) for an effect that its `op` cannot have.
  void add(Rule rule);
  /// Removes all rules and the limit.
  void clear();
  /// Makes requests that reach past `bytes` fail, independent of size(): a device that is smaller than it
  /// claims.
  void limit(std::uint64_t bytes);

  /// Returns the number of requests of a kind so far.
  std::uint64_t count(Op op) const;
  /// Returns all requests in the order of submission.
  std::vector<Request> requests() const;

  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override;
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override;

 private:
  struct Pending {
    Request request;
    std::span<std::byte> into;
    std::span<const std::byte> from;
    Completion done;
  };
  void submit(Pending pending);
  void start(Pending pending, const std::optional<Effect>& effect);
  void apply(Pending pending, const Fail& effect);
  void apply(Pending pending, const Delay&) { pass(std::move(pending)); }
  void apply(Pending pending, const ShortRead&);
  void apply(Pending pending, const Corrupt& effect);
  void apply(Pending pending, const Ignore&) { pending.done(nullptr); }
  void pass(Pending pending);

  std::shared_ptr<Device> owned_;
  mutable std::mutex mutex_;
  std::vector<Rule> rules_;
  std::uint64_t limit_ = kAll;
  std::array<std::uint64_t, 5> counts_{};
  std::vector<Request> requests_;
  Timer timer_;  // Last: its destructor still runs requests.
};

}  // namespace san
