// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/log.h"

namespace san::iscsi {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTick{250};
/// After this much silence the target is asked for a sign of life by NOP-Out…
constexpr seconds kPing{5};
/// …and after this much without any, the session is taken for dead.
constexpr seconds kDead{15};
/// A target that answers NOPs but not its commands for this long has lost them.
constexpr seconds kLost{30};

}  // namespace

Session::Session(RequestQueue& queue, Login login, unsigned depth, std::unique_ptr<Connection> connection)
    : queue_(queue),
      login_(std::move(login)),
      max_depth_(std::max(1U, depth)),
      depth_(max_depth_),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      connection_(std::move(connection)) {
  if (wake_fd_ < 0) throw system_error("session", "make an eventfd", errno);
  login_.keep_going = [this] {
    queue_.watch(state_);
    return !queue_.stopped();
  };
  thread_ = std::thread([this] { run(); });
}

Session::~Session() {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_fd_, &one, sizeof(one)));
  thread_.join();
  ::close(wake_fd_);
}

bool Session::wake() {
  if (!waiting_.exchange(false)) return false;
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_fd_, &one, sizeof(one)));
  return true;
}

void Session::run() {
  while (!queue_.stopped()) {
    if (connection_ || connect())
      serve();
    else
      queue_.watch(state_);
  }
  if (connection_ && in_flight_.empty()) connection_->logout();
  drop({});
}

bool Session::connect() {
  // An idle LUN needs no session; and between attempts there is a pause that grows to 2 s.
  waiting_ = true;
  if (queue_.idle() || backoff_.count() > 0) {
    pollfd one = {wake_fd_, POLLIN, 0};
    poll(&one, 1, static_cast<int>(std::max(kTick, backoff_).count()));
    std::uint64_t ignored = 0;
    static_cast<void>(!::read(wake_fd_, &ignored, sizeof(ignored)));
  }
  waiting_ = false;
  if (queue_.idle() || queue_.stopped()) return false;
  try {
    connection_ = std::make_unique<Connection>(login_);
    log::info("{}: logged in again", to_string(login_.portal));
    backoff_ = milliseconds(0);
    state_ = "no answer";
    depth_ = max_depth_;
    return true;
  } catch (const Error& error) {
    if (state_ != error.cause()) log::info("{}", error.what());
    state_ = error.cause();
    backoff_ = std::clamp(backoff_ * 2, milliseconds(100), milliseconds(2000));
    return false;
  }
}

void Session::serve() {
  fill();
  // Announce the wait first, then look once more: a request pushed in between must not be slept over.
  if (in_flight_.size() < depth_) {
    waiting_ = true;
    fill();
  }
  const bool alive = connection_->run(queue_.due_in(kTick), wake_fd_);
  waiting_ = false;
  if (!alive)
    drop("the connection was lost");
  else if (dropping_)
    drop("a write failed");
  else if (!answering())
    drop("no answer");
  queue_.watch(state_);
}

bool Session::answering() {
  const auto quiet = Clock::now() - connection_->heard();
  if (in_flight_.empty()) return true;
  if (quiet > kPing) connection_->ping();
  if (quiet > kDead) return false;
  return queue_.silence() < kLost * (queue_.patience() / RequestQueue::kPatience);
}

void Session::fill() {
  while (!dropping_ && in_flight_.size() < depth_) {
    auto request = queue_.pop();
    if (!request) return;
    send(std::move(request));
  }
}

void Session::send(std::unique_ptr<Request> request) {
  Command command;
  command.cdb = request->cdb;
  command.direction = request->direction;
  command.data = request->data;
  in_flight_.push_back(std::move(request));
  const auto place = std::prev(in_flight_.end());
  command.done = [this, place](const Answer& answer) { answered(place, answer); };
  connection_->submit(std::move(command));
}

void Session::answered(Requests::iterator place, const Answer& answer) {
  auto request = std::move(*place);
  in_flight_.erase(place);
  if (answer.status == Status::lost) {
    // Sent again through the next connection. The same data for the same blocks: it does no harm if the
    // target carried the command out before it lost us, or still does.
    request->not_before = {};
    queue_.requeue(std::move(request));
    return;
  }
  if (overloaded(answer)) {
    depth_ = std::max(1U, depth_ / 2);
    successes_ = 0;
  } else if (answer.ok() && depth_ < max_depth_ && ++successes_ >= 8 * depth_) {
    ++depth_;
    successes_ = 0;
  }
  const auto now = Clock::now();
  if (judge(answer) == Action::retry) {
    if (!request->first_refusal) request->first_refusal = now;
    if (now - *request->first_refusal < kRetryLimit) {
      ++request->attempts;
      request->not_before = now + retry_delay(answer, request->attempts);
      queue_.requeue(std::move(request));
      return;
    }
  }
  if (request->direction == Direction::out && judge(answer) != Action::done) {
    condemned_.emplace_back(std::move(request), answer);
    dropping_ = true;
    return;
  }
  queue_.finish(std::move(request), answer);
}

void Session::drop(const std::string& why) {
  if (!why.empty() && connection_) log::info("{}: {}; logging in again", to_string(login_.portal), why);
  connection_.reset();  // answers everything in flight as lost, which gives it back to the queue
  dropping_ = false;
  for (auto& [request, answer] : condemned_) queue_.finish(std::move(request), answer);
  condemned_.clear();
}

}  // namespace san::iscsi
