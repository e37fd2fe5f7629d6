// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <functional>

#include "block/device_filter.h"
#include "devices/fault_device.h"
#include "system/worker_pool.h"

/// Another device that writes down every request beyond its limits, and knows what is under way. With
/// threads, requests are done in these, so they complete in any order and late. After cancel() all requests
/// fail, as those of a LUN do.
class StrictDevice final : public san::DeviceFilter {
 public:
  using Op = san::FaultDevice::Op;
  using Request = san::FaultDevice::Request;

  explicit StrictDevice(std::shared_ptr<san::Device> below, unsigned threads = 0)
      : DeviceFilter(*below), owned_(std::move(below)), limits_(below_.limits()) {
    if (threads > 0) pool_ = std::make_unique<san::WorkerPool>(threads);
  }

  /// Is called with each request before it begins; set while nothing is under way.
  void set_hook(std::function<void(const Request&)> hook) { hook_ = std::move(hook); }

  /// The same, but from the thread that does the request: it may wait.
  void set_worker_hook(std::function<void(const Request&)> hook) { worker_hook_ = std::move(hook); }

  /// A line for each request that the limits forbid; empty where all is well.
  std::string sins() const {
    const std::scoped_lock lock(mutex_);
    return sins_;
  }
  int in_flight() const { return in_flight_; }
  /// Content of the largest request of a kind.
  std::uint64_t largest(Op op) const {
    const std::scoped_lock lock(mutex_);
    return largest_[static_cast<std::size_t>(op)];
  }

  san::Limits limits() const override { return limits_; }
  void resize(std::uint64_t size) override {
    if (in_flight_ > 0) sin("resized while requests were under way");
    below_.resize(size);
  }
  std::vector<san::Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    if (length > san::GiB) sin("extents of more than a window");
    return below_.extents(offset, length);
  }
  void read(std::uint64_t offset, std::span<std::byte> into, san::Completion done) override {
    if (into.size() > limits_.max_transfer) sin(fmt::format("read of {} at {}", into.size(), offset));
    start({Op::read, offset, into.size()}, std::move(done),
          [this, offset, into](san::Completion then) { below_.read(offset, into, std::move(then)); });
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, san::Completion done) override {
    if (from.size() > limits_.max_transfer) sin(fmt::format("write of {} at {}", from.size(), offset));
    start({Op::write, offset, from.size()}, std::move(done),
          [this, offset, from](san::Completion then) { below_.write(offset, from, std::move(then)); });
  }
  void zero(std::uint64_t offset, std::uint64_t length, san::Completion done) override {
    if (length > limits_.max_zero) sin(fmt::format("zero of {} at {}", length, offset));
    start({Op::zero, offset, length}, std::move(done),
          [this, offset, length](san::Completion then) { below_.zero(offset, length, std::move(then)); });
  }
  void unmap(std::uint64_t offset, std::uint64_t length, san::Completion done) override {
    const std::uint64_t unit = limits_.unmap_granularity;
    if (unit == 0 || length > limits_.max_unmap || length % unit != 0 ||
        (offset + unit - limits_.unmap_alignment % unit) % unit != 0)
      sin(fmt::format("unmap of {} at {}: granularity {}, alignment {}, max {}", length, offset, unit,
                      limits_.unmap_alignment, limits_.max_unmap));
    start({Op::unmap, offset, length}, std::move(done),
          [this, offset, length](san::Completion then) { below_.unmap(offset, length, std::move(then)); });
  }
  void flush(san::Completion done) override {
    start({Op::flush, 0, 0}, std::move(done),
          [this](san::Completion then) { below_.flush(std::move(then)); });
  }
  void cancel() override { cancelled_ = true; }

 private:
  void sin(const std::string& text) {
    const std::scoped_lock lock(mutex_);
    sins_ += text + "\n";
  }
  void start(const Request& request, san::Completion done, san::UniqueFunction<void(san::Completion)> work) {
    {
      const std::scoped_lock lock(mutex_);
      auto& most = largest_[static_cast<std::size_t>(request.op)];
      most = std::max(most, request.length);
    }
    ++in_flight_;
    if (hook_) hook_(request);
    auto run = [this, request, done = std::move(done), work = std::move(work)]() mutable {
      if (worker_hook_) worker_hook_(request);
      if (cancelled_) {
        const san::Error error(san::Exit::failed, name(), "cancelled");
        --in_flight_;
        return done(&error);
      }
      work([this, done = std::move(done)](const san::Error* error) mutable {
        --in_flight_;
        done(error);
      });
    };
    if (pool_)
      pool_->submit(std::move(run));
    else
      run();
  }

  std::shared_ptr<san::Device> owned_;
  san::Limits limits_;
  std::function<void(const Request&)> hook_, worker_hook_;
  mutable std::mutex mutex_;
  std::string sins_;
  std::array<std::uint64_t, 5> largest_{};
  std::atomic<int> in_flight_{0};
  std::atomic<bool> cancelled_{false};
  std::unique_ptr<san::WorkerPool> pool_;  // Last: its destructor still runs requests.
};
