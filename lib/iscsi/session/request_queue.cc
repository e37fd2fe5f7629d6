// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/request_queue.h"

#include <fmt/core.h>

#include <algorithm>

#include "block/device.h"
#include "core/process/log.h"
#include "core/units.h"

namespace san::iscsi {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// Interval at which a lasting stall is reported again.
constexpr seconds kReportAgain{15};

}  // namespace

void RequestQueue::push(std::unique_ptr<Request> request) {
  std::unique_lock lock(mutex_);
  if (failure_) {
    const Error failure = *failure_;
    lock.unlock();
    request->done({}, &failure);
    return;
  }
  const auto now = clock_.now();
  if (pending_.empty()) progress_ = oldest_ = now;
  request->number = next_number_++;
  pending_.emplace(request->number,
                   Pending{request->verb, request->offset, request->length, request->slow, now});
  ready_.push_back(std::move(request));
  lock.unlock();
  if (wake_) wake_();
}

std::unique_ptr<Request> RequestQueue::pop() {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.now();
  const auto due =
      std::find_if(delayed_.begin(), delayed_.end(), [&](const auto& r) { return r->not_before <= now; });
  std::unique_ptr<Request> request;
  if (due != delayed_.end()) {
    request = std::move(*due);
    delayed_.erase(due);
  } else if (!ready_.empty()) {
    request = std::move(ready_.front());
    ready_.pop_front();
  }
  return request;
}

void RequestQueue::requeue(std::unique_ptr<Request> request, std::string refusal) {
  std::unique_lock lock(mutex_);
  if (failure_) {
    const Error failure = *failure_;
    lock.unlock();
    end(std::move(request), {}, &failure);
    return;
  }
  refusal_ = std::move(refusal);
  delayed_.push_back(std::move(request));
  lock.unlock();
  if (wake_) wake_();
}

void RequestQueue::finish(std::unique_ptr<Request> request, const Answer& answer) {
  transferred_ += request->data.size();
  end(std::move(request), answer, nullptr);
}

void RequestQueue::end(std::unique_ptr<Request> request, const Answer& answer, const Error* gave_up) {
  {
    const std::scoped_lock lock(mutex_);
    const auto entry = pending_.find(request->number);
    if (entry == pending_.begin()) oldest_ = clock_.now();
    pending_.erase(entry);
    progress_ = clock_.now();
    refusal_.clear();
  }
  request->done(answer, gave_up);
}

void RequestQueue::fail(const Error& error) {
  std::vector<std::unique_ptr<Request>> queued;
  {
    const std::scoped_lock lock(mutex_);
    if (failure_) return;
    failure_ = error;
    queued = std::move(delayed_);
    delayed_.clear();
    for (auto& request : ready_) queued.push_back(std::move(request));
    ready_.clear();
  }
  for (auto& request : queued) end(std::move(request), {}, &error);
}

void RequestQueue::stop() {
  fail(Error(Exit::interrupted, url_, "closed before the request was done"));
}

bool RequestQueue::stopped() const {
  const std::scoped_lock lock(mutex_);
  return failure_.has_value();
}

bool RequestQueue::idle() const {
  const std::scoped_lock lock(mutex_);
  return pending_.empty();
}

bool RequestQueue::waiting() const {
  const std::scoped_lock lock(mutex_);
  return !ready_.empty();
}

milliseconds RequestQueue::due_in(milliseconds limit) const {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.now();
  for (const auto& request : delayed_)
    limit = std::min(limit, std::max(milliseconds(0), duration_cast<milliseconds>(request->not_before - now) +
                                                          milliseconds(1)));
  return limit;
}

milliseconds RequestQueue::silence() const {
  const std::scoped_lock lock(mutex_);
  return pending_.empty() ? milliseconds(0) : duration_cast<milliseconds>(clock_.now() - progress_);
}

milliseconds RequestQueue::timeout() const {
  const std::scoped_lock lock(mutex_);
  return timeout_locked();
}

milliseconds RequestQueue::timeout_locked() const {
  return prompt_since_locked() ? timing_.timeout : 2 * timing_.timeout;
}

std::optional<RequestQueue::Clock::time_point> RequestQueue::prompt_since() const {
  const std::scoped_lock lock(mutex_);
  return prompt_since_locked();
}

std::optional<RequestQueue::Clock::time_point> RequestQueue::prompt_since_locked() const {
  const auto prompt =
      std::find_if(pending_.begin(), pending_.end(), [](const auto& p) { return !p.second.slow; });
  return prompt == pending_.end() ? std::nullopt : std::optional(prompt->second.added);
}

std::string RequestQueue::pending_text() const {
  const Pending& first = pending_.begin()->second;
  std::string text = first.length > 0
                         ? fmt::format("{} of {}", first.verb, format_range(first.offset, first.length))
                         : std::string(first.verb);
  if (pending_.size() > 1) text += fmt::format(" and {} more", pending_.size() - 1);
  return text;
}

void RequestQueue::watch(const std::string& state) {
  const auto in_seconds = [](Clock::duration time) { return duration_cast<seconds>(time).count(); };
  std::string text;
  bool hopeless = false;
  milliseconds timeout{0};
  {
    const std::scoped_lock lock(mutex_);
    if (failure_ || pending_.empty()) return;
    const auto now = clock_.now();
    const auto quiet = now - progress_, stuck = now - oldest_;
    const bool slow = pending_.begin()->second.slow;
    timeout = timeout_locked();
    const auto prompt = prompt_since_locked();
    // A request that comes late in a long flush does not shorten it, and has its own time. And other requests
    // may be answered for ever while one is not.
    hopeless = quiet >= 2 * timing_.timeout ||
               (prompt && now - std::max(progress_, *prompt) >= timing_.timeout) ||
               stuck >= (slow ? 2 : 1) * timing_.timeout;
    const bool repeated = reported_ > progress_ && now - reported_ < kReportAgain;
    if (!hopeless && (quiet < timing_.silence || repeated)) return;
    reported_ = now;
    text = fmt::format("no progress for {} s: {}; pending: {}", in_seconds(hopeless ? stuck : quiet),
                       refusal_.empty() ? state : refusal_, pending_text());
  }
  if (hopeless)
    fail(Error(Exit::failed, url_, text, "check the target and the network, then start again"));
  else
    log::warning("{}: {}; waiting up to {} s", url_, text, in_seconds(timeout));
}

}  // namespace san::iscsi
