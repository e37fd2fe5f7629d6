// SPDX-License-Identifier: Apache-2.0
#include "iscsi/device/lun_device.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "block/zero_detection.h"
#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "core/units.h"
#include "iscsi/connection/connection.h"
#include "iscsi/device/queue_transport.h"
#include "iscsi/device/zero_method.h"
#include "iscsi/login/login.h"
#include "iscsi/lun/allocation.h"
#include "iscsi/lun/lun_limits.h"
#include "iscsi/session/first_session.h"
#include "iscsi/session/request_queue.h"
#include "iscsi/session/session_pool.h"

namespace san::iscsi {
namespace {

/// Minimum of Limits::max_transfer: callers count in pages. A request is split if the LUN takes less.
constexpr std::uint64_t kMinTransfer = 4 * KiB;

class LunDeviceImpl final : public LunDevice {
 public:
  LunDeviceImpl(const Url& url, const Credentials& credentials, const LunOptions& options);
  ~LunDeviceImpl() override;
  LunDeviceImpl(const LunDeviceImpl&) = delete;
  LunDeviceImpl& operator=(const LunDeviceImpl&) = delete;

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return lun_.size(); }
  Limits limits() const override { return limits_; }
  Capabilities capabilities() const override {
    const bool locked = lun_.mode.write_protected.value_or(false);
    return {.read_only = locked, .write_protected = locked};
  }
  const LunInfo& lun() const override { return lun_; }
  // Identifiers of logical units are not unique in practice (every tgtd numbers its own from the same start),
  // so the target's name is part of it.
  DeviceIdentity identity() const override {
    const std::string id = target_ + " " + lun_.identity();
    return {.id = id,
            .persistent_id = fmt::format("{} of {}, {} bytes a block", id, format_size_exact(size()),
                                         lun_.capacity->block_size),
            .generation = generation()};
  }

  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override;
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override;
  void submit(std::unique_ptr<Request> request) override;
  // Without a write cache acknowledged data are stable (SBC-3, 6.5.4: WCE).
  std::uint64_t cache_loss_generation() const override {
    return lun_.mode.write_cache == false ? 0 : queue_.cache_loss_generation();
  }
  void cancel() override { queue_.stop(); }

 private:
  // The drivers of lib/target change the product revision level with the volume. Elsewhere it is the version
  // of firmware or target software.
  std::string generation() const {
    if (!lun_.inquiry) return "";
    const auto& [vendor, revision] = std::pair(lun_.inquiry->vendor, lun_.inquiry->revision);
    const bool ours = (vendor == "IET" || vendor == "LIO-ORG") && revision.size() == 4 && revision[0] == 'G';
    return ours ? revision : "";
  }
  bool refused(std::uint64_t offset, std::uint64_t length, std::uint64_t most, Completion& done) const;
  std::unique_ptr<Request> request(const char* verb, std::uint64_t offset, std::uint64_t length) const;
  void transfer(Direction direction, std::uint64_t offset, std::span<std::byte> data, Completion done);
  void write_same(std::uint64_t offset, std::uint64_t length,
                  UniqueFunction<void(bool supported, const Error*)> done);
  /// Transfers [offset, offset + length) in pieces of at most `most` bytes; `data` returns the buffer of a
  /// piece from its offset in the range and its length.
  template <typename Data>
  void transfer_pieces(Direction direction, std::uint64_t offset, std::uint64_t length, std::uint64_t most,
                       Data&& data, Completion done);
  void zero_by_data(std::uint64_t offset, std::uint64_t length, Completion done);
  std::vector<LbaStatus> lba_status(std::uint64_t at);
  bool reads_zero(std::uint64_t at);
  void synchronize(bool sixteen, Completion done);
  Error error(const Request& request, const Answer& answer) const;

  void changed() {
    if (allocation_) allocation_->changed();
  }
  std::uint64_t lba(std::uint64_t offset) const { return offset / lun_.capacity->block_size; }
  std::uint32_t blocks(std::uint64_t length) const {
    return static_cast<std::uint32_t>(length / lun_.capacity->block_size);
  }

  const std::string name_, target_;
  LunInfo lun_;
  Limits limits_;
  std::uint64_t most_ = 0;  ///< bytes that one command may transfer; less than in limits_ for some targets
  std::vector<std::byte> zeros_;
  std::atomic<bool> sixteen_{true};
  std::optional<Allocation> allocation_;
  ZeroMethod zero_method_;
  Login login_;
  RequestQueue queue_;
  Reserver reserver_;
  std::unique_ptr<SessionPool> sessions_;  // Last: its destructor ends pending requests.
};

LunDeviceImpl::LunDeviceImpl(const Url& url, const Credentials& credentials, const LunOptions& options)
    : name_(to_string(url)),
      target_(fmt::format("{} LUN {}", url.target, url.lun)),
      login_(make_login(url, credentials)),
      queue_(name_, options.timing),
      reserver_(name_, options.reserve),
      sessions_(std::make_unique<SessionPool>(queue_, reserver_, options.sessions, options.depth)) {
  auto first = begin_session(log_in_by(login_), name_, queue_.clock(), reserver_, lun_);
  // NOLINTNEXTLINE(cppcoreguidelines-prefer-member-initializer): known only after the login above
  sixteen_ = lun_.long_form();
  limits_ = lun_limits(lun_, sessions_->depth());
  most_ = limits_.max_transfer;
  limits_.max_transfer = std::max(most_, kMinTransfer);
  zeros_.resize(std::min<std::uint64_t>(most_, MiB));
  if (lun_.declares_zeros())
    allocation_.emplace(
        lun_.capacity->block_size, lun_.capacity->blocks, [this](std::uint64_t at) { return lba_status(at); },
        [this](std::uint64_t at) { return reads_zero(at); });
  sessions_->start(login_, std::move(first));
}

LunDeviceImpl::~LunDeviceImpl() {
  sessions_.reset();
  if (!reserver_.holds()) return;
  // After a signal or a lost connection no session could release the reservation.
  constexpr std::chrono::milliseconds kTimeout{1500};
  login_.timeout = kTimeout;
  login_.until = std::chrono::steady_clock::now() + kTimeout;
  try {
    Connection last(login_);
    ConnectionTransport session(last);
    reserver_.leave(session);
    last.logout();
  } catch (const Error& error) {
    log::info("{}: the reservation is left to the next clone: {}", name_, error.cause());
  }
}

bool LunDeviceImpl::refused(std::uint64_t offset, std::uint64_t length, std::uint64_t most,
                            Completion& done) const {
  try {
    check_range(*this, offset, length);
    if (length > 0 && most == 0)
      throw Error(Exit::failed, name_, "the LUN does not declare that it can unmap");
    // Longer requests would overflow the command's block count, and WRITE SAME takes 0 blocks for all of
    // them.
    if (length > most)
      throw Error(Exit::failed, name_,
                  fmt::format("{} is more than the {} that one request may have",
                              format_range(offset, length), format_size(most)));
    return false;
  } catch (const Error& error) {
    done(&error);
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
  if (answer.status == CommandStatus::reservation_conflict)
    return {Exit::refused, name_, text, "release the reservation on that host first"};
  if (answer.status == CommandStatus::check_condition && answer.sense.key == SenseKey::data_protect) {
    if (answer.sense.code() == 0x2707)
      return {Exit::failed, name_, text, "give the pool more space, then start again"};
    return {Exit::refused, name_, text, "lift the write protection on the target"};
  }
  if (answer.status == CommandStatus::check_condition && answer.sense.asc == 0x21)
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
  if (direction == Direction::out) changed();
  const auto started = Request::Clock::now();
  one->done = [this, direction, offset, data, sixteen, started, done = std::move(done)](
                  const Answer& answer, const Error* gave_up) mutable {
    if (direction == Direction::out) changed();
    if (gave_up != nullptr) return done(gave_up);
    const bool good = judge(answer) == Action::done;
    if (good && answer.missing == 0 && answer.excess == 0) {
      if (direction == Direction::out)
        zero_method_.measured_write(data.size(), Request::Clock::now() - started);
      return done(nullptr);
    }
    const auto failed = request(direction == Direction::in ? "read" : "write", offset, data.size());
    if (good) {
      // A residual overflow shows a LUN whose blocks are not as long as READ CAPACITY reports.
      const bool few = answer.missing != 0;
      const Error differs(
          Exit::failed, name_,
          fmt::format("{} of {} was about {} bytes too {}", failed->verb, format_range(offset, data.size()),
                      few ? answer.missing : answer.excess, few ? "few" : "many"),
          "look at the target's log");
      return done(&differs);
    }
    // "Invalid command operation code": an SBC-2 device that has READ CAPACITY(16), but not READ(16).
    if (sixteen && answer.sense.code() == 0x2000 && lba(size()) <= 0xFFFFFFFFU &&
        blocks(data.size()) <= 65535) {
      sixteen_ = false;
      return transfer(direction, offset, data, std::move(done));
    }
    const Error failure = error(*failed, answer);
    done(&failure);
  };
  queue_.push(std::move(one));
}

void LunDeviceImpl::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  if (refused(offset, into.size(), limits_.max_transfer, done)) return;
  if (into.size() <= most_) return transfer(Direction::in, offset, into, std::move(done));
  transfer_pieces(
      Direction::in, offset, into.size(), most_,
      [into](std::uint64_t at, std::uint64_t size) { return into.subspan(at, size); }, std::move(done));
}

void LunDeviceImpl::write(std::uint64_t offset, std::span<const std::byte> from, Completion done) {
  if (refused(offset, from.size(), limits_.max_transfer, done)) return;
  // libiscsi's iovec has no const; Direction::out never writes to it.
  const std::span<std::byte> data(const_cast<std::byte*>(from.data()), from.size());  // NOLINT
  if (data.size() <= most_) return transfer(Direction::out, offset, data, std::move(done));
  transfer_pieces(
      Direction::out, offset, data.size(), most_,
      [data](std::uint64_t at, std::uint64_t size) { return data.subspan(at, size); }, std::move(done));
}

void LunDeviceImpl::zero(std::uint64_t offset, std::uint64_t length, Completion done) {
  if (refused(offset, length, limits_.max_zero, done)) return;
  if (length == 0) return done(nullptr);
  if (zero_method_.choose(length) == ZeroMethod::Choice::data)
    return zero_by_data(offset, length, std::move(done));
  write_same(offset, length,
             [this, offset, length, done = std::move(done)](bool supported, const Error* failure) mutable {
               if (supported) return done(failure);
               zero_method_.write_same_refused();
               log::info("{}: has no WRITE SAME; zeros are sent as data", name_);
               zero_by_data(offset, length, std::move(done));
             });
}

void LunDeviceImpl::write_same(std::uint64_t offset, std::uint64_t length,
                               UniqueFunction<void(bool supported, const Error*)> done) {
  auto one = request("write of zeros", offset, length);
  changed();
  one->cdb = iscsi::write_same(true, lba(offset), blocks(length), false);
  one->direction = Direction::out;
  one->data = std::span(zeros_).first(lun_.capacity->block_size);
  one->slow = true;
  const auto started = Request::Clock::now();
  one->done = [this, offset, length, started, done = std::move(done)](const Answer& answer,
                                                                      const Error* gave_up) mutable {
    changed();
    if (gave_up != nullptr) return done(true, gave_up);
    if (judge(answer) == Action::done) {
      zero_method_.measured_write_same(length, Request::Clock::now() - started);
      return done(true, nullptr);
    }
    if (answer.status == CommandStatus::check_condition && answer.sense.key == SenseKey::illegal_request &&
        answer.sense.asc != 0x21)
      return done(false, nullptr);
    const Error failure = error(*request("write of zeros", offset, length), answer);
    done(true, &failure);
  };
  queue_.push(std::move(one));
}

template <typename Data>
void LunDeviceImpl::transfer_pieces(Direction direction, std::uint64_t offset, std::uint64_t length,
                                    std::uint64_t most, Data&& data, Completion done) {
  /// Shared state of the pieces: the last one to end completes the request.
  struct Whole {
    std::mutex mutex;
    std::uint64_t left = 0;
    std::optional<Error> failure;
    Completion done;
  };
  auto whole = std::make_shared<Whole>();
  whole->left = length;
  whole->done = std::move(done);
  for (std::uint64_t at = 0; at < length;) {
    const std::uint64_t piece = std::min(most, length - at);
    transfer(direction, offset + at, data(at, piece), [whole, piece](const Error* failure) {
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

void LunDeviceImpl::zero_by_data(std::uint64_t offset, std::uint64_t length, Completion done) {
  transfer_pieces(
      Direction::out, offset, length, zeros_.size(),
      [this](std::uint64_t, std::uint64_t size) { return std::span(zeros_).first(size); }, std::move(done));
}

void LunDeviceImpl::unmap(std::uint64_t offset, std::uint64_t length, Completion done) {
  if (refused(offset, length, limits_.max_unmap, done)) return;
  // WRITE SAME takes 0 blocks for all up to the end of the LUN (SBC-3, 5.50).
  if (length == 0) return done(nullptr);
  auto one = request("unmap", offset, length);
  changed();
  one->direction = Direction::out;
  one->slow = true;
  auto parameters =
      std::make_shared<std::array<std::uint8_t, 24>>(unmap_parameters(lba(offset), blocks(length)));
  if (lun_.provisioning && lun_.provisioning->lbpu) {
    one->cdb = iscsi::unmap(static_cast<std::uint16_t>(parameters->size()));
    one->data = std::as_writable_bytes(std::span(*parameters));
  } else {
    one->cdb = iscsi::write_same(true, lba(offset), blocks(length), true);
    one->data = std::span(zeros_).first(lun_.capacity->block_size);
  }
  one->done = [this, offset, length, parameters, done = std::move(done)](const Answer& answer,
                                                                         const Error* gave_up) mutable {
    changed();
    if (gave_up != nullptr) return done(gave_up);
    if (judge(answer) == Action::done) return done(nullptr);
    const Error failure = error(*request("unmap", offset, length), answer);
    done(&failure);
  };
  queue_.push(std::move(one));
}

void LunDeviceImpl::flush(Completion done) {
  synchronize(sixteen_, std::move(done));
}

void LunDeviceImpl::synchronize(bool sixteen, Completion done) {
  auto one = request("flush", 0, 0);
  one->cdb = synchronize_cache(sixteen);
  one->slow = true;
  one->done = [this, sixteen, done = std::move(done)](const Answer& answer, const Error* gave_up) mutable {
    if (gave_up != nullptr) return done(gave_up);
    if (judge(answer) == Action::done) return done(nullptr);
    const bool unknown = answer.status == CommandStatus::check_condition && answer.sense.code() == 0x2000;
    // Many devices support only the form of 10 bytes; with LBA 0 and 0 blocks it means the whole LUN as well.
    if (unknown && sixteen) return synchronize(false, std::move(done));
    // SYNCHRONIZE CACHE is optional for a device without a volatile cache (SBC-3, 4.18).
    if (unknown && lun_.mode.write_cache == false) return done(nullptr);
    if (unknown) {
      const Error failure(Exit::failed, name_,
                          "does not know SYNCHRONIZE CACHE, and does not say that it has no write cache",
                          "turn the write cache of the LUN off, then start again");
      return done(&failure);
    }
    const Error failure = error(*request("flush", 0, 0), answer);
    done(&failure);
  };
  queue_.push(std::move(one));
}

void LunDeviceImpl::submit(std::unique_ptr<Request> request) {
  changed();
  request->done = [this, done = std::move(request->done)](const Answer& answer, const Error* gave_up) {
    changed();
    done(answer, gave_up);
  };
  queue_.push(std::move(request));
}

std::vector<LbaStatus> LunDeviceImpl::lba_status(std::uint64_t at) {
  // tgt walks all extents up to the end of its file for every call, so each call asks for many: 4096
  // descriptors.
  constexpr std::uint32_t kLength = 64 * KiB + 8;
  // Not by submit(), which would discard the map that asks.
  QueueTransport transport(name_, [this](std::unique_ptr<Request> one) { queue_.push(std::move(one)); });
  try {
    const ScsiReply reply =
        receive(transport, "query of the allocation", get_lba_status(at, kLength), kLength);
    return parse_lba_status(reply.bytes);
  } catch (const Error&) {
    return {};  // the read that follows meets the error again
  }
}

std::vector<Extent> LunDeviceImpl::extents(std::uint64_t offset, std::uint64_t length) {
  check_range(*this, offset, length);
  if (allocation_) return allocation_->extents(offset, length);
  if (length == 0) return {};
  return {{offset, length, Extent::Kind::unknown}};
}

bool LunDeviceImpl::reads_zero(std::uint64_t at) {
  std::vector<std::byte> block(lun_.capacity->block_size);
  try {
    read_wait(*this, at * block.size(), block);
  } catch (const Error&) {
    return false;  // the reader of the block meets the error again and handles it
  }
  return all_zero(block);
}

}  // namespace

std::unique_ptr<LunDevice> open_lun(const Url& url, const Credentials& credentials,
                                    const LunOptions& options) {
  return std::make_unique<LunDeviceImpl>(url, credentials, options);
}

}  // namespace san::iscsi
