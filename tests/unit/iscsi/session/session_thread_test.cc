// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/session_thread.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "scripted_target.h"

using namespace san;
using namespace san::iscsi;
using namespace std::chrono_literals;

namespace {

/// Waits until `event` is written to, far longer than any wake-up takes. Returns false if it never was.
bool woken_by(int event) {
  pollfd one = {event, POLLIN, 0};
  return poll(&one, 1, 20'000) == 1 && take_event(event);
}

/// A target that answers at once. Who waits for it waits for a request: nobody looks at the queue by himself.
class PromptChannel final : public CommandChannel {
 public:
  explicit PromptChannel(std::atomic<unsigned>& overslept) : overslept_(overslept) {}
  ~PromptChannel() override { CHECK(in_flight_.empty()); }
  PromptChannel(const PromptChannel&) = delete;
  PromptChannel& operator=(const PromptChannel&) = delete;

  using CommandChannel::run;
  void submit(const Command&, Done done) override { in_flight_.push_back(std::move(done)); }
  bool run(Duration, int wake_fd) override {
    if (in_flight_.empty() && !woken_by(wake_fd)) ++overslept_;
    for (const auto& done : std::exchange(in_flight_, {})) done(good());
    return true;
  }
  void ping() override {}
  bool sending() const override { return false; }
  bool window_closed() const override { return false; }
  std::string fault() const override { return {}; }
  SessionClock::TimePoint heard() const override { return std::chrono::steady_clock::now(); }
  bool answered() const override { return true; }
  Answer execute(const Command&, Duration) override { return good(); }
  const std::string& name() const override { return name_; }
  void logout() override {}

 private:
  const std::string name_ = "lun";
  std::atomic<unsigned>& overslept_;
  std::vector<Done> in_flight_;
};

/// Sends one request after another, each when the one before it has been answered.
void ask(RequestQueue& queue, int count) {
  std::mutex mutex;
  std::condition_variable changed;
  int answered = 0;
  for (int i = 0; i < count; ++i) {
    auto one = std::make_unique<Request>();
    one->done = [&](const Answer&, const Error*) {
      const std::scoped_lock lock(mutex);
      ++answered;
      changed.notify_one();
    };
    queue.push(std::move(one));
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return answered > i; });
  }
}

}  // namespace

TEST_CASE("threads: no request waits for a session that sleeps") {
  RequestQueue queue("lun");
  std::atomic<unsigned> overslept{0};
  std::vector<std::unique_ptr<Session>> sessions;
  for (int i = 0; i < 2; ++i) {
    sessions.push_back(
        std::make_unique<Session>(queue, "portal", nullptr, std::make_unique<PromptChannel>(overslept)));
    sessions.back()->limit(1);
  }
  queue.set_wake([&] {
    for (const auto& session : sessions)
      if (session->wake()) return;
  });
  std::vector<std::unique_ptr<SessionThread>> threads;
  for (const auto& session : sessions) threads.push_back(std::make_unique<SessionThread>(*session));
  std::vector<std::thread> askers;
  for (int i = 0; i < 3; ++i) askers.emplace_back([&] { ask(queue, 2000); });
  for (std::thread& asker : askers) asker.join();
  CHECK(queue.idle());
  queue.stop();
  threads.clear();  // wakes those that wait for nothing
  CHECK(overslept == 0);
}

TEST_CASE("threads: a higher limit is noticed by a session that sleeps, and so is the end") {
  RequestQueue queue("lun");
  std::atomic<unsigned> overslept{0};
  Session session(queue, "portal", nullptr, std::make_unique<PromptChannel>(overslept));
  queue.set_wake([&] { session.wake(); });
  auto thread = std::make_unique<SessionThread>(session);
  std::thread asker([&] { ask(queue, 1); });
  session.limit(1);
  asker.join();
  session.limit(0);
  queue.stop();
  thread.reset();
  CHECK(overslept == 0);
}

TEST_CASE("threads: SIGPIPE, which libiscsi may cause, ends no program") {
  RequestQueue queue("lun");
  std::atomic<bool> blocked{false};
  std::atomic<unsigned> overslept{0};
  Session::Hooks hooks;
  hooks.leaving = [&](CommandChannel&) {
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, nullptr, &set);
    blocked = sigismember(&set, SIGPIPE) == 1;
  };
  Session session(queue, "portal", nullptr, std::make_unique<PromptChannel>(overslept), hooks);
  queue.stop();
  { const SessionThread thread(session); }
  CHECK(blocked);
}
