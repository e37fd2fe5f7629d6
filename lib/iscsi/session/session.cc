// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/session.h"

#include <fmt/core.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/process/log.h"

namespace san::iscsi {
namespace {

using std::chrono::milliseconds;

constexpr const char* kNoAnswer = "no answer";
constexpr milliseconds kTick{250};
/// Pause between failed logins: the first, and the longest.
constexpr milliseconds kFirstPause{100}, kMaxPause{2000};

constexpr unsigned kMaxDepth = 128;
/// A request that takes this long waits behind others: in the target, or before a slow network. More of them
/// in flight gain no speed, but slow down other requests, and make a stall harder to tell from work.
constexpr milliseconds kSlow{1000};
/// Below this there is capacity for more.
constexpr milliseconds kQuick{400};

void notify(const Fd& event) {
  const std::uint64_t one = 1;
  static_cast<void>(::write(event.get(), &one, sizeof(one)) == 0);
}

}  // namespace

Session::Session(RequestQueue& queue, std::string name, LogIn log_in,
                 std::unique_ptr<CommandChannel> connection, Hooks hooks)
    : queue_(queue),
      clock_(queue.clock()),
      timing_(queue.timing()),
      name_(std::move(name)),
      log_in_(std::move(log_in)),
      hooks_(std::move(hooks)),
      depth_(kMaxDepth),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      connection_(std::move(connection)),
      unit_attention_seen_(connection_ != nullptr && connection_->answered()),
      state_(kNoAnswer) {
  if (!wake_fd_) throw system_error(name_, "make an eventfd", errno);
}

Session::~Session() {
  drop({});
}

void Session::limit(unsigned depth) {
  if (limit_.exchange(depth) < depth) notify(wake_fd_);
}

bool Session::wake() {
  if (!waiting_.exchange(false)) return false;
  notify(wake_fd_);
  return true;
}

void Session::interrupt_wait() {
  notify(wake_fd_);
}

bool Session::step() {
  if (queue_.stopped()) return false;
  if (connection_ || connect())
    serve();
  else
    queue_.watch(state_);
  return true;
}

void Session::end() {
  if (connection_ && in_flight_.empty() && deferred_.empty()) {
    if (hooks_.leaving) hooks_.leaving(*connection_);
    connection_->logout();
  }
  drop({});
}

bool Session::connect() {
  // An idle LUN needs no session. The wait is announced before the queue is checked, and not during a pause
  // between logins: another session can then be woken instead.
  const bool rests = limit_ == 0;
  if (backoff_.count() == 0 && !rests) waiting_ = true;
  if (backoff_.count() > 0 || rests || queue_.idle()) clock_.wait(wake_fd_.get(), std::max(kTick, backoff_));
  waiting_ = false;
  if (limit_ == 0 || queue_.idle() || queue_.stopped()) {
    backoff_ = milliseconds(0);
    return false;
  }
  try {
    auto connection = log_in_([this] {
      queue_.watch(state_);
      return !queue_.stopped();
    });
    if (hooks_.joined) hooks_.joined(*connection);
    connection_ = std::move(connection);
    log::info("{}: logged in again", name_);
    state_ = trouble_.empty() ? kNoAnswer : trouble_;
    made_progress_ = false;
    unit_attention_seen_ = connection_->answered();
    return true;
  } catch (const Error& error) {
    if (state_ != error.cause()) log::info("{}", error.what());
    state_ = error.cause();
    back_off();
    if (hooks_.lost) hooks_.lost();
    return false;
  }
}

void Session::back_off() {
  backoff_ = std::clamp(backoff_ * 2, kFirstPause, kMaxPause);
}

void Session::serve() {
  fill();
  // Announce the wait first, then check the queue once more: a request pushed in between must not be missed.
  if (has_capacity()) {
    waiting_ = true;
    fill();
  }
  const bool alive = connection_->run(queue_.due_in(kTick), wake_fd_.get());
  waiting_ = false;
  if (!alive)
    lost();
  else if (!answering())
    drop(kNoAnswer);
  else
    resume_deferred();
  if (hooks_.tick) hooks_.tick();
  queue_.watch(state_);
}

void Session::lost() {
  const std::string fault = connection_->fault();
  if (fault.empty()) return drop("the connection was lost");
  if (trouble_.empty()) log::warning("{}: {}; logging in again", name_, fault);
  // From now on any silence may be a consequence.
  state_ = trouble_ = fault;
  drop(fault);
}

bool Session::answering() {
  if (in_flight_.empty() && deferred_.empty()) return true;
  const auto now = clock_.now();
  // Before the first request in flight nobody asked it for anything.
  const auto quiet = now - std::max(connection_->heard(), last_answer_);
  if (quiet > timing_.ping) connection_->ping();
  // A closed command window also holds the NOP-Out back, so silence is no proof.
  if (quiet > timing_.dead && !connection_->window_closed()) return false;
  // Other requests may be answered for ever while one has been lost.
  if (!in_flight_.empty()) {
    const Request& oldest = *in_flight_.front();
    if (now - oldest.sent >= timing_.lost * (oldest.slow ? 2 : 1)) return false;
  }
  // Repeated requests must get their full time, too, and so must those that came after a slow one.
  const auto prompt = queue_.prompt_since();
  return !prompt || now - std::max(last_answer_, *prompt) < timing_.lost;
}

void Session::fill() {
  while (has_capacity()) {
    auto request = queue_.pop();
    if (!request) return;
    send(std::move(request));
  }
}

void Session::send(std::unique_ptr<Request> request) {
  const Command& command = *request;
  request->sent = clock_.now();
  if (in_flight_.empty()) last_answer_ = request->sent;
  in_flight_.push_back(std::move(request));
  const auto position = std::prev(in_flight_.end());
  connection_->submit(command, [this, position](const Answer& answer) { answered(position, answer); });
}

void Session::answered(Requests::iterator position, const Answer& answer) {
  auto request = std::move(*position);
  in_flight_.erase(position);
  if (answer.status == CommandStatus::lost) {
    deferred_.emplace_back(std::move(request), answer);
    return;
  }
  // POWER ON, RESET, OR BUS DEVICE RESET OCCURRED and similar codes (SPC-4, 5.14) are reported to every new
  // session; later they report a real reset.
  if (answer.status == CommandStatus::check_condition && answer.sense.key == SenseKey::unit_attention &&
      answer.sense.asc == 0x29 && unit_attention_seen_)
    queue_.nexus_lost();
  unit_attention_seen_ = made_progress_ = true;
  backoff_ = milliseconds(0);
  last_answer_ = clock_.now();
  adapt_depth(*request, answer);
  if (request->direction == Direction::out && judge(answer) != Action::done && connection_->sending())
    deferred_.emplace_back(std::move(request), answer);
  else
    settle(std::move(request), answer);
}

void Session::adapt_depth(const Request& request, const Answer& answer) {
  const auto time = last_answer_ - request.sent;
  // Requests sent before the last halving had the old depth, and say nothing about the new one.
  const bool slow = answer.ok() && !request.slow && time > kSlow && request.sent > halved_;
  if (overloaded(answer) || slow) {
    depth_ = std::max(1U, std::min<unsigned>(depth_, limit_) / 2);
    if (slow) halved_ = last_answer_;
    successes_ = 0;
  } else if (answer.ok() && time < kQuick && depth_ < kMaxDepth && ++successes_ >= 8 * depth_) {
    ++depth_;
    successes_ = 0;
  }
}

void Session::settle(std::unique_ptr<Request> request, const Answer& answer) {
  if (answer.status == CommandStatus::lost) {
    // Sent again through the next connection. With the same data for the same blocks it does no harm if the
    // target carried the command out before the connection was lost, or still does.
    request->not_before = {};
    request->first_refusal.reset();
    queue_.requeue(std::move(request));
    return;
  }
  const auto now = clock_.now();
  if (judge(answer) == Action::retry) {
    if (!request->first_refusal) request->first_refusal = now;
    if (now - *request->first_refusal < timing_.refusal) {
      ++request->attempts;
      request->not_before = now + retry_delay(answer, request->attempts);
      queue_.requeue(std::move(request), describe(answer));
      return;
    }
  }
  queue_.finish(std::move(request), answer);
}

void Session::resume_deferred() {
  if (deferred_.empty() || (connection_ && connection_->sending())) return;
  for (auto& [request, answer] : std::exchange(deferred_, {})) settle(std::move(request), answer);
}

void Session::drop(const std::string& why) {
  if (!why.empty() && connection_) {
    // The connection or the whole target may have been lost: after either the next login gets the same UNIT
    // ATTENTION.
    queue_.nexus_lost();
    log::info("{}: {}; logging in again", name_, why);
    // A target that accepts every login and then answers nothing is not contacted at full speed.
    if (!made_progress_ && !queue_.idle()) back_off();
    if (hooks_.lost) hooks_.lost();
  }
  connection_.reset();  // answers everything in flight as lost
  resume_deferred();
}

}  // namespace san::iscsi
