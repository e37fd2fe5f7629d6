// SPDX-License-Identifier: Apache-2.0
#include "block/nbd/nbd_device.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "block/completion.h"
#include "block/device_base.h"
#include "block/extent_list.h"
#include "block/joined_completion.h"
#include "core/process/log.h"
#include "core/units.h"

namespace san {
namespace {

constexpr std::uint64_t kMaxTransfer =
    32 * MiB;  // accepted by every server (NBD protocol, "Block size constraints")
/// Largest zero() and unmap(). Nearly 4 GiB would fit the 32 bits of a length, but a server that has to write
/// the zeros should answer in time.
constexpr std::uint64_t kMaxZero = 64 * MiB, kMaxUnmap = GiB;

alignas(4096) std::array<std::byte, MiB> zeros;

using Op = NbdRequest::Op;

/// True for LIBNBD_STATE_ZERO: reads as zeros. A hole alone promises nothing.
bool is_zero(std::uint32_t flags) {
  return (flags & 2U) != 0;
}

class NbdDevice final : public DeviceBase {
 public:
  NbdDevice(NbdContext context, NbdOptions options);

  const std::string& name() const override { return context_.name; }
  std::uint64_t size() const override { return size_; }
  std::uint64_t content_size() const override { return std::min(size_, server().size); }
  Limits limits() const override { return limits_; }
  DeviceIdentity identity() const override {
    return {.id = options_.identity.empty() ? to_string(context_.server) : options_.identity,
            .persistent_id = name(),
            .generation = {}};
  }
  Capabilities capabilities() const override {
    return {.read_only = !options_.writable || server().read_only, .write_protected = server().read_only};
  }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    submit({Op::write, offset, from.size(), nullptr, from.data(), nullptr, std::move(done)});
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    if (server().can_zero)
      submit({Op::zero_allocated, offset, length, nullptr, nullptr, nullptr, std::move(done)});
    else
      write(offset, std::span(zeros).first(std::min<std::size_t>(length, zeros.size())), std::move(done));
  }
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override {
    // A server without the command has nothing to flush.
    if (read_only() || !server().can_flush) return done(nullptr);
    submit({Op::flush, 0, 0, nullptr, nullptr, nullptr, std::move(done)});
  }
  void cancel() override {
    for (const auto& connection : connections_) connection->cancel();
  }

 private:
  /// An unmap that queries the status first; it completes when the last request for it does.
  struct Look {
    explicit Look(Completion d) : done(std::move(d)) {}

    JoinedCompletion done;
    std::vector<std::uint32_t> status;
  };
  void make_zero(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Look>& look);

  const NbdConnection::Properties& server() const { return connections_.front()->properties(); }
  void connect_more();
  void set_limits();
  void submit(NbdRequest request);

  const NbdContext context_;
  const NbdOptions options_;
  std::vector<std::unique_ptr<NbdConnection>> connections_;
  std::uint64_t size_ = 0;
  Limits limits_;
};

NbdDevice::NbdDevice(NbdContext context, NbdOptions options)
    : context_(std::move(context)), options_(std::move(options)) {
  connections_.push_back(std::make_unique<NbdConnection>(context_));
  connect_more();
  set_limits();
}

void NbdDevice::connect_more() {
  const unsigned wanted = options_.connections > 0 ? options_.connections
                                                   : std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  if (!server().multi_conn) return;
  // qemu-nbd -r announces multiple connections, but without -e the second one waits for the end of the first.
  NbdContext hasty = context_;
  hasty.connect_timeout = std::chrono::seconds(1);
  try {
    while (connections_.size() < wanted) {
      auto connection = std::make_unique<NbdConnection>(hasty);
      if (connection->properties().size != server().size) break;
      connections_.push_back(std::move(connection));
    }
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    log::info("{}: going on with {} of {} connections", name(), connections_.size(), wanted);
  }
}

void NbdDevice::set_limits() {
  const NbdConnection::Properties& p = server();
  // NBD protocol: powers of two; the largest transfer is a multiple of the smallest, or all bits set.
  const std::uint64_t block = std::max<std::uint64_t>(kImageBlock, p.min_block);
  if ((block & (block - 1)) != 0 || block > 64 * KiB)
    throw Error(Exit::failed, name(), "the NBD server has blocks of a size that the protocol does not know");
  limits_.logical_block = static_cast<std::uint32_t>(block);
  limits_.physical_block =
      static_cast<std::uint32_t>(std::clamp<std::uint64_t>(p.preferred_block, block, MiB));
  limits_.max_transfer =
      round_down(std::min(kMaxTransfer, p.max_transfer > 0 ? p.max_transfer : kMaxTransfer), block);
  if (limits_.max_transfer == 0)
    throw Error(Exit::failed, name(), "the NBD server takes no request as large as one of its blocks");
  limits_.queue_depth = static_cast<std::uint32_t>(16 * connections_.size());
  limits_.min_zero_run = 64 * KiB;
  limits_.max_zero = p.can_zero ? kMaxZero : std::min<std::uint64_t>(zeros.size(), limits_.max_transfer);
  limits_.unmap_granularity = p.can_zero ? limits_.physical_block : 0;
  limits_.max_unmap = p.can_zero ? kMaxUnmap : 0;
  limits_.unmap_guaranteed = true;
  if (p.size > INT64_MAX - block)
    throw Error(Exit::failed, name(), "the NBD server names an impossible size");
  size_ = options_.writable ? round_down(p.size, block) : round_up(p.size, block);
}

void NbdDevice::submit(NbdRequest request) {
  try {
    check_range(*this, request.offset, request.length);
    if (request.op != Op::read && request.op != Op::status && read_only()) throw only_read(*this);
  } catch (const Error& error) {
    return request.done(&error);
  }
  if (request.length == 0 && request.op != Op::flush) return request.done(nullptr);
  const auto least =
      std::min_element(connections_.begin(), connections_.end(),
                       [](const auto& a, const auto& b) { return a->pending() < b->pending(); });
  (*least)->submit(std::move(request));
}

void NbdDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  const std::uint64_t content = content_size();
  const auto stored = into.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), content - std::min(offset, content))));
  if (stored.size() == into.size())
    return submit({Op::read, offset, into.size(), into.data(), nullptr, nullptr, std::move(done)});
  try {
    check_range(*this, offset, into.size());
  } catch (const Error& error) {
    return done(&error);
  }
  std::fill(into.begin() + static_cast<std::ptrdiff_t>(stored.size()), into.end(), std::byte{0});
  if (stored.empty()) return done(nullptr);
  connections_.front()->submit(
      {Op::read, offset, stored.size(), stored.data(), nullptr, nullptr, std::move(done)});
}

void NbdDevice::unmap(std::uint64_t offset, std::uint64_t length, Completion done) {
  if (!server().can_zero) return zero(offset, length, std::move(done));
  if (!options_.look_before_unmap || !server().can_status)
    return submit({Op::zero, offset, length, nullptr, nullptr, nullptr, std::move(done)});
  const auto look = std::make_shared<Look>(std::move(done));
  submit({Op::status, offset, length, nullptr, nullptr, &look->status,
          [this, offset, length, look](const Error*) {
            // Without an answer, or with a partial one, the rest is written as zeros.
            std::uint64_t at = offset;
            const std::uint64_t end = offset + length;
            for (std::size_t i = 0; i + 1 < look->status.size() && at < end; i += 2) {
              const std::uint64_t part = std::min<std::uint64_t>(look->status[i], end - at);
              if (!is_zero(look->status[i + 1])) make_zero(at, part, look);
              at += part;
            }
            make_zero(at, end - at, look);
            look->done.end(nullptr);
          }});
}

void NbdDevice::make_zero(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Look>& look) {
  look->done.begin();
  submit({Op::zero, offset, length, nullptr, nullptr, nullptr,
          [look](const Error* error) { look->done.end(error); }});
}

std::vector<Extent> NbdDevice::extents(std::uint64_t offset, std::uint64_t length) {
  check_range(*this, offset, length);
  if (length == 0) return {};
  if (!server().can_status) return {{offset, length, Extent::Kind::unknown}};
  ExtentList list(offset, length, limits_.logical_block);
  const std::uint64_t end = std::min(offset + length, content_size());
  while (!list.full() && list.at() < end) {
    const std::uint64_t from = list.at();
    std::vector<std::uint32_t> status;
    std::promise<std::optional<Error>> promise;
    connections_.front()->submit({Op::status, from, std::min(end - from, GiB), nullptr, nullptr, &status,
                                  [&promise](const Error* error) {
                                    promise.set_value(error != nullptr ? std::optional(*error)
                                                                       : std::nullopt);
                                  }});
    if (const auto error = promise.get_future().get()) {
      // The caller then reads the range, which is always possible.
      log::info("{}", error->what());
      break;
    }
    std::uint64_t at = from;
    for (std::size_t i = 0; i + 1 < status.size(); i += 2) {
      at += status[i];
      list.add(std::min(at, end), is_zero(status[i + 1]));
    }
    if (list.at() == from) break;
  }
  if (!list.full() && list.at() == content_size()) list.add(offset + length, true);
  return list.take();
}

}  // namespace

std::unique_ptr<Device> open_nbd(const NbdContext& context, const NbdOptions& options) {
  return std::make_unique<NbdDevice>(context, options);
}

}  // namespace san
