// SPDX-License-Identifier: Apache-2.0
#include "block/nbd/nbd_connection.h"

#include <fmt/core.h>
#include <libnbd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "core/process/operation.h"
#include "core/units.h"

namespace san {
namespace {

using std::chrono::milliseconds;

/// Requests in flight at once: servers process no more (QEMU: MAX_NBD_REQUESTS).
constexpr std::size_t kInFlight = 16;
/// Largest number of status entries kept of one answer; the rest is ignored.
constexpr std::size_t kMaxStatus = 16384;

const char* verb(NbdRequest::Op op) {
  switch (op) {
    case NbdRequest::Op::read:
      return "read";
    case NbdRequest::Op::write:
      return "write";
    case NbdRequest::Op::zero:
    case NbdRequest::Op::zero_allocated:
      return "write of zeros";
    case NbdRequest::Op::flush:
      return "flush";
    case NbdRequest::Op::status:
      return "query of the allocation";
  }
  return "";
}

std::string describe(const NbdRequest& request) {
  if (request.op == NbdRequest::Op::flush) return verb(request.op);
  return fmt::format("{} of {}", verb(request.op), format_range(request.offset, request.length));
}

/// Returns libnbd's message without the name of the function in front: "connect: Connection refused".
std::string libnbd_text() {
  const char* text = nbd_get_error();
  std::string result = text != nullptr ? text : "unknown error";
  if (const auto colon = result.find(": "); result.starts_with("nbd_") && colon != std::string::npos)
    result.erase(0, colon + 2);
  return result;
}

}  // namespace

/// Context that libnbd returns with an answer.
struct NbdConnection::Ticket {
  NbdConnection& owner;
  std::uint64_t id;

  static int answered(void* self, int* error) {
    const auto* ticket = static_cast<Ticket*>(self);
    ticket->owner.answered_.emplace_back(ticket->id, *error);
    return 1;  // retire the command
  }
  static int extents(void* self, const char* context, std::uint64_t, std::uint32_t* entries,
                     std::size_t count, int*) {
    const auto* ticket = static_cast<Ticket*>(self);
    const auto found = ticket->owner.in_flight_.find(ticket->id);
    if (found == ticket->owner.in_flight_.end() ||
        std::string_view(context) != LIBNBD_CONTEXT_BASE_ALLOCATION)
      return 0;
    const std::size_t space = kMaxStatus - std::min(found->second.status->size(), kMaxStatus);
    found->second.status->insert(found->second.status->end(), entries, entries + std::min(count, space));
    return 0;
  }
  static void release(void* self) { const std::unique_ptr<Ticket> ended(static_cast<Ticket*>(self)); }
};

void NbdConnection::Close::operator()(nbd_handle* handle) const {
  nbd_close(handle);
}

NbdConnection::NbdConnection(NbdContext context)
    : context_(std::move(context)), handle_(nbd_create()), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!handle_ || !wake_) throw Error(Exit::failed, context_.name, "cannot prepare a connection");
  connect();
  properties_ = ask();
  thread_ = start_thread([this] { run(); });
}

NbdConnection::~NbdConnection() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

Error NbdConnection::failure(const std::string& doing) const {
  std::string cause = fmt::format("{}: {}", doing, libnbd_text());
  const std::string why = context_.why_gone ? context_.why_gone() : "";
  return {Exit::failed, context_.name, why.empty() ? cause : why,
          why.empty() ? "check that the server runs and offers this export" : ""};
}

void NbdConnection::connect() {
  nbd_handle* h = handle_.get();
  const NbdServer& server = context_.server;
  nbd_set_export_name(h, server.name.c_str());
  nbd_add_meta_context(h, LIBNBD_CONTEXT_BASE_ALLOCATION);
  const int started = server.socket.empty() ? nbd_aio_connect_tcp(h, server.host.c_str(), server.port.c_str())
                                            : nbd_aio_connect_unix(h, server.socket.c_str());
  if (started != 0) throw failure("cannot connect");
  const auto end = Clock::now() + context_.connect_timeout;
  while (nbd_aio_is_ready(h) == 0) {
    Interrupt::check(context_.name.c_str());
    if (!alive() || !turn(milliseconds(200))) throw failure("cannot connect");
    if (Clock::now() > end)
      throw Error(
          Exit::failed, context_.name,
          fmt::format("the NBD server did not answer for {} s",
                      std::chrono::duration_cast<std::chrono::seconds>(context_.connect_timeout).count()),
          "it may serve another client, and only one at a time");
  }
}

NbdConnection::Properties NbdConnection::ask() const {
  nbd_handle* h = handle_.get();
  const auto said = [&](int type) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, nbd_get_block_size(h, type)));
  };
  Properties p;
  const std::int64_t size = nbd_get_size(h);
  if (size < 0) throw failure("cannot get the size");
  p.size = static_cast<std::uint64_t>(size);
  p.min_block = said(LIBNBD_SIZE_MINIMUM);
  p.preferred_block = said(LIBNBD_SIZE_PREFERRED);
  p.max_transfer = said(LIBNBD_SIZE_MAXIMUM);
  p.read_only = nbd_is_read_only(h) > 0;
  p.can_flush = nbd_can_flush(h) > 0;
  p.can_zero = nbd_can_zero(h) > 0;
  p.multi_conn = nbd_can_multi_conn(h) > 0;
  p.can_answer_whole = nbd_can_df(h) > 0;
  p.can_status = nbd_can_meta_context(h, LIBNBD_CONTEXT_BASE_ALLOCATION) > 0;
  return p;
}

void NbdConnection::submit(NbdRequest request) {
  std::unique_lock lock(mutex_);
  if (ended_) {
    const Error ended = *ended_;
    lock.unlock();
    return request.done(&ended);
  }
  ++pending_;
  queue_.push_back(std::move(request));
  lock.unlock();
  eventfd_write(wake_.get(), 1);
}

void NbdConnection::cancel() {
  {
    const std::scoped_lock lock(mutex_);
    cancelled_ = true;
  }
  eventfd_write(wake_.get(), 1);
}

bool NbdConnection::alive() const {
  return nbd_aio_is_dead(handle_.get()) == 0 && nbd_aio_is_closed(handle_.get()) == 0;
}

Error NbdConnection::gone() const {
  const std::string why = context_.why_gone ? context_.why_gone() : "";
  return {Exit::failed, context_.name,
          "the connection to the NBD server was lost" + (why.empty() ? "" : ": " + why),
          why.empty() ? "check the server and the network, then start again" : ""};
}

void NbdConnection::run() {
  progress_ = Clock::now();
  while (true) {
    bool quit = false, cancelled = false;
    {
      const std::scoped_lock lock(mutex_);
      quit = quit_ && queue_.empty() && in_flight_.empty();
      cancelled = cancelled_;
    }
    if (cancelled) return end(Error(Exit::interrupted, context_.name, "interrupted"));
    if (quit) return goodbye();
    start_queued();
    if (handle_ && alive()) turn(milliseconds(500));
    // libnbd has answered all requests with ENOTCONN, which says less than gone() does.
    if (!alive()) return end(gone());
    complete();
    watch();
    const std::scoped_lock lock(mutex_);
    if (ended_) return;
  }
}

void NbdConnection::start_queued() {
  while (in_flight_.size() < kInFlight) {
    NbdRequest request;
    {
      const std::scoped_lock lock(mutex_);
      if (queue_.empty()) return;
      request = std::move(queue_.front());
      queue_.pop_front();
    }
    if (in_flight_.empty()) progress_ = Clock::now();
    const std::uint64_t id = ids_++;
    const auto& placed = in_flight_.emplace(id, std::move(request)).first->second;
    if (!start(id, placed) && alive())
      answered_.emplace_back(id, nbd_get_errno() != 0 ? nbd_get_errno() : EIO);
  }
}

bool NbdConnection::start(std::uint64_t id, const NbdRequest& request) {
  nbd_handle* h = handle_.get();
  auto ticket = std::make_unique<Ticket>(Ticket{*this, id});
  // libnbd releases the ticket in any case, also if the call fails.
  const nbd_completion_callback done = {Ticket::answered, ticket.get(), Ticket::release};
  [[maybe_unused]] const Ticket* given = ticket.release();
  switch (request.op) {
    case NbdRequest::Op::read:
      // Only the structured read accepts the flag; its callback has nothing to do, the buffer is enough.
      if (context_.whole_answers && properties_.can_answer_whole)
        return nbd_aio_pread_structured(
                   h, request.into, request.length, request.offset,
                   {[](void*, const void*, std::size_t, std::uint64_t, unsigned, int*) { return 0; }, nullptr,
                    nullptr},
                   done, LIBNBD_CMD_FLAG_DF) >= 0;
      return nbd_aio_pread(h, request.into, request.length, request.offset, done, 0) >= 0;
    case NbdRequest::Op::write:
      return nbd_aio_pwrite(h, request.from, request.length, request.offset, done, 0) >= 0;
    case NbdRequest::Op::zero:
      return nbd_aio_zero(h, request.length, request.offset, done, 0) >= 0;
    case NbdRequest::Op::zero_allocated:
      return nbd_aio_zero(h, request.length, request.offset, done, LIBNBD_CMD_FLAG_NO_HOLE) >= 0;
    case NbdRequest::Op::flush:
      return nbd_aio_flush(h, done, 0) >= 0;
    case NbdRequest::Op::status:
      // The ticket lives until the command is retired, and its extents come before that.
      return nbd_aio_block_status(h, request.length, request.offset,
                                  {Ticket::extents, done.user_data, nullptr}, done, 0) >= 0;
  }
  return false;
}

bool NbdConnection::turn(milliseconds timeout) {
  nbd_handle* h = handle_.get();
  const unsigned direction = nbd_aio_get_direction(h);
  pollfd fds[2] = {{nbd_aio_get_fd(h), 0, 0}, {wake_.get(), POLLIN, 0}};
  if ((direction & LIBNBD_AIO_DIRECTION_READ) != 0) fds[0].events |= POLLIN;
  if ((direction & LIBNBD_AIO_DIRECTION_WRITE) != 0) fds[0].events |= POLLOUT;
  if (poll(fds, 2, static_cast<int>(timeout.count())) <= 0) return true;
  if (fds[1].revents != 0) {
    eventfd_t ignored = 0;
    eventfd_read(wake_.get(), &ignored);
  }
  const int events = fds[0].revents;
  if (events == 0) return true;
  progress_ = Clock::now();
  if ((direction & LIBNBD_AIO_DIRECTION_READ) != 0 && (events & (POLLIN | POLLHUP | POLLERR)) != 0)
    return nbd_aio_notify_read(h) == 0;
  return nbd_aio_notify_write(h) == 0;
}

void NbdConnection::complete() {
  for (const auto& [id, error] : std::exchange(answered_, {})) {
    auto node = in_flight_.extract(id);
    if (node.empty()) continue;
    NbdRequest request = std::move(node.mapped());
    progress_ = Clock::now();
    --pending_;
    if (error == 0) {
      request.done(nullptr);
      continue;
    }
    const Error failed(Exit::failed, context_.name,
                       fmt::format("{} failed: {}", describe(request), errno_text(error)),
                       error == ENOSPC ? Hint("make room where the server keeps the disk") : context_.advice);
    request.done(&failed);
  }
}

void NbdConnection::watch() {
  if (in_flight_.empty()) return;
  const auto now = Clock::now();
  const auto quiet = now - progress_;
  const bool flushes = std::all_of(in_flight_.begin(), in_flight_.end(), [](const auto& entry) {
    return entry.second.op == NbdRequest::Op::flush;
  });
  const milliseconds timeout = flushes ? context_.flush_timeout : context_.timeout;
  const bool hopeless = quiet >= timeout;
  const bool repeated = reported_ > progress_ && now - reported_ < std::chrono::seconds(30);
  if (quiet < context_.silence || (repeated && !hopeless)) return;
  reported_ = now;
  const auto in_seconds = [](auto time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
  };
  std::string text = fmt::format("no progress for {} s: the NBD server does not answer; pending: {}",
                                 in_seconds(quiet), describe(in_flight_.begin()->second));
  if (in_flight_.size() > 1) text += fmt::format(" and {} more", in_flight_.size() - 1);
  if (hopeless)
    return end(
        Error(Exit::failed, context_.name, text, "check the server and the network, then start again"));
  log::warning("{}: {}; waiting up to {} s", context_.name, text, in_seconds(timeout));
}

void NbdConnection::end(const Error& error) {
  // First: libnbd must not use buffers after their requests complete.
  handle_.reset();
  std::deque<NbdRequest> queued;
  {
    const std::scoped_lock lock(mutex_);
    ended_ = error;
    queued.swap(queue_);
  }
  for (auto& [id, request] : std::exchange(in_flight_, {})) {
    --pending_;
    request.done(&error);
  }
  for (NbdRequest& request : queued) {
    --pending_;
    request.done(&error);
  }
}

void NbdConnection::goodbye() {
  nbd_aio_disconnect(handle_.get(), 0);
  const auto end = Clock::now() + std::chrono::seconds(2);
  while (alive() && Clock::now() < end)
    if (!turn(milliseconds(100))) break;
}

}  // namespace san
