// SPDX-License-Identifier: Apache-2.0
// Trial of a persistent reservation: registered, held and released, all with a key of this process.
#include <fmt/core.h>

#include <random>

#include "core/error.h"
#include "iscsi/scsi/bytes.h"
#include "iscsi/scsi/reservations.h"
#include "measure/probe/prober.h"

namespace san::measure {
namespace {

using iscsi::Action;
using iscsi::Answer;

using iscsi::ReserveIn;
using iscsi::ReserveOut;

constexpr std::uint8_t kWriteExclusive = 1;

iscsi::ScsiReply reserve_in(ProbedLun& lun, ReserveIn action) {
  constexpr std::uint16_t kLength = 4096;
  return lun.receive("PERSISTENT RESERVE IN", iscsi::persistent_reserve_in(action, kLength), kLength);
}

/// Returns the registered keys; nothing if the target does not support persistent reservations.
std::optional<std::vector<std::uint64_t>> registered(ProbedLun& lun) {
  const auto keys = iscsi::parse_reservation_keys(reserve_in(lun, ReserveIn::read_keys).bytes);
  return keys ? std::optional(keys->keys) : std::nullopt;
}

/// Returns the reservation; an empty list if there is none, or the target does not tell.
std::vector<iscsi::Reservation> held(ProbedLun& lun) {
  const auto bytes = reserve_in(lun, ReserveIn::read_reservation).bytes;
  auto list = iscsi::parse_reservation(bytes).value_or(std::vector<iscsi::Reservation>());
  // One that is cut off is one, too: the LUN is not to be overwritten.
  if (list.empty() && !iscsi::part(bytes, 8, iscsi::value_at<be32>(bytes, 4)).empty()) list.emplace_back();
  return list;
}

Answer reserve_out(ProbedLun& lun, ReserveOut action, std::uint64_t key, std::uint64_t new_key) {
  return lun.command_out(
      "PERSISTENT RESERVE OUT",
      iscsi::persistent_reserve_out(action, action == ReserveOut::register_key ? 0 : kWriteExclusive),
      iscsi::reserve_parameters(key, new_key));
}

/// Clears the registration and the reservation of this process, whatever happens: a reservation keeps all
/// other hosts from writing.
class Cleanup {
 public:
  Cleanup(ProbedLun& lun, std::uint64_t key) : lun_(lun), key_(key) {}
  ~Cleanup() {
    if (!armed_) return;
    try {
      reserve_out(lun_, ReserveOut::clear, key_, 0);
    } catch (...) {  // NOLINT(bugprone-empty-catch): the target does not answer; it said so already
    }
  }
  Cleanup(const Cleanup&) = delete;
  Cleanup& operator=(const Cleanup&) = delete;
  void disarm() { armed_ = false; }

 private:
  ProbedLun& lun_;
  const std::uint64_t key_;
  bool armed_ = true;
};

Trial own_reservation(Prober& p) {
  ProbedLun& lun = p.lun();
  const auto others = registered(lun);
  if (!others) return {Trial::Outcome::refused, "PERSISTENT RESERVE IN is not known"};
  if (!held(lun).empty() || !others->empty())
    throw Inconclusive(fmt::format("not tried: other hosts have registered {} key{}", others->size(),
                                   others->size() == 1 ? "" : "s"));
  // Two probes of one LUN must not mistake each other's key for their own.
  const std::uint64_t key = std::uint64_t{std::random_device()()} << 32U | 0x73616E;
  if (const Answer answer = reserve_out(lun, ReserveOut::register_key, 0, key); judge(answer) != Action::done)
    return refused(answer, "REGISTER");
  Cleanup cleanup(lun, key);
  if (registered(lun) != std::vector{key})
    return {Trial::Outcome::wrong, "REGISTER answers GOOD, and READ KEYS does not show the key"};
  if (const Answer answer = reserve_out(lun, ReserveOut::reserve, key, 0); judge(answer) != Action::done)
    return {Trial::Outcome::wrong, "registers, but RESERVE: " + describe(answer)};
  if (const auto holders = held(lun); holders.empty() || holders.front().key != key)
    return {Trial::Outcome::wrong, "RESERVE answers GOOD, and READ RESERVATION does not show it"};
  lun.write(p.layout().base, 1, lun.next_generation());
  if (const Answer answer = reserve_out(lun, ReserveOut::release, key, 0); judge(answer) != Action::done)
    return {Trial::Outcome::wrong, "reserves, but RELEASE: " + describe(answer)};
  if (const Answer answer = reserve_out(lun, ReserveOut::register_key, key, 0); judge(answer) != Action::done)
    return {Trial::Outcome::wrong, "registers, but does not unregister: " + describe(answer)};
  cleanup.disarm();
  if (const auto left = registered(lun); !left || !left->empty() || !held(lun).empty())
    return {Trial::Outcome::wrong, "answers GOOD to giving the key back, and still has it"};
  return {Trial::Outcome::done, "registered, reserved, released"};
}

}  // namespace

void check_reservation(ProbedLun& lun, const std::string& url) {
  try {
    if (registered(lun) && !held(lun).empty())
      throw Error(Exit::refused, url, "another host has reserved it",
                  "release the reservation on that host first");
  } catch (const Inconclusive&) {  // NOLINT(bugprone-empty-catch): the trial of reservations will tell
  }
}

void probe_reservation(Prober& p) {
  p.trial("reservation", "persistent reservation", std::nullopt, [&p] { return own_reservation(p); });
}

}  // namespace san::measure
