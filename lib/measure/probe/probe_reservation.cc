// SPDX-License-Identifier: Apache-2.0
// Trial of a persistent reservation: registered, held and released, all with a key of this process.
#include <fmt/core.h>

#include <algorithm>
#include <random>

#include "core/endian.h"
#include "measure/probe/probe_cdb.h"
#include "measure/probe/prober.h"

namespace san {
namespace {

using iscsi::Action;
using iscsi::Answer;

constexpr std::uint8_t kReadKeys = 0, kReadReservation = 1;
constexpr std::uint8_t kRegister = 0, kReserve = 1, kRelease = 2, kClear = 3;
constexpr std::uint8_t kWriteExclusive = 1;

/// Returns the data of PERSISTENT RESERVE IN behind its header of 8 bytes (SPC-4, 6.15.2 and 6.15.3); nothing
/// if it is refused.
std::optional<std::vector<std::byte>> reserve_in(ProbedLun& lun, std::uint8_t service_action) {
  std::vector<std::byte> data(1024);
  const Answer answer =
      lun.command_in("PERSISTENT RESERVE IN", iscsi::persistent_reserve_in(service_action, 1024), data);
  if (judge(answer) != Action::done) return std::nullopt;
  data.resize(data.size() - std::min<std::size_t>(answer.missing, data.size()));
  const auto length = read_at<be32>(data, 4);
  if (!length || data.size() < 8) return std::nullopt;
  data.resize(8 + std::min<std::size_t>(data.size() - 8, *length));
  data.erase(data.begin(), data.begin() + 8);
  return data;
}

/// Returns the first key.
std::optional<std::uint64_t> first_key(const std::optional<std::vector<std::byte>>& payload) {
  const auto key = payload ? read_at<be64>(*payload, 0) : std::nullopt;
  return key ? std::optional<std::uint64_t>(*key) : std::nullopt;
}

Answer reserve_out(ProbedLun& lun, std::uint8_t service_action, std::uint64_t key, std::uint64_t new_key) {
  return lun.command_out(
      "PERSISTENT RESERVE OUT",
      iscsi::persistent_reserve_out(service_action, service_action == kRegister ? 0 : kWriteExclusive),
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
      reserve_out(lun_, kClear, key_, 0);
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
  const auto others = read_reservation(lun);
  if (!others) return {Trial::Outcome::refused, "PERSISTENT RESERVE IN is not known"};
  if (others->keys > 0 || others->held)
    throw Inconclusive(fmt::format("not tried: other hosts have registered {} key{}", others->keys,
                                   others->keys == 1 ? "" : "s"));
  // Two probes of one LUN must not mistake each other's key for their own.
  const std::uint64_t key = std::uint64_t{std::random_device()()} << 32U | 0x73616E;
  if (const Answer answer = reserve_out(lun, kRegister, 0, key); judge(answer) != Action::done)
    return refused(answer, "REGISTER");
  Cleanup cleanup(lun, key);
  const auto keys = reserve_in(lun, kReadKeys);
  if (first_key(keys) != key || keys->size() != 8)
    return {Trial::Outcome::wrong, "REGISTER answers GOOD, and READ KEYS does not show the key"};
  if (const Answer answer = reserve_out(lun, kReserve, key, 0); judge(answer) != Action::done)
    return {Trial::Outcome::wrong, "registers, but RESERVE: " + describe(answer)};
  const auto held = reserve_in(lun, kReadReservation);
  if (first_key(held) != key)
    return {Trial::Outcome::wrong, "RESERVE answers GOOD, and READ RESERVATION does not show it"};
  lun.write(p.layout().base, 1, lun.next_generation());
  if (const Answer answer = reserve_out(lun, kRelease, key, 0); judge(answer) != Action::done)
    return {Trial::Outcome::wrong, "reserves, but RELEASE: " + describe(answer)};
  if (const Answer answer = reserve_out(lun, kRegister, key, 0); judge(answer) != Action::done)
    return {Trial::Outcome::wrong, "registers, but does not unregister: " + describe(answer)};
  cleanup.disarm();
  const auto left = read_reservation(lun);
  if (!left || left->keys > 0 || left->held)
    return {Trial::Outcome::wrong, "answers GOOD to giving the key back, and still has it"};
  return {Trial::Outcome::done, "registered, reserved, released"};
}

}  // namespace

std::optional<Reservation> read_reservation(ProbedLun& lun) {
  const auto keys = reserve_in(lun, kReadKeys);
  if (!keys) return std::nullopt;
  Reservation result;
  result.keys = keys->size() / 8;
  const auto held = reserve_in(lun, kReadReservation);
  result.held = held && !held->empty();
  return result;
}

void check_reservation(ProbedLun& lun, const std::string& url) {
  try {
    if (const auto reservation = read_reservation(lun); reservation && reservation->held)
      throw Error(Exit::refused, url, "another host has reserved it",
                  "release the reservation on that host first");
  } catch (const Inconclusive&) {  // NOLINT(bugprone-empty-catch): the trial of reservations will tell
  }
}

void probe_reservation(Prober& p) {
  p.trial("reservation", "persistent reservation", std::nullopt, [&p] { return own_reservation(p); });
}

}  // namespace san
