// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/service_watch.h"

#include <fmt/core.h>

#include <cstdlib>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/process/interrupt.h"
#include "core/process/log.h"

namespace san::iscsi {
namespace {

using std::chrono::milliseconds;
using Clock = ServiceWatch::Clock;

/// One thread that uses libiscsi.
struct Slot {
  std::atomic<Clock::rep> since{0};  ///< begin of its call; 0 if it is not in one
  std::atomic<const std::string*> name{nullptr};
};

/// Never destroyed: the watching thread lives as long as the process.
struct Registry {
  std::mutex mutex;
  std::list<Slot> slots;
  bool watched = false;
  std::atomic<milliseconds> timeout{ServiceWatch::kTimeout};
  std::atomic<ServiceWatch::LastWords> words{nullptr};
};

Registry& registry() {
  static auto* const one = new Registry;
  return *one;
}

Clock::rep now() {
  return Clock::now().time_since_epoch().count();
}

void say(const Error& error) {
  if (const ServiceWatch::LastWords words = registry().words) words(error);
  log::message(log::Level::error, error.what());
}

[[noreturn]] void end(const Error& error) {
  static std::atomic<bool> said{false};
  try {
    std::thread([error] {
      say(error);
      said = true;
    }).detach();
    const auto until = Clock::now() + ServiceWatch::kWords;
    while (!said && Clock::now() < until) std::this_thread::sleep_for(milliseconds(10));
  } catch (const std::system_error&) {
    say(error);
  }
  std::_Exit(static_cast<int>(error.code()));
}

void look(const Slot& slot) {
  const Clock::rep since = slot.since;
  if (since == 0) return;
  const auto lasted = Clock::duration(now() - since);
  const bool interrupted = Interrupt::requested() && lasted >= ServiceWatch::kInterrupted;
  if (!interrupted && lasted < registry().timeout.load()) return;
  const std::string* name = slot.name;
  const auto cause = fmt::format("libiscsi has not returned for {} s",
                                 std::chrono::duration_cast<std::chrono::seconds>(lasted).count());
  end(Error(interrupted ? Exit::interrupted : Exit::failed, name != nullptr ? *name : "iSCSI",
            interrupted ? "interrupted; " + cause : cause,
            "check the target and the network, then start again"));
}

void watch() {
  for (;;) {
    std::this_thread::sleep_for(milliseconds(250));
    const std::scoped_lock lock(registry().mutex);
    for (const Slot& slot : registry().slots) look(slot);
  }
}

/// Entry of this thread in the registry.
class ThreadSlot {
 public:
  ThreadSlot() {
    Registry& all = registry();
    const std::scoped_lock lock(all.mutex);
    position_ = all.slots.emplace(all.slots.end());
    if (all.watched) return;
    try {
      std::thread(watch).detach();
      all.watched = true;
    } catch (const std::system_error&) {
      // Without the watchdog only a hang in libiscsi goes unnoticed; the next thread tries to start it again.
    }
  }
  ~ThreadSlot() {
    Registry& all = registry();
    const std::scoped_lock lock(all.mutex);
    all.slots.erase(position_);
  }
  ThreadSlot(const ThreadSlot&) = delete;
  ThreadSlot& operator=(const ThreadSlot&) = delete;
  Slot& slot() { return *position_; }

 private:
  std::list<Slot>::iterator position_;
};

Slot& own_slot() {
  thread_local ThreadSlot own;
  return own.slot();
}

}  // namespace

ServiceWatch::Call::Call(const std::string& name) {
  Slot& slot = own_slot();
  slot.name = &name;
  slot.since = now();
}

ServiceWatch::Call::~Call() {
  own_slot().since = 0;
}

ServiceWatch::Pause::Pause() : inside_(own_slot().since.exchange(0) != 0) {}

ServiceWatch::Pause::~Pause() {
  own_slot().since = inside_ ? now() : 0;
}

void ServiceWatch::set_last_words(LastWords words) {
  registry().words = words;
}

void ServiceWatch::set_timeout(milliseconds timeout) {
  registry().timeout = timeout;
}

}  // namespace san::iscsi
