// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/reserver.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "core/endian.h"
#include "iscsi/connection/lost_session.h"

using namespace san;
using namespace san::iscsi;
using namespace std::chrono_literals;

namespace {

using Kind = KeyOwner::Kind;

/// A logical unit with persistent reservations as SPC-4 has them, for one type. Sessions are numbers.
class ReservedUnit {
 public:
  std::map<int, std::uint64_t> registered;
  std::optional<int> holder;
  std::uint32_t generation = 0;
  bool knows = true, lies = false, grows = false;
  int commands = 0;
  std::function<void()> before_reserve = [] {};

  Answer send(int session, const Cdb& cdb, std::span<std::byte> data) {
    ++commands;
    if (!knows)
      return Answer{CommandStatus::check_condition, {true, SenseKey::illegal_request, 0x20, 0, false}, 0, 0};
    return cdb.opcode() == 0x5E ? tell(cdb.bytes[1], data) : obey(session, cdb.bytes[1], data);
  }
  std::set<std::uint64_t> keys() const {
    std::set<std::uint64_t> all;
    for (const auto& [session, key] : registered) all.insert(key);
    return all;
  }
  std::uint64_t held_by() const { return holder ? registered.at(*holder) : 0; }
  bool may_write(int session) const { return !holder || registered.contains(session); }

 private:
  static Answer good(std::size_t missing = 0) {
    return {CommandStatus::good, {}, static_cast<std::uint32_t>(missing), 0};
  }
  static Answer conflict() { return {CommandStatus::reservation_conflict, {}, 0, 0}; }

  Answer tell(std::uint8_t action, std::span<std::byte> data) {
    if (grows) ++generation;
    write_at(data, 0, be32(generation));
    std::size_t at = 8;
    if (action == 0)
      for (const auto& [session, key] : registered) write_at(data, std::exchange(at, at + 8), be64(key));
    if (action == 1 && holder) {
      write_at(data, 8, be64(held_by()));
      data[21] = std::byte{5};
      at += 16;
    }
    write_at(data, 4, be32(static_cast<std::uint32_t>(at - 8)));
    return good(data.size() - at);
  }

  Answer obey(int session, std::uint8_t action, std::span<const std::byte> data) {
    const std::uint64_t key = *read_at<be64>(data, 0), other = *read_at<be64>(data, 8);
    const bool known = registered.contains(session);
    if (action == 1) before_reserve();
    if (action != 6 && key != (known ? registered[session] : 0)) return conflict();
    if (action != 6 && action != 0 && !known) return conflict();
    ++generation;
    if (lies) return good();
    switch (action) {
      case 0:
      case 6:
        if (other != 0)
          registered[session] = other;
        else
          drop(session);
        return good();
      case 1:
        if (holder && holder != session) return conflict();
        holder = session;
        return good();
      case 4: {
        if (!keys().contains(other)) return conflict();
        const bool takes = holder && held_by() == other;
        for (auto one = registered.begin(); one != registered.end();)
          one = one->second == other && one->first != session ? registered.erase(one) : std::next(one);
        if (takes) holder = session;
        return good();
      }
      default:
        return conflict();
    }
  }
  void drop(int session) {
    registered.erase(session);
    if (holder == session) holder.reset();
  }
};

/// One session with the unit, which may lose the answer to one command.
class UnitSession final : public ScsiTransport {
 public:
  UnitSession(ReservedUnit& unit, int number) : unit_(unit), number_(number) {}
  int lost = 0;             ///< number of the command whose answer is lost; 0 for none
  bool carried_out = true;  ///< that command has its effect all the same

  const std::string& name() const override { return name_; }
  Answer send(const std::string&, const Cdb& cdb, Direction, std::span<std::byte> data,
              const SendPolicy&) override {
    const bool drops = ++count_ == lost;
    if (drops && !carried_out) return {};
    const Answer answer = unit_.send(number_, cdb, data);
    return drops ? Answer{} : answer;
  }

 private:
  ReservedUnit& unit_;
  const int number_;
  const std::string name_ = "lun";
  int count_ = 0;
};

/// Calls a function of `reserver` through a new object for session `number`.
void call(void (Reserver::*function)(ScsiTransport&), Reserver& reserver, ReservedUnit& unit, int number) {
  UnitSession session(unit, number);
  (reserver.*function)(session);
}
void take(Reserver& reserver, ReservedUnit& unit, int number) {
  call(&Reserver::take, reserver, unit, number);
}
void join(Reserver& reserver, ReservedUnit& unit, int number) {
  call(&Reserver::join, reserver, unit, number);
}
void leave(Reserver& reserver, ReservedUnit& unit, int number) {
  call(&Reserver::leave, reserver, unit, number);
}

constexpr std::uint64_t kOwn = 0xA1, kDead = 0xD1, kUnknown = 0xE1, kStranger = 0x51;

ReserveOptions options(ReserveMode mode = ReserveMode::automatic) {
  ReserveOptions all{mode, kOwn, {}, 0ms, 20ms};
  all.owner = [](std::uint64_t key) -> KeyOwner {
    if (key == kOwn) return {Kind::own, {}};
    if (key == kDead) return {Kind::dead, "process 7 on host1"};
    if (key == kUnknown) return {Kind::unknown, "process 8 on another machine"};
    return {Kind::stranger, {}};
  };
  return all;
}

std::string refusal(ReservedUnit& unit, ReserveMode mode = ReserveMode::automatic) {
  Reserver reserver("lun", options(mode));
  try {
    take(reserver, unit, 1);
  } catch (const Error& error) {
    CHECK(error.code() == Exit::refused);
    return error.what();
  }
  return reserver.holds() ? "holds" : "does without";
}

}  // namespace

TEST_CASE("a free unit is reserved, each session registered, and all of it given back") {
  ReservedUnit unit;
  Reserver reserver("lun", options());
  take(reserver, unit, 1);
  CHECK(reserver.holds());
  CHECK(unit.held_by() == kOwn);
  CHECK(!unit.may_write(2));
  join(reserver, unit, 2);
  CHECK(unit.may_write(2));
  CHECK(!unit.may_write(3));
  // Session 1 was lost, and another one gives everything back.
  leave(reserver, unit, 2);
  CHECK(!reserver.holds());
  CHECK(unit.registered.empty());
  CHECK(!unit.holder);
  const int before = unit.commands;
  leave(reserver, unit, 3);
  CHECK(unit.commands == before);
}

TEST_CASE("sessions that are lost while it is taken: the next one goes on") {
  // The command with this number is carried out, or not, and its answer is lost; by the same session as the
  // target sees it, or by another.
  for (int lost = 1; lost <= 7; ++lost)
    for (const bool carried_out : {true, false})
      for (const int next : {1, 2}) {
        CAPTURE(lost);
        CAPTURE(carried_out);
        CAPTURE(next);
        ReservedUnit unit;
        unit.registered[5] = kDead;
        unit.holder = 5;
        Reserver reserver("lun", options());
        UnitSession first(unit, 1);
        first.lost = lost;
        first.carried_out = carried_out;
        CHECK_THROWS_AS(reserver.take(first), ConnectionLost);
        CHECK(!reserver.holds());
        take(reserver, unit, next);
        CHECK(reserver.holds());
        CHECK(unit.held_by() == kOwn);
        CHECK(unit.may_write(next));
        CHECK(unit.keys() == std::set{kOwn});
        leave(reserver, unit, next);
        CHECK(unit.registered.empty());
        CHECK(!unit.holder);
      }
}

TEST_CASE("a session that was made for it gives it back, too") {
  ReservedUnit unit;
  Reserver reserver("lun", options());
  take(reserver, unit, 1);
  leave(reserver, unit, 9);
  CHECK(unit.registered.empty());
  CHECK(!unit.holder);
}

TEST_CASE("without it nothing is sent") {
  ReservedUnit unit;
  CHECK(refusal(unit, ReserveMode::never) == "does without");
  CHECK(unit.commands == 0);
}

TEST_CASE("a target that does not know reservations, or does not do what it says") {
  ReservedUnit ignorant, liar;
  ignorant.knows = false;
  liar.lies = true;
  CHECK(refusal(ignorant) == "does without");
  CHECK(refusal(liar) == "does without");
  CHECK(refusal(ignorant, ReserveMode::require) ==
        "lun: cannot be reserved: the target does not know persistent reservations; go without the "
        "reservation");
  CHECK(refusal(liar, ReserveMode::require) ==
        "lun: cannot be reserved: the target does not carry out the commands; go without the reservation");
}

TEST_CASE("strangers are left alone") {
  ReservedUnit unit;
  unit.registered[5] = kStranger;
  CHECK(refusal(unit) == "does without");
  CHECK(refusal(unit, ReserveMode::require) ==
        "lun: cannot be reserved: another host has registered a key with it; go without the reservation");
  unit.holder = 5;
  for (const ReserveMode mode : {ReserveMode::automatic, ReserveMode::require})
    CHECK(refusal(unit, mode) ==
          "lun: another host has reserved it (write exclusive, registrants only); release the reservation on "
          "that host first");
  CHECK(unit.keys() == std::set{kStranger});
  CHECK(unit.generation == 0);
}

TEST_CASE("what dead runs left is taken over, with all they registered") {
  for (const std::uint64_t left : {kDead, kUnknown}) {
    ReservedUnit unit;
    unit.registered = {{5, left}, {6, left}, {7, kDead}};
    unit.holder = 5;
    Reserver reserver("lun", options());
    take(reserver, unit, 1);
    CHECK(unit.held_by() == kOwn);
    CHECK(unit.keys() == std::set{kOwn});
    CHECK(!unit.may_write(5));
  }
}

TEST_CASE("a run that lives is left alone") {
  ReservedUnit unit;
  unit.registered[5] = kUnknown;
  unit.holder = 5;
  unit.grows = true;
  CHECK(refusal(unit) ==
        "lun: another clone is being written to it, by process 8 on another machine, which has reserved it; "
        "wait until it ends, or stop it; then clone again, because it may have written here");
  CHECK(unit.keys() == std::set{kUnknown});
}

TEST_CASE("of two that begin at once one gets it") {
  ReservedUnit unit;
  unit.before_reserve = [&] {
    unit.registered[5] = kUnknown;
    unit.holder = 5;
  };
  CHECK(refusal(unit).starts_with("lun: another clone is being written to it, by process 8"));
  CHECK(unit.keys() == std::set{kUnknown});
}

TEST_CASE("another device of this process joins, and leaves the reservation when it ends") {
  ReservedUnit unit;
  Reserver first("lun", options()), second("lun", options());
  take(first, unit, 1);
  take(second, unit, 2);
  CHECK(!second.holds());
  CHECK(unit.may_write(2));
  leave(second, unit, 2);
  CHECK(!unit.may_write(2));
  CHECK(unit.held_by() == kOwn);
}

TEST_CASE("who was preempted does not come back") {
  ReservedUnit unit;
  Reserver reserver("lun", options());
  take(reserver, unit, 1);
  unit.registered = {{5, kUnknown}};
  unit.holder = 5;
  join(reserver, unit, 2);
  CHECK(!unit.may_write(2));
  const auto beat = reserver.beat();
  REQUIRE(beat);
  CHECK(unit.send(1, beat->cdb, beat->data).status == CommandStatus::reservation_conflict);
  CHECK(!unit.may_write(1));
}

TEST_CASE("a target that restarted and forgot is told again") {
  ReservedUnit unit;
  Reserver reserver("lun", options());
  take(reserver, unit, 1);
  unit.registered.clear();
  unit.holder.reset();
  join(reserver, unit, 2);
  CHECK(unit.held_by() == kOwn);
}

TEST_CASE("a sign of life changes the generation, and nothing else") {
  ReservedUnit unit;
  Reserver reserver("lun", options());
  CHECK(!reserver.beat());
  take(reserver, unit, 1);
  const auto before = unit.generation;
  const auto beat = reserver.beat();
  REQUIRE(beat);
  CHECK(unit.send(1, beat->cdb, beat->data).ok());
  CHECK(unit.generation == before + 1);
  CHECK(unit.held_by() == kOwn);
  ReserveOptions slow = options();
  slow.beat = 1h;
  Reserver target_lun("lun", slow);
  ReservedUnit other;
  take(target_lun, other, 1);
  CHECK(!target_lun.beat());
}
