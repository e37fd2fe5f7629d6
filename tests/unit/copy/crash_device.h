// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <random>

#include "block/device_base.h"
#include "block/zero_detection.h"
#include "copy/copy_checks.h"
#include "copy/strict_device.h"
#include "core/units.h"
#include "system/worker_pool.h"

/// A disk with a volatile cache, whose power fails at a certain write: what no flush has covered that began
/// after it is there or not, 4 KiB by 4 KiB. A flush covers what was done when it was submitted, no more.
class CrashDevice final : public san::DeviceBase {
 public:
  using Op = StrictDevice::Op;
  using Request = StrictDevice::Request;

  CrashDevice(std::string name, std::span<const std::byte> content, std::uint_fast64_t seed, unsigned threads)
      : name_(std::move(name)), cache_(content.begin(), content.end()), stable_(cache_), random_(seed) {
    limits_ = san::MemoryDevice("", 512).limits();
    limits_.unmap_guaranteed = false;
    limits_.unmap_granularity = 4096;
    limits_.max_unmap = san::MiB;
    if (threads > 0) pool_ = std::make_unique<san::WorkerPool>(threads);
  }

  /// Called before each write, zero and unmap, while nothing else happens on the disk.
  std::function<void(const Request&)> before;
  /// Called once, when the power fails, while nothing else happens: what the disk has then.
  std::function<void(const Content&)> power_fails;
  /// Requests that change something, until the power fails.
  std::uint64_t lives = std::numeric_limits<std::uint64_t>::max();
  /// The request with that number fails and has done half of its work.
  std::uint64_t fails = std::numeric_limits<std::uint64_t>::max();
  bool unmap_keeps_data = false, knows_extents = true;

  std::uint64_t changes() const { return changes_; }
  const Content& content() const { return cache_; }
  Content& content() { return cache_; }
  void set_limits(const san::Limits& limits) { limits_ = limits; }

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return cache_.size(); }
  san::Limits limits() const override { return limits_; }
  std::vector<san::Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    using Kind = san::Extent::Kind;
    const std::scoped_lock lock(mutex_);
    std::vector<san::Extent> result;
    for (std::uint64_t at = offset; at < offset + length;) {
      const std::uint64_t to = std::min(offset + length, san::round_up(at + 1, 16384));
      const bool zero = knows_extents && san::all_zero(std::span(cache_).subspan(at, to - at));
      const Kind kind = zero ? Kind::zero : Kind::unknown;
      if (!result.empty() && result.back().kind == kind)
        result.back().length += to - at;
      else
        result.push_back({at, to - at, kind});
      at = to;
    }
    return result;
  }
  void read(std::uint64_t offset, std::span<std::byte> into, san::Completion done) override {
    submit([this, offset, into, done = std::move(done)]() mutable {
      const san::Error error(san::Exit::failed, name_, "is gone");
      bool gone = false;
      {
        const std::scoped_lock lock(mutex_);
        gone = gone_;
        if (!gone)
          std::copy_n(cache_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
      }
      done(gone ? &error : nullptr);
    });
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, san::Completion done) override {
    change({Op::write, offset, from.size()}, from, std::move(done));
  }
  void zero(std::uint64_t offset, std::uint64_t length, san::Completion done) override {
    change({Op::zero, offset, length}, {}, std::move(done));
  }
  void unmap(std::uint64_t offset, std::uint64_t length, san::Completion done) override {
    change({Op::unmap, offset, length}, {}, std::move(done));
  }
  void flush(san::Completion done) override {
    auto covered = std::make_shared<Content>();
    std::uint64_t number = 0;
    {
      const std::scoped_lock lock(mutex_);
      *covered = cache_;
      number = ++flushes_;
    }
    submit([this, covered, number, done = std::move(done)]() mutable {
      const san::Error error(san::Exit::failed, name_, "is gone");
      bool gone = false;
      {
        const std::scoped_lock inner(mutex_);
        gone = gone_;
        if (!gone && number > flushed_) {
          stable_ = *covered;
          flushed_ = number;
        }
      }
      done(gone ? &error : nullptr);
    });
  }
  void cancel() override {
    const std::scoped_lock lock(mutex_);
    gone_ = true;
  }

 private:
  void submit(san::UniqueFunction<void()> work) {
    if (pool_)
      pool_->submit(std::move(work));
    else
      work();
  }
  void change(const Request& request, std::span<const std::byte> from, san::Completion done) {
    submit([this, request, from, done = std::move(done)]() mutable {
      const san::Error error(san::Exit::failed, name_, "is gone");
      bool good = false;
      {
        const std::scoped_lock lock(mutex_);
        good = apply(request, from);
      }
      done(good ? nullptr : &error);
    });
  }
  bool apply(const Request& request, std::span<const std::byte> from) {
    if (gone_) return false;
    if (before) before(request);
    const std::uint64_t number = changes_++;
    const bool dies = number >= lives, fails_now = number == fails || dies;
    const auto length = static_cast<std::ptrdiff_t>(fails_now ? request.length / 2 : request.length);
    const auto at = cache_.begin() + static_cast<std::ptrdiff_t>(request.offset);
    if (!from.empty())
      std::copy_n(from.begin(), length, at);
    else if (request.op == Op::zero || !unmap_keeps_data)
      std::fill_n(at, length, std::byte{0});
    if (!dies) return !fails_now;
    gone_ = true;
    for (std::size_t granule = 0; granule < cache_.size(); granule += 4096)
      if (random_() % 2 == 0)
        std::copy_n(stable_.begin() + static_cast<std::ptrdiff_t>(granule),
                    std::min<std::size_t>(4096, cache_.size() - granule),
                    cache_.begin() + static_cast<std::ptrdiff_t>(granule));
    if (power_fails) power_fails(cache_);
    return false;
  }

  std::string name_;
  Content cache_, stable_;
  std::mt19937_64 random_;
  san::Limits limits_;
  std::mutex mutex_;
  bool gone_ = false;
  std::atomic<std::uint64_t> changes_{0};
  std::uint64_t flushes_ = 0, flushed_ = 0;
  std::unique_ptr<san::WorkerPool> pool_;  // Last: its destructor still runs requests.
};
