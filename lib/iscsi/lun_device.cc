// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <random>

#include "block/zero.h"
#include "core/log.h"
#include "core/units.h"
#include "iscsi/connection.h"
#include "iscsi/request_queue.h"
#include "iscsi/session.h"
#include "iscsi/zero_method.h"

namespace san::iscsi {
namespace {

// One UNMAP or WRITE SAME covers at most this, whatever VPD page B0h allows: tgt 1.0 computes the length of
// an UNMAP in 32 bits and answers GOOD to one of 4 GiB without doing anything (bs_rdwr.c).
constexpr std::uint64_t kMaxUnmap = GiB;
// WRITE SAME without UNMAP is real work for many targets: short enough to see it progress and to stop it.
constexpr std::uint64_t kMaxZero = 16 * MiB;
// libiscsi 1.19 counts the bytes of a task in an int; and more than this brings nothing.
constexpr std::uint64_t kMaxTransfer = 8 * MiB;
constexpr unsigned kDefaultDepth = 16;
// Runs of zeros shorter than this cost more as a command of their own than as part of a write.
constexpr std::uint64_t kMinZeroRun = 32 * KiB;
// Deallocated runs shorter than this are read like data instead of being proved.
constexpr std::uint64_t kMinProvedHole = MiB;

class LunDeviceImpl final : public LunDevice {
 public:
  LunDeviceImpl(const Url& url, const Credentials& credentials, const LunOptions& options);
  ~LunDeviceImpl() override;

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return lun_.size(); }
  Limits limits() const override { return limits_; }
  bool read_only() const override { return lun_.mode.write_protected.value_or(false); }
  const Lun& lun() const override { return lun_; }
  // Names of logical units are not unique in practice (every tgtd numbers its own from the same start), so
  // the target's name belongs to it.
  std::string identity() const override { return target_ + " " + lun_.identity(); }

  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override;
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override;
  void cancel() override { queue_.stop(); }

 private:
  void set_limits(const LunOptions& options);
  bool refused(std::uint64_t offset, std::uint64_t length, const Completion& done) const;
  std::unique_ptr<Request> request(const char* verb, std::uint64_t offset, std::uint64_t length) const;
  void transfer(Direction direction, std::uint64_t offset, std::span<std::byte> data, Completion done);
  void write_same(std::uint64_t offset, std::uint64_t length,
                  std::function<void(bool supported, const Error*)> done);
  void zero_by_data(std::uint64_t offset, std::uint64_t length, Completion done);
  std::vector<LbaStatus> lba_status(std::uint64_t lba);
  bool reads_zero_at_ends(const Extent& extent);
  Error error(const Request& request, const Answer& answer) const;

  std::uint64_t lba(std::uint64_t offset) const { return offset / lun_.capacity.block_size; }
  std::uint32_t blocks(std::uint64_t length) const {
    return static_cast<std::uint32_t>(length / lun_.capacity.block_size);
  }

  const std::string name_, target_;
  Lun lun_;
  Limits limits_;
  std::vector<std::byte> zeros_;
  std::atomic<bool> sixteen_{true};
  std::atomic<bool> lba_status_works_{true};
  std::mutex status_mutex_;
  std::vector<LbaStatus> status_cache_;
  std::atomic<bool> status_stale_{false};  ///< something was written since
  ZeroMethod zero_method_;
  RequestQueue queue_;
  std::vector<std::unique_ptr<Session>> sessions_;
};

LunDeviceImpl::LunDeviceImpl(const Url& url, const Credentials& credentials, const LunOptions& options)
    : name_(to_string(url)), target_(fmt::format("{} LUN {}", url.target, url.lun)), queue_(name_) {
  Login login;
  login.portal = url.portal;
  login.target = url.target;
  login.lun = url.lun;
  login.credentials = credentials;
  login.isid = std::random_device()() & 0xFFFFFF;
  auto first = std::make_unique<Connection>(login);
  lun_ = inspect(*first, name_);
  sixteen_ = lun_.capacity.long_form;
  set_limits(options);

  const unsigned sessions = options.sessions != 0 ? options.sessions : 1;
  queue_.set_wake([this] {
    for (const auto& session : sessions_)
      if (session->wake()) return;
  });
  sessions_.reserve(sessions);
  for (unsigned i = 0; i < sessions; ++i) {
    login.isid_qualifier = static_cast<std::uint16_t>(i);
    sessions_.push_back(
        std::make_unique<Session>(queue_, login, limits_.queue_depth / sessions, std::move(first)));
  }
}

LunDeviceImpl::~LunDeviceImpl() {
  queue_.stop();
  sessions_.clear();
}

void LunDeviceImpl::set_limits(const LunOptions& options) {
  const std::uint64_t block = lun_.capacity.block_size;
  limits_.logical_block = lun_.capacity.block_size;
  limits_.physical_block = lun_.capacity.block_size << std::min(lun_.capacity.physical_exponent, 10U);
  limits_.queue_depth =
      (options.sessions != 0 ? options.sessions : 1) * (options.depth != 0 ? options.depth : kDefaultDepth);
  limits_.max_transfer = kMaxTransfer;
  limits_.min_zero_run = kMinZeroRun;
  limits_.max_zero = kMaxZero;
  if (lun_.limits && lun_.limits->max_write_same_blocks != 0 &&
      lun_.limits->max_write_same_blocks < kMaxZero / block)
    limits_.max_zero = lun_.limits->max_write_same_blocks * block;
  if (lun_.limits && lun_.limits->max_transfer_blocks != 0)
    limits_.max_transfer = std::min(kMaxTransfer, lun_.limits->max_transfer_blocks * block);
  // The (10) forms count blocks in 16 bits.
  if (!sixteen_) limits_.max_transfer = std::min(limits_.max_transfer, 65535 * block);
  zeros_.resize(std::min<std::uint64_t>(limits_.max_transfer, MiB));

  const bool can_unmap = lun_.provisioning && (lun_.provisioning->lbpu || lun_.provisioning->lbpws);
  if (!lun_.declares_zeros() || !can_unmap) return;
  std::uint64_t granularity = 1, alignment = 0, most = kMaxUnmap / block;
  if (lun_.limits) {
    const std::uint64_t declared =
        lun_.provisioning->lbpu ? lun_.limits->max_unmap_blocks : lun_.limits->max_write_same_blocks;
    if (declared != 0) most = std::min(most, declared);
    if (lun_.limits->unmap_granularity_blocks != 0) granularity = lun_.limits->unmap_granularity_blocks;
    alignment = lun_.limits->unmap_alignment_blocks.value_or(0) % granularity;
  }
  if (most < granularity) return;
  limits_.unmap_granularity = granularity * block;
  limits_.unmap_alignment = alignment * block;
  limits_.max_unmap = most / granularity * granularity * block;
}

bool LunDeviceImpl::refused(std::uint64_t offset, std::uint64_t length, const Completion& done) const {
  try {
    check_range(*this, offset, length);
    return false;
  } catch (const Error& outside) {
    done(&outside);
    return true;
  }
}

std::unique_ptr<Request> LunDeviceImpl::request(const char* verb, std::uint64_t offset,
                                                std::uint64_t length) const {
  auto result = std::make_unique<Request>();
  result->verb = verb;
  result->offset = offset;
  result->length = length;
  return result;
}

Error LunDeviceImpl::error(const Request& request, const Answer& answer) const {
  const auto text = request.length > 0
                        ? fmt::format("{} of {} failed: {}", request.verb,
                                      format_range(request.offset, request.length), describe(answer))
                        : fmt::format("{} failed: {}", request.verb, describe(answer));
  if (answer.status == Status::reservation_conflict)
    return {Exit::refused, name_, text, "release the reservation on that host first"};
  if (answer.status == Status::check_condition && answer.sense.key == SenseKey::data_protect) {
    if (answer.sense.code() == 0x2707)
      return {Exit::failed, name_, text, "give the pool more space, then start again"};
    return {Exit::refused, name_, text, "lift the write protection on the target"};
  }
  if (answer.status == Status::check_condition && answer.sense.asc == 0x21)
    return {Exit::failed, name_, text, "the LUN is smaller than it said; look at the volume on the target"};
  return {Exit::failed, name_, text, "look at the target's log"};
}

void LunDeviceImpl::transfer(Direction direction, std::uint64_t offset, std::span<std::byte> data,
                             Completion done) {
  auto one = request(direction == Direction::in ? "read" : "write", offset, data.size());
  const bool sixteen = sixteen_;
  one->cdb = direction == Direction::in ? iscsi::read(sixteen, lba(offset), blocks(data.size()))
                                        : iscsi::write(sixteen, lba(offset), blocks(data.size()));
  one->direction = direction;
  one->data = data;
  if (direction == Direction::out) status_stale_ = true;
  const auto started = Request::Clock::now();
  one->done = [this, direction, offset, data, sixteen, started, done = std::move(done)](
                  const Answer& answer, const Error* gave_up) {
    if (gave_up != nullptr) return done(gave_up);
    const bool good = judge(answer) == Action::done;
    if (good && answer.missing == 0) {
      if (direction == Direction::out)
        zero_method_.measured_write(data.size(), Request::Clock::now() - started);
      return done(nullptr);
    }
    const auto failed = request(direction == Direction::in ? "read" : "write", offset, data.size());
    if (good) {
      const Error is_short(Exit::failed, name_,
                           fmt::format("{} of {} moved {} bytes too few", failed->verb,
                                       format_range(offset, data.size()), answer.missing));
      return done(&is_short);
    }
    // "Invalid command operation code": an SBC-2 device that has READ CAPACITY(16), but not READ(16).
    if (sixteen && answer.sense.code() == 0x2000 && lba(size()) <= 0xFFFFFFFFU &&
        blocks(data.size()) <= 65535) {
      sixteen_ = false;
      return transfer(direction, offset, data, done);
    }
    const Error failure = error(*failed, answer);
    done(&failure);
  };
  queue_.push(std::move(one));
}

void LunDeviceImpl::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  if (!refused(offset, into.size(), done)) transfer(Direction::in, offset, into, std::move(done));
}

void LunDeviceImpl::write(std::uint64_t offset, std::span<const std::byte> from, Completion done) {
  if (refused(offset, from.size(), done)) return;
  // libiscsi's iovec has no const; Direction::out never writes to it.
  transfer(Direction::out, offset, {const_cast<std::byte*>(from.data()), from.size()},
           std::move(done));  // NOLINT
}

void LunDeviceImpl::zero(std::uint64_t offset, std::uint64_t length, Completion done) {
  if (refused(offset, length, done)) return;
  if (length == 0) return done(nullptr);
  if (zero_method_.choose(length) == ZeroMethod::Choice::data)
    return zero_by_data(offset, length, std::move(done));
  write_same(offset, length,
             [this, offset, length, done = std::move(done)](bool supported, const Error* failure) {
               if (supported) return done(failure);
               zero_method_.write_same_refused();
               log::info("{}: has no WRITE SAME; zeros are sent as data", name_);
               zero_by_data(offset, length, done);
             });
}

void LunDeviceImpl::write_same(std::uint64_t offset, std::uint64_t length,
                               std::function<void(bool supported, const Error*)> done) {
  auto one = request("write of zeros", offset, length);
  status_stale_ = true;
  one->cdb = iscsi::write_same(true, lba(offset), blocks(length), false);
  one->direction = Direction::out;
  one->data = std::span(zeros_).first(lun_.capacity.block_size);
  one->slow = true;
  const auto started = Request::Clock::now();
  one->done = [this, offset, length, started, done = std::move(done)](const Answer& answer,
                                                                      const Error* gave_up) {
    if (gave_up != nullptr) return done(true, gave_up);
    if (judge(answer) == Action::done) {
      zero_method_.measured_write_same(length, Request::Clock::now() - started);
      return done(true, nullptr);
    }
    if (answer.status == Status::check_condition && answer.sense.key == SenseKey::illegal_request &&
        answer.sense.asc != 0x21)
      return done(false, nullptr);
    const Error failure = error(*request("write of zeros", offset, length), answer);
    done(true, &failure);
  };
  queue_.push(std::move(one));
}

void LunDeviceImpl::zero_by_data(std::uint64_t offset, std::uint64_t length, Completion done) {
  /// What the pieces have in common: the last to end completes the whole.
  struct Whole {
    std::mutex mutex;
    std::uint64_t left;
    std::optional<Error> failure;
    Completion done;
  };
  auto whole = std::make_shared<Whole>();
  whole->left = length;
  whole->done = std::move(done);
  for (std::uint64_t at = 0; at < length;) {
    const std::uint64_t piece = std::min<std::uint64_t>(zeros_.size(), length - at);
    transfer(Direction::out, offset + at, std::span(zeros_).first(piece),
             [whole, piece](const Error* failure) {
               {
                 const std::scoped_lock lock(whole->mutex);
                 if (failure != nullptr && !whole->failure) whole->failure = *failure;
                 whole->left -= piece;
                 if (whole->left > 0) return;
               }
               whole->done(whole->failure ? &*whole->failure : nullptr);
             });
    at += piece;
  }
}

void LunDeviceImpl::unmap(std::uint64_t offset, std::uint64_t length, Completion done) {
  if (refused(offset, length, done)) return;
  auto one = request("unmap", offset, length);
  status_stale_ = true;
  one->direction = Direction::out;
  one->slow = true;
  auto parameters =
      std::make_shared<std::array<std::uint8_t, 24>>(unmap_parameters(lba(offset), blocks(length)));
  if (lun_.provisioning && lun_.provisioning->lbpu) {
    one->cdb = iscsi::unmap(static_cast<std::uint16_t>(parameters->size()));
    one->data = std::as_writable_bytes(std::span(*parameters));
  } else {
    one->cdb = iscsi::write_same(true, lba(offset), blocks(length), true);
    one->data = std::span(zeros_).first(lun_.capacity.block_size);
  }
  one->done = [this, offset, length, parameters, done = std::move(done)](const Answer& answer,
                                                                         const Error* gave_up) {
    if (gave_up != nullptr) return done(gave_up);
    if (judge(answer) == Action::done) return done(nullptr);
    const Error failure = error(*request("unmap", offset, length), answer);
    done(&failure);
  };
  queue_.push(std::move(one));
}

void LunDeviceImpl::flush(Completion done) {
  auto one = request("flush", 0, 0);
  one->cdb = synchronize_cache(sixteen_);
  one->slow = true;
  one->done = [this, done = std::move(done)](const Answer& answer, const Error* gave_up) {
    if (gave_up != nullptr) return done(gave_up);
    if (judge(answer) == Action::done) return done(nullptr);
    // SYNCHRONIZE CACHE is optional for a device without a volatile cache (SBC-3, 4.18).
    if (answer.status == Status::check_condition && answer.sense.code() == 0x2000 &&
        !lun_.mode.write_cache.value_or(false))
      return done(nullptr);
    const Error failure = error(*request("flush", 0, 0), answer);
    done(&failure);
  };
  queue_.push(std::move(one));
}

std::vector<LbaStatus> LunDeviceImpl::lba_status(std::uint64_t at) {
  // tgt walks all extents up to the end of its file for every call, so each call asks for many: 4096
  // descriptors.
  auto buffer = std::make_shared<std::vector<std::byte>>(64 * KiB + 8);
  std::promise<Answer> promise;
  auto one = request("query of the allocation", at * lun_.capacity.block_size, 0);
  one->cdb = get_lba_status(at, static_cast<std::uint32_t>(buffer->size()));
  one->direction = Direction::in;
  one->data = *buffer;
  one->slow = true;
  one->done = [&promise, buffer](const Answer& answer, const Error*) { promise.set_value(answer); };
  queue_.push(std::move(one));
  const Answer answer = promise.get_future().get();
  if (judge(answer) != Action::done) return {};
  return parse_lba_status(
      std::span(*buffer).first(buffer->size() - std::min<std::size_t>(answer.missing, buffer->size())));
}

std::vector<Extent> LunDeviceImpl::extents(std::uint64_t offset, std::uint64_t length) {
  check_range(*this, offset, length);
  const std::scoped_lock lock(status_mutex_);
  if (status_stale_.exchange(false)) status_cache_.clear();
  std::vector<Extent> result;
  const auto add = [&](std::uint64_t end, Extent::Kind kind) {
    const std::uint64_t from = result.empty() ? offset : result.back().end();
    if (end <= from) return;
    if (!result.empty() && result.back().kind == kind)
      result.back().length += end - from;
    else
      result.push_back({from, end - from, kind});
  };
  const std::uint64_t block = lun_.capacity.block_size, end = offset + length;
  for (std::uint64_t at = offset; at < end && lun_.declares_zeros() && lba_status_works_;) {
    const std::uint64_t wanted = lba(at);
    const auto known = [&](const LbaStatus& s) { return s.lba <= wanted && wanted - s.lba < s.blocks; };
    auto here = std::find_if(status_cache_.begin(), status_cache_.end(), known);
    if (here == status_cache_.end()) {
      status_cache_ = lba_status(wanted);
      here = std::find_if(status_cache_.begin(), status_cache_.end(), known);
    }
    if (here == status_cache_.end()) {
      // Not supported (most targets), or an answer about other blocks: reading tells.
      lba_status_works_ = false;
      break;
    }
    for (; here != status_cache_.end() && at < end; ++here) {
      const Extent extent{here->lba * block, here->blocks * block, Extent::Kind::zero};
      const bool hole =
          here->provisioning == 1 && extent.length >= kMinProvedHole && reads_zero_at_ends(extent);
      at = std::min(end, extent.end());
      add(at, hole ? Extent::Kind::zero : Extent::Kind::data);
    }
  }
  add(end, Extent::Kind::unknown);
  return result;
}

bool LunDeviceImpl::reads_zero_at_ends(const Extent& extent) {
  const std::uint64_t block = lun_.capacity.block_size;
  if (extent.end() > size()) return false;
  std::vector<std::byte> first(block), last(block);
  read_wait(*this, extent.offset, first);
  read_wait(*this, extent.end() - block, last);
  return all_zero(first) && all_zero(last);
}

}  // namespace

std::unique_ptr<LunDevice> open_lun(const Url& url, const Credentials& credentials,
                                    const LunOptions& options) {
  return std::make_unique<LunDeviceImpl>(url, credentials, options);
}

}  // namespace san::iscsi
