// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/process/log.h"
#include "iscsi/session/session.h"

/// Stands in tests of sessions for the network, the target and the time: all of it does what a test
/// says, when it says so, in the thread of the test.
namespace san::iscsi {

/// Empties an eventfd. Returns true if it had been written to.
inline bool take_event(int event) {
  std::uint64_t value = 0;
  return event >= 0 && ::read(event, &value, sizeof(value)) == sizeof(value);
}

/// A clock that stands still, except while somebody waits by it: then the whole wait passes at once.
class HandClock final : public SessionClock {
 public:
  std::function<void()> at_wait;  ///< called at the beginning of the next wait

  TimePoint now() const override { return TimePoint(std::chrono::nanoseconds(now_)); }
  void wait(int event, std::chrono::milliseconds timeout) const override {
    if (const auto hook = std::exchange(const_cast<HandClock*>(this)->at_wait, nullptr)) hook();
    if (!take_event(event)) turn(timeout);
  }
  void turn(std::chrono::nanoseconds by) const { now_ += by.count(); }

 private:
  // Not 0: that is the time of what has not happened yet.
  mutable std::atomic<std::int64_t> now_{1'000'000'000'000'000};
};

/// Warnings that were logged while it lives.
struct LogTap {
  LogTap() {
    log::set_sink([this](log::Level, std::string_view text) { lines.emplace_back(text); });
  }
  ~LogTap() { log::set_sink({}); }
  LogTap(const LogTap&) = delete;
  LogTap& operator=(const LogTap&) = delete;
  std::vector<std::string> lines;
};

inline Answer answer_of(CommandStatus status) {
  Answer answer;
  answer.status = status;
  return answer;
}
inline Answer good() {
  return answer_of(CommandStatus::good);
}
inline Answer busy() {
  return answer_of(CommandStatus::busy);
}
inline Answer check(SenseKey key, std::uint8_t asc, std::uint8_t ascq = 0) {
  return {CommandStatus::check_condition, {true, key, asc, ascq, false}, 0, 0};
}
inline Answer reset_attention() {
  return check(SenseKey::unit_attention, 0x29);
}

/// One connection, as the test sees it. It stays when the session has destroyed its end of it.
struct Link {
  struct Sent {
    Command command;
    CommandChannel::Done done;
  };

  explicit Link(const HandClock& by) : clock(by), made(by.now()), heard(made) {}

  const HandClock& clock;
  const SessionClock::TimePoint made;
  SessionClock::TimePoint heard;
  std::deque<Sent> in_flight;                ///< in the order in which they were submitted
  std::deque<std::function<void()>> events;  ///< each happens in one run()
  std::function<void()> at_run;              ///< called at the beginning of the next run()
  std::deque<Answer> executed;               ///< answers to execute(); then everything is unknown
  std::set<const std::byte*> held;           ///< buffers of answered commands that may still be sent from
  unsigned submitted = 0, commands = 0, pings = 0;
  bool open = true, lost = false, sending = false, window_closed = false;
  bool answers_pings = true, pinging = false, answered = false, logged_out = false;
  std::string fault;

  /// Lets the target answer the command that is the `index`th in flight then.
  void answer(const Answer& answer, std::size_t index = 0) {
    events.emplace_back([this, answer, index] { answer_now(answer, index); });
  }
  void answer_now(const Answer& answer, std::size_t index = 0) {
    REQUIRE(index < in_flight.size());
    Sent one = std::move(in_flight[index]);
    in_flight.erase(in_flight.begin() + static_cast<std::ptrdiff_t>(index));
    const bool unsent = sending && one.command.direction == Direction::out && !answer.ok();
    if (answer.status == CommandStatus::lost || unsent) held.insert(one.command.data.data());
    if (answer.status != CommandStatus::lost) {
      heard = clock.now();
      answered = true;
    }
    one.done(answer);
  }
  /// Cuts the connection.
  void lose(const std::string& why = {}) {
    events.emplace_back([this, why] { fault = why, lost = true; });
  }
  /// Cuts the connection, and answers all that is in flight as lost while it is still there, as libiscsi
  /// does.
  void lose_and_cancel() {
    events.emplace_back([this] { cancel(); });
  }
  void cancel() {
    lost = true;
    while (!in_flight.empty()) answer_now(answer_of(CommandStatus::lost));
  }
  /// Lets the rest of all data be sent.
  void all_sent() {
    events.emplace_back([this] {
      sending = false;
      held.clear();
    });
  }
  /// Returns true if a buffer may still be read or written by the connection.
  bool uses(const std::byte* buffer) const {
    return open && (held.contains(buffer) || std::any_of(in_flight.begin(), in_flight.end(), [&](auto& sent) {
                      return sent.command.data.data() == buffer;
                    }));
  }
};

/// Connections that do what their Link says.
class ScriptedTarget {
 public:
  explicit ScriptedTarget(const HandClock& clock) : clock_(clock) {}

  std::vector<std::shared_ptr<Link>> links;  ///< one a login that succeeded
  unsigned tried = 0;                        ///< logins
  std::function<void(Link&)> at_login;       ///< prepares a new connection
  /// Called for each login; throws if the target does not accept it.
  std::function<void(const std::function<bool()>& keep_going)> at_try;
  std::function<void(const Command&)> at_submit;

  Link& last() { return *links.back(); }
  /// Returns true if a connection may still use a buffer.
  bool uses(const std::byte* buffer) const {
    return std::any_of(links.begin(), links.end(), [&](const auto& link) { return link->uses(buffer); });
  }
  LogIn log_in() {
    return [this](const std::function<bool()>& keep_going) {
      ++tried;
      if (at_try) at_try(keep_going);
      return connect();
    };
  }
  std::unique_ptr<CommandChannel> connect() {
    links.push_back(std::make_shared<Link>(clock_));
    if (at_login) at_login(last());
    return std::make_unique<Channel>(*this, links.back());
  }

 private:
  class Channel final : public CommandChannel {
   public:
    Channel(ScriptedTarget& target, std::shared_ptr<Link> link) : target_(target), link_(std::move(link)) {}
    ~Channel() override {
      link_->cancel();
      link_->open = false;
    }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    using CommandChannel::run;
    void submit(const Command& command, Done done) override {
      CHECK_FALSE(target_.uses(command.data.data()));
      if (target_.at_submit) target_.at_submit(command);
      ++link_->submitted;
      link_->in_flight.push_back({command, std::move(done)});
    }
    bool run(Duration timeout, int wake_fd) override {
      CHECK_FALSE(link_->lost);
      if (const auto hook = std::exchange(link_->at_run, nullptr)) hook();
      const bool woken = take_event(wake_fd);
      if (!link_->events.empty()) {
        const auto event = std::move(link_->events.front());
        link_->events.pop_front();
        event();
      } else if (!woken) {
        link_->clock.turn(timeout);
        if (link_->pinging && link_->answers_pings && !link_->window_closed) {
          link_->pinging = false;
          link_->heard = link_->clock.now();
        }
      }
      return !link_->lost;
    }
    void ping() override {
      if (!link_->pinging) ++link_->pings;
      link_->pinging = true;
    }
    bool sending() const override { return link_->sending; }
    bool window_closed() const override { return link_->window_closed; }
    std::string fault() const override { return link_->fault; }
    SessionClock::TimePoint heard() const override { return link_->heard; }
    bool answered() const override { return link_->answered; }
    Answer execute(const Command&, Duration) override {
      ++link_->commands;
      if (link_->executed.empty()) {
        link_->answered = true;
        return check(SenseKey::illegal_request, 0x20);
      }
      Answer answer = link_->executed.front();
      link_->executed.pop_front();
      link_->answered = link_->answered || answer.answered();
      return answer;
    }
    const std::string& name() const override { return name_; }
    void logout() override { link_->logged_out = true; }

   private:
    ScriptedTarget& target_;
    const std::shared_ptr<Link> link_;
    const std::string name_ = "lun";
  };

  const HandClock& clock_;
};

/// Records the end of a request.
struct Ended {
  int times = 0;
  Answer answer;
  std::string gave_up;
  std::array<std::byte, 8> data{};  ///< its buffer
  bool ok() const { return times == 1 && gave_up.empty() && answer.ok(); }
};

/// Sessions of one LUN at a scripted target. That no buffer is given back or sent again while a connection
/// may use it is checked throughout.
class SessionBench {
 public:
  explicit SessionBench(const Timing& timing = {}) : queue("lun", timing, clock) {
    queue.set_wake([this] {
      for (const auto& one : sessions)
        if (one->wake()) return;
    });
  }
  ~SessionBench() { queue.stop(); }
  SessionBench(const SessionBench&) = delete;
  SessionBench& operator=(const SessionBench&) = delete;

  LogTap log;
  HandClock clock;
  ScriptedTarget target{clock};
  std::deque<Ended> ended;  ///< of all requests
  RequestQueue queue;
  std::vector<std::unique_ptr<Session>> sessions;

  Session& add(Session::Hooks hooks = {}, unsigned limit = 16,
               std::unique_ptr<CommandChannel> connection = nullptr) {
    sessions.push_back(
        std::make_unique<Session>(queue, "portal", target.log_in(), std::move(connection), std::move(hooks)));
    sessions.back()->limit(limit);
    return *sessions.back();
  }
  Ended& push(const char* verb, Direction direction, bool slow = false) {
    Ended& end = ended.emplace_back();
    auto one = std::make_unique<Request>();
    one->verb = verb;
    one->direction = direction;
    one->data = end.data;
    one->slow = slow;
    one->done = [this, &end](const Answer& answer, const Error* gave_up) {
      CHECK_FALSE(target.uses(end.data.data()));
      ++end.times;
      end.answer = answer;
      if (gave_up != nullptr) end.gave_up = gave_up->what();
    };
    queue.push(std::move(one));
    return end;
  }
  Ended& write() { return push("write", Direction::out); }
  Ended& read() { return push("read", Direction::in); }
  Ended& flush() { return push("flush", Direction::none, true); }
  void writes(unsigned count) {
    for (unsigned i = 0; i < count; ++i) write();
  }
  bool step(std::size_t session = 0, unsigned times = 1) {
    bool going = true;
    for (unsigned i = 0; i < times; ++i) going = sessions[session]->step();
    return going;
  }
  /// Drives a session for at least so long.
  void run_for(std::chrono::milliseconds time, std::size_t session = 0) {
    for (const auto end = clock.now() + time; clock.now() < end && step(session);) {
    }
  }
  Link& link() { return target.last(); }
  /// Returns the milliseconds since `begin`.
  std::int64_t since(SessionClock::TimePoint begin) const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - begin).count();
  }
};

}  // namespace san::iscsi
