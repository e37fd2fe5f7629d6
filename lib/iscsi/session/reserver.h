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

#include "iscsi/connection/scsi_transport.h"
#include "iscsi/session/request_queue.h"

namespace san::iscsi {

/// Policy for the reservation of a LUN while it is written to.
enum class ReserveMode {
  never,      ///< send no command about reservations
  automatic,  ///< reserve if the target can and no other host has registered a key
  require,    ///< refuse to write if the LUN cannot be reserved
};

/// The owner of a key that is registered with a LUN.
struct KeyOwner {
  enum class Kind {
    stranger,  ///< other software
    own,       ///< this run
    dead,      ///< a run of this software that has ended
    unknown,   ///< a run of this software that may still be alive
  };
  Kind kind = Kind::stranger;
  std::string name;  ///< for messages: "process 4711 on this machine"; empty for strangers
};

struct ReserveOptions {
  ReserveMode mode = ReserveMode::never;
  std::uint64_t key = 0;                         ///< key of this run; not 0
  std::function<KeyOwner(std::uint64_t)> owner;  ///< returns the owner of a key
  std::chrono::milliseconds beat{1000};          ///< interval of the heartbeat
  std::chrono::milliseconds dead{5000};  ///< time without a heartbeat after which a run counts as ended
};

/// Keeps other hosts and runs from writing to a LUN, by a persistent reservation of the type "write
/// exclusive, registrants only" (SPC-4, 5.12), with which each session of this run is registered.
///
/// Such a reservation outlives the run that took it, if that is killed, and its target if that restarts. So
/// that it locks out no later run, the holder registers its key anew every second, which increments the
/// target's PRgeneration (SPC-4, 6.15.2). After the end of a run PRgeneration stands still, and the next run
/// preempts its key.
///
/// Thread-safe.
class Reserver {
 public:
  /// `name` is that of the LUN, for messages.
  Reserver(std::string name, ReserveOptions options);

  /// Reserves the LUN by the options, through the first session. Throws Error(refused) if another run writes
  /// to it, another host has reserved it, or `require` cannot be fulfilled; Error(failed) if the target does
  /// not answer; Error(interrupted); ConnectionLost, after which a call with another session resumes from the
  /// target's state.
  void take(ScsiTransport& session);
  /// Registers another session, or one that replaces a lost one. If another run has taken over the
  /// reservation in the meantime it does nothing: the target then refuses the session's writes. Throws
  /// Error(failed) if the target does not answer.
  void join(ScsiTransport& session);
  /// Unregisters a session that ends, or one that was made to release the reservation; the first call
  /// releases the reservation. Throws nothing.
  void leave(ScsiTransport& session);
  /// Returns true if there is a reservation to release.
  bool holds() const;
  /// Returns the next heartbeat request; null if none is due.
  std::unique_ptr<Request> beat();

 private:
  enum class Held {
    no,
    yes,
    shared,  ///< registered only: another LunDevice of this process holds the reservation
  };
  struct State;

  State read(ScsiTransport& session) const;
  Answer send(ScsiTransport& session, ReserveOut action, std::uint64_t key, std::uint64_t other) const;
  /// Sends a command like send(), and returns true if it succeeded. Throws Error(failed) if there is no
  /// answer, ConnectionLost if the session is lost.
  bool done(ScsiTransport& session, ReserveOut action, std::uint64_t key, std::uint64_t other) const;
  /// Logs why the LUN is not reserved; throws Error(refused) if it must be.
  void do_without(const std::string& why) const;
  /// Watches the registered keys, for ReserveOptions::dead at most, and returns those of ended runs. Throws
  /// Error(refused) if a run that registered one is alive.
  std::vector<std::uint64_t> dead_keys(ScsiTransport& session, const State& state) const;
  /// Throws Error(refused) if a stranger has reserved the LUN. Returns true if one has registered a key.
  bool strangers(const State& state) const;
  [[noreturn]] void refuse_other(std::uint64_t key) const;

  const std::string name_;
  const ReserveOptions options_;
  mutable std::mutex mutex_;
  Held held_ = Held::no;
  bool begun_ = false;  ///< take() has changed the target's registrations
  std::chrono::steady_clock::time_point beaten_;
  std::array<std::byte, 24> beat_parameters_;
};

}  // namespace san::iscsi
