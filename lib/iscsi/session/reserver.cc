// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/reserver.h"

#include <fmt/core.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "core/hint_id.h"
#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "iscsi/connection/lost_session.h"
#include "iscsi/scsi/reservations.h"

namespace san::iscsi {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Write exclusive, registrants only: every host may read, and every session of this run may write.
constexpr std::uint8_t kType = 5;

constexpr std::uint16_t kReserveInLength = 4096;
constexpr SendPolicy kPolicy{milliseconds(5'000)};

/// Returns the answer to PERSISTENT RESERVE IN; nothing if the target refuses it.
std::optional<std::vector<std::byte>> reserve_in(ScsiTransport& session, ReserveIn action,
                                                 const std::string& name) {
  constexpr const char* kCommand = "PERSISTENT RESERVE IN";
  ScsiReply reply =
      receive(session, kCommand, persistent_reserve_in(action, kReserveInLength), kReserveInLength, kPolicy);
  throw_unanswered(name, reply.answer, kCommand);
  if (!reply.done()) return std::nullopt;
  return std::move(reply.bytes);
}

}  // namespace

/// State of the target's reservations.
struct Reserver::State {
  bool known = false;  ///< false if the target does not support them
  std::uint32_t generation = 0;
  std::vector<std::uint64_t> keys;
  std::optional<Reservation> held;

  bool has(std::uint64_t key) const { return std::find(keys.begin(), keys.end(), key) != keys.end(); }
};

Reserver::Reserver(std::string name, ReserveOptions options)
    : name_(std::move(name)),
      options_(std::move(options)),
      beat_parameters_(reserve_parameters(options_.key, options_.key)) {}

Reserver::State Reserver::read(ScsiTransport& session) const {
  State state;
  const auto keys = reserve_in(session, ReserveIn::read_keys, name_);
  const auto parsed = keys ? parse_reservation_keys(*keys) : std::nullopt;
  if (!parsed) return state;
  const auto held = reserve_in(session, ReserveIn::read_reservation, name_);
  const auto reservations = held ? parse_reservation(*held) : std::nullopt;
  if (!reservations) return state;
  state.known = true;
  state.generation = parsed->generation;
  state.keys = parsed->keys;
  if (!reservations->empty()) state.held = reservations->front();
  return state;
}

Answer Reserver::send(ScsiTransport& session, ReserveOut action, std::uint64_t key,
                      std::uint64_t other) const {
  auto parameters = reserve_parameters(key, other);
  return session.send("PERSISTENT RESERVE OUT", persistent_reserve_out(action, kType), Direction::out,
                      parameters, kPolicy);
}

bool Reserver::done(ScsiTransport& session, ReserveOut action, std::uint64_t key, std::uint64_t other) const {
  const Answer answer = send(session, action, key, other);
  throw_unanswered(name_, answer, "PERSISTENT RESERVE OUT");
  return judge(answer) == Action::done;
}

void Reserver::do_without(const std::string& why) const {
  if (options_.mode == ReserveMode::require)
    throw Error(Exit::refused, name_, "cannot be reserved: " + why,
                Hint(HintId::reserve_if_possible, "go without the reservation"));
  log::info("{}: not reserved: {}", name_, why);
}

bool Reserver::strangers(const State& state) const {
  if (state.held && options_.owner(state.held->key).kind == KeyOwner::Kind::stranger)
    throw Error(Exit::refused, name_,
                fmt::format("another host has reserved it ({})", reservation_type_name(state.held->type)),
                "release the reservation on that host first");
  return std::any_of(state.keys.begin(), state.keys.end(), [this](std::uint64_t key) {
    return options_.owner(key).kind == KeyOwner::Kind::stranger;
  });
}

void Reserver::refuse_other(std::uint64_t key) const {
  throw Error(Exit::refused, name_,
              fmt::format("another clone is being written to it, by {}, which has reserved it",
                          options_.owner(key).name),
              "wait until it ends, or stop it; then clone again, because it may have written here");
}

std::vector<std::uint64_t> Reserver::dead_keys(ScsiTransport& session, const State& state) const {
  std::vector<std::uint64_t> keys = state.keys;
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::erase(keys, options_.key);
  const auto unknown = [&] {
    return std::find_if(keys.begin(), keys.end(), [this](std::uint64_t key) {
      return options_.owner(key).kind == KeyOwner::Kind::unknown;
    });
  };
  auto one = unknown();
  if (one == keys.end()) return keys;
  log::info("{}: reserved by {}; watching for {} s whether it is still active", name_,
            options_.owner(*one).name, options_.dead.count() / 1000);
  const auto until = Clock::now() + options_.dead;
  // A run that was killed a moment ago becomes `dead` during the wait.
  for (; one != keys.end() && Clock::now() < until; one = unknown()) {
    Interrupt::check("");
    std::this_thread::sleep_for(std::min(milliseconds(100), options_.dead));
    const State now = read(session);
    if (now.generation != state.generation || now.keys != state.keys) refuse_other(*one);
  }
  return keys;
}

void Reserver::take(ScsiTransport& session) {
  if (options_.mode == ReserveMode::never) return;
  State state = read(session);
  if (!state.known) return do_without("the target does not know persistent reservations");
  if (strangers(state)) return do_without("another host has registered a key with it");
  // The key is that of another LunDevice of this process, unless a lost session of this object has left it.
  const bool again = begun_;
  if (state.has(options_.key) && !again) {
    if (!done(session, ReserveOut::register_ignoring, 0, options_.key)) return;
    const std::scoped_lock lock(mutex_);
    held_ = Held::shared;
    return;
  }
  const auto dead = dead_keys(session, state);
  begun_ = true;
  if (!done(session, ReserveOut::register_ignoring, 0, options_.key))
    return do_without("the target does not register a key");
  // The run that preempts the holder gets its reservation.
  for (const std::uint64_t key : dead) done(session, ReserveOut::preempt, options_.key, key);
  const bool reserved = done(session, ReserveOut::reserve, options_.key, 0);
  state = read(session);
  // A target may treat the lost session as another holder than this one, with the same key.
  if ((reserved || again) && state.held && state.held->key == options_.key) {
    const std::scoped_lock lock(mutex_);
    held_ = Held::yes;
    beaten_ = Clock::now();
    log::info("{}: reserved (write exclusive, registrants only), key {:016x}", name_, options_.key);
    return;
  }
  send(session, ReserveOut::register_key, options_.key, 0);
  // Of two runs that begin at once the target accepts one.
  if (state.held && state.held->key != options_.key) refuse_other(state.held->key);
  do_without("the target does not carry out the commands");
}

void Reserver::join(ScsiTransport& session) {
  {
    const std::scoped_lock lock(mutex_);
    if (held_ == Held::no) return;
  }
  const State state = read(session);
  const bool others = std::any_of(state.keys.begin(), state.keys.end(),
                                  [this](std::uint64_t key) { return key != options_.key; });
  if (!state.known || (others && !state.has(options_.key))) return;
  if (!done(session, ReserveOut::register_ignoring, 0, options_.key)) return;
  // A target that restarted has lost it.
  if (!state.held && !done(session, ReserveOut::reserve, options_.key, 0))
    log::info("{}: the reservation is lost", name_);
}

bool Reserver::holds() const {
  const std::scoped_lock lock(mutex_);
  return held_ == Held::yes;
}

void Reserver::leave(ScsiTransport& session) {
  Held held = Held::no;
  {
    const std::scoped_lock lock(mutex_);
    held = held_;
    if (held == Held::yes) held_ = Held::no;
  }
  if (held == Held::no) return;
  try {
    if (held == Held::yes) {
      // Lost sessions stay registered, and one of them may be the holder.
      send(session, ReserveOut::register_ignoring, 0, options_.key);
      send(session, ReserveOut::preempt, options_.key, options_.key);
    }
    send(session, ReserveOut::register_key, options_.key, 0);
  } catch (const Error& error) {
    log::info("{}", error.what());
  }
}

std::unique_ptr<Request> Reserver::beat() {
  const std::scoped_lock lock(mutex_);
  const auto now = Clock::now();
  if (held_ != Held::yes || now - beaten_ < options_.beat) return nullptr;
  beaten_ = now;
  auto request = std::make_unique<Request>();
  request->verb = "renewal of the reservation";
  // Not the action that ignores existing keys: a preempted run must not register again.
  request->cdb = persistent_reserve_out(ReserveOut::register_key, 0);
  request->direction = Direction::out;
  request->data = beat_parameters_;
  request->slow = true;  // it may have to wait for a flush, and must not take that its time
  request->done = [](const Answer&, const Error*) {};
  return request;
}

}  // namespace san::iscsi
