// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "iscsi/connection/connection.h"
#include "iscsi/session/request_queue.h"

namespace san::iscsi {

/// Whether a LUN that is written to is reserved meanwhile.
enum class ReserveMode {
  never,      ///< no command about reservations is sent
  automatic,  ///< where the target can, and nobody else has registered a key
  require,    ///< or it is not written to
};

/// Who registered a key with a LUN.
struct KeyOwner {
  enum class Kind {
    stranger,  ///< somebody with other software
    own,       ///< this run
    dead,      ///< a run of this software that is over
    unknown,   ///< one that may live
  };
  Kind kind = Kind::stranger;
  std::string name;  ///< for messages: "process 4711 on this machine"; empty for strangers
};

struct ReserveOptions {
  ReserveMode mode = ReserveMode::never;
  std::uint64_t key = 0;                         ///< of this run; not 0
  std::function<KeyOwner(std::uint64_t)> owner;  ///< of a key
  std::chrono::milliseconds beat{1000};          ///< between two signs of life
  std::chrono::milliseconds dead{5000};          ///< a run that gave no sign for so long is over
};

/// Keeps everybody else from writing to a LUN: a persistent reservation of the type "write exclusive,
/// registrants only" (SPC-4, 5.12), with which each session of this run is registered.
///
/// Such a reservation outlives the run that took it, if that is killed, and its target if that restarts. So
/// that nobody is locked out by it, a run registers its key anew every second, by which the target's
/// PRgeneration grows (SPC-4, 6.15.2): of a run that is over it does not grow, and the next run preempts it.
///
/// Thread-safe.
class Reserver {
 public:
  /// Sends one command of a session and waits for its answer.
  using Execute = std::function<Answer(const Cdb&, Direction, std::span<std::byte>)>;

  /// `name` is that of the LUN, for messages.
  Reserver(std::string name, ReserveOptions options);

  /// Reserves the LUN by the options, through the first session. Throws Error(refused) where another run
  /// writes to it, another host has reserved it, or it has to be reserved and cannot be; Error(failed) where
  /// the target does not answer; Error(interrupted). ConnectionLost: called again with another session it
  /// goes on from what the target then says.
  void take(const Execute& execute);
  /// Registers another session, or one in place of a lost one. Where the reservation has gone to somebody
  /// else meanwhile it does nothing: what the session writes is refused by the target then. Throws
  /// Error(failed) where the target does not answer.
  void join(const Execute& execute);
  /// A session ends, or one was made to give the reservation back; with the first one the reservation ends.
  /// Throws nothing.
  void leave(const Execute& execute);
  /// Whether there is something to give back.
  bool holds() const;
  /// The next sign of life; null where none is due.
  std::unique_ptr<Request> beat();

 private:
  enum class Held {
    no,
    yes,
    shared,  ///< registered only: another LunDevice of this process has taken it
  };
  struct State;

  State read(const Execute& execute) const;
  Answer send(const Execute& execute, std::uint8_t action, std::uint64_t key, std::uint64_t other) const;
  /// As above; throws Error(failed) where there is no answer, ConnectionLost where there is no session.
  bool done(const Execute& execute, std::uint8_t action, std::uint64_t key, std::uint64_t other) const;
  /// Why the LUN is not reserved: an error where it has to be.
  void do_without(const std::string& why) const;
  /// Looks, as long as that takes, whether the runs that registered keys live, and refuses if one does.
  /// Returns their keys.
  std::vector<std::uint64_t> dead_keys(const Execute& execute, const State& state) const;
  /// Throws Error(refused) where a stranger has reserved the LUN. Tells whether one has registered a key.
  bool strangers(const State& state) const;
  [[noreturn]] void refuse_other(std::uint64_t key) const;

  const std::string name_;
  const ReserveOptions options_;
  mutable std::mutex mutex_;
  Held held_ = Held::no;
  bool begun_ = false;  ///< take() has told the target something
  std::chrono::steady_clock::time_point beaten_;
  std::array<std::byte, 24> beat_parameters_;
};

/// Commands of a reservation, through that connection.
Reserver::Execute executes(Connection& connection);

}  // namespace san::iscsi
