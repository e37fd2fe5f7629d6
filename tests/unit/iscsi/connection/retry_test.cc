// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/retry.h"

#include <doctest/doctest.h>

using namespace san::iscsi;
using std::chrono::milliseconds;

namespace {

Answer status(CommandStatus value) {
  Answer answer;
  answer.status = value;
  return answer;
}

Answer check(SenseKey key, std::uint16_t code = 0, bool deferred = false) {
  Answer answer = status(CommandStatus::check_condition);
  answer.sense = {true, key, static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code), deferred};
  return answer;
}

}  // namespace

TEST_CASE("what is done about a status") {
  CHECK(judge(status(CommandStatus::good)) == Action::done);
  for (const CommandStatus again :
       {CommandStatus::busy, CommandStatus::task_set_full, CommandStatus::aborted, CommandStatus::lost})
    CHECK(judge(status(again)) == Action::retry);
  for (const CommandStatus never :
       {CommandStatus::reservation_conflict, CommandStatus::silent, CommandStatus::other,
        CommandStatus::check_condition /* without sense data */})
    CHECK(judge(status(never)) == Action::fail);
  CHECK(Answer{}.status == CommandStatus::lost);
  CHECK_FALSE(Answer{}.ok());
  CHECK(status(CommandStatus::good).ok());
}

TEST_CASE("what is done about sense data") {
  CHECK(judge(check(SenseKey::unit_attention, 0x2900)) == Action::retry);
  CHECK(judge(check(SenseKey::unit_attention, 0x2A09)) == Action::retry);
  CHECK(judge(check(SenseKey::aborted_command)) == Action::retry);
  CHECK(judge(check(SenseKey::not_ready, 0x0401)) == Action::retry);
  CHECK(judge(check(SenseKey::not_ready, 0x040A)) == Action::retry);
  CHECK(judge(check(SenseKey::recovered_error, 0x1700)) == Action::done);
  // The error of another command that was recovered: this one is still to be done.
  CHECK(judge(check(SenseKey::recovered_error, 0x1700, true)) == Action::retry);
  for (const unsigned code : {0x0402U, 0x0403U, 0x0404U, 0x040BU, 0x040CU, 0x3A00U})
    CHECK(judge(check(SenseKey::not_ready, static_cast<std::uint16_t>(code))) == Action::fail);
  for (const SenseKey key :
       {SenseKey::no_sense, SenseKey::medium_error, SenseKey::hardware_error, SenseKey::illegal_request,
        SenseKey::data_protect, SenseKey::blank_check, SenseKey::vendor_specific, SenseKey::copy_aborted,
        SenseKey::volume_overflow, SenseKey::miscompare, SenseKey::completed}) {
    CHECK(judge(check(key)) == Action::fail);
    CHECK(judge(check(key, 0, true)) == Action::fail);
  }
}

TEST_CASE("what asks for less") {
  CHECK(overloaded(status(CommandStatus::busy)));
  CHECK(overloaded(status(CommandStatus::task_set_full)));
  CHECK_FALSE(overloaded(status(CommandStatus::good)));
  CHECK_FALSE(overloaded(check(SenseKey::unit_attention, 0x2900)));
}

TEST_CASE("pauses grow from 8 ms to 1 s; the first unit attention has none") {
  CHECK(retry_delay(check(SenseKey::unit_attention, 0x2900), 1) == milliseconds(0));
  CHECK(retry_delay(check(SenseKey::unit_attention, 0x2900), 2) == milliseconds(16));
  const unsigned wanted[] = {8, 16, 32, 64, 128, 256, 512, 1000, 1000};
  for (unsigned attempt = 1; attempt <= 9; ++attempt)
    CHECK(retry_delay(status(CommandStatus::busy), attempt) == milliseconds(wanted[attempt - 1]));
  CHECK(retry_delay(status(CommandStatus::busy), 4'000'000'000U) == milliseconds(1000));
}

TEST_CASE("in words") {
  CHECK(describe(status(CommandStatus::busy)) == "the target is busy (BUSY)");
  CHECK(describe(status(CommandStatus::reservation_conflict)) ==
        "another host has reserved the LUN (RESERVATION CONFLICT)");
  CHECK(describe(status(CommandStatus::lost)) == "the connection was lost");
  CHECK(describe(check(SenseKey::illegal_request, 0x2100)) ==
        "the blocks are outside of the LUN (sense 5/21/00)");
  for (int i = 0; i <= static_cast<int>(CommandStatus::other); ++i)
    CHECK(describe(status(static_cast<CommandStatus>(i))) != "unknown");
}
