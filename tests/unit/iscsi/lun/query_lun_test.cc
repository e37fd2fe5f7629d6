// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/query_lun.h"

#include <doctest/doctest.h>

#include "iscsi/connection/lost_session.h"
#include "iscsi/lun/scripted_lun.h"

using namespace san;
using namespace san::iscsi;

namespace {

using Names = std::vector<std::string>;
using Problems = std::vector<std::pair<std::string, std::string>>;

constexpr LunDepth kDepths[] = {LunDepth::listing, LunDepth::device, LunDepth::report};

const Names kDevice = {"INQUIRY",      "VPD page 00h",    "VPD page 80h",
                       "VPD page 83h", "TEST UNIT READY", "READ CAPACITY(16)",
                       "VPD page B0h", "VPD page B2h",    "MODE SENSE(6) 3Fh"};

/// Opens the LUN as a device; returns the exit code and the text of the error.
std::string failure(ScriptedLun& lun) {
  try {
    query_lun(lun, LunDepth::device);
    return {};
  } catch (const ConnectionLost& lost) {
    return fmt::format("lost: {}", lost.what());
  } catch (const Error& error) {
    return fmt::format("{}: {}", static_cast<int>(error.code()), error.what());
  }
}

bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("what is asked, in one order, whatever the depth") {
  ScriptedLun lun;
  query_lun(lun, LunDepth::device);
  CHECK(lun.asked == kDevice);
  lun.asked.clear();
  query_lun(lun, LunDepth::listing);
  CHECK(lun.asked == Names{"INQUIRY", "VPD page 00h", "VPD page 80h", "VPD page 83h", "READ CAPACITY(16)"});
  lun.asked.clear();
  query_lun(lun, LunDepth::report);
  Names all = kDevice;
  all.insert(all.end() - 2, "VPD page B1h");
  CHECK(lun.asked == all);
  CHECK(lun.problems.empty());
  CHECK(lun.repeatable);
}

TEST_CASE("what is known of an honest LUN") {
  for (const LunDepth depth : kDepths) {
    ScriptedLun lun;
    const LunInfo info = query_lun(lun, depth);
    REQUIRE(info.inquiry);
    CHECK(info.inquiry->vendor == "ACME");
    CHECK(info.pages.size() == 6);
    CHECK(info.serial == "A1");
    CHECK(info.identity() == "naa.3000000000fa4e01");
    CHECK(info.size() == 1 << 30);
    CHECK(info.thin() == true);
    if (depth == LunDepth::listing) continue;
    CHECK(info.not_ready == std::string());
    CHECK(info.declares_zeros());
    REQUIRE(info.limits);
    CHECK(info.limits->max_transfer_blocks == 0x800);
    CHECK(info.mode.write_cache == true);
    CHECK(info.mode.write_protected == false);
    CHECK(info.mode.dpofua == true);
    CHECK(info.characteristics.has_value() == (depth == LunDepth::report));
  }
}

TEST_CASE("a unit attention before each answer changes nothing") {
  ScriptedLun lun;
  for (auto& [command, replies] : lun.script)
    replies.push_front({ScriptedLun::refusal(SenseKey::unit_attention, 0x29), {}});
  const LunInfo info = query_lun(lun, LunDepth::device);
  CHECK(lun.asked == kDevice);
  CHECK(info.size() == 1 << 30);
  CHECK(info.mode.write_cache == true);
}

TEST_CASE("one that does not end is a fault for a device, and no capacity for a report") {
  ScriptedLun lun;
  lun.answers("READ CAPACITY(16)", ScriptedLun::refusal(SenseKey::unit_attention, 0x2A, 0x09));
  CHECK(failure(lun).find("cannot read the capacity: ") != std::string::npos);
  const LunInfo info = query_lun(lun, LunDepth::report);
  CHECK_FALSE(info.capacity);
  CHECK_FALSE(info.thin());
  CHECK(info.limits);
}

TEST_CASE("pages that are not in the list are not asked for") {
  ScriptedLun lun;
  lun.says("VPD page 00h", "00 00 0002 00 83");
  for (const LunDepth depth : kDepths) {
    lun.asked.clear();
    CHECK(query_lun(lun, depth).serial.empty());
    CHECK_FALSE(has(lun.asked, "VPD page 80h"));
    CHECK_FALSE(has(lun.asked, "VPD page B0h"));
    CHECK(has(lun.asked, "VPD page 83h"));
  }
}

TEST_CASE("without a list a report tries all pages, and a device none") {
  for (const char* list : {"none", "00 00 0000", "00 b2 0004 00000000", "00"}) {
    CAPTURE(list);
    ScriptedLun lun;
    if (list == std::string("none"))
      lun.refuses("VPD page 00h");
    else
      lun.says("VPD page 00h", list);
    const LunInfo device = query_lun(lun, LunDepth::device);
    CHECK(lun.asked ==
          Names{"INQUIRY", "VPD page 00h", "TEST UNIT READY", "READ CAPACITY(16)", "MODE SENSE(6) 3Fh"});
    CHECK_FALSE(device.declares_zeros());
    CHECK(device.size() == 1 << 30);
    const LunInfo report = query_lun(lun, LunDepth::report);
    CHECK(report.serial == "A1");
    CHECK(report.provisioning);
  }
}

TEST_CASE("pages that lie are not used, and told of") {
  ScriptedLun lun;
  lun.says("VPD page 80h", "00 83 0002 4131");
  lun.says("VPD page 83h", "00 83 0004 01030008");
  lun.says("VPD page B0h", "00 b0 003c 000000");
  lun.says("VPD page B1h", "00 b1");
  lun.says("VPD page B2h", "00 b0 0004 00 e4 02 00");
  const LunInfo info = query_lun(lun, LunDepth::report);
  CHECK(info.serial.empty());
  CHECK(info.designators.empty());
  CHECK_FALSE(info.limits);
  CHECK_FALSE(info.characteristics);
  CHECK_FALSE(info.provisioning);
  CHECK_FALSE(info.declares_zeros());
  CHECK(lun.problems == Problems{{"VPD page 80h", "the answer is page 83h"},
                                 {"VPD page 83h", "no designator in it makes sense"},
                                 {"VPD page B0h", "it says that it has 64 bytes; 7 came"},
                                 {"VPD page B0h", "too short to make sense"},
                                 {"VPD page B1h", "an answer of 2 bytes"},
                                 {"VPD page B2h", "the answer is page B0h"}});
  // A device reads them in the same way, and does without.
  const LunInfo device = query_lun(lun, LunDepth::device);
  CHECK(device.identity().empty());
  CHECK_FALSE(device.limits);
  CHECK_FALSE(device.declares_zeros());
}

TEST_CASE("every page, cut off at every place") {
  for (const std::string& command : kDevice) {
    const auto whole = ScriptedLun().script[command].front().bytes;
    for_each_prefix(whole, [&command](std::span<const std::byte> bytes) {
      ScriptedLun lun;
      lun.script[command].front().bytes.assign(bytes.begin(), bytes.end());
      CHECK(query_lun(lun, LunDepth::report).inquiry.has_value() ==
            (command != "INQUIRY" || bytes.size() >= 5));
      failure(lun);
    });
  }
}

TEST_CASE("a capacity in the short form, for a LUN that knows no other") {
  ScriptedLun lun;
  lun.refuses("READ CAPACITY(16)");
  lun.says("READ CAPACITY(10)", "0000ffff 00000200");
  for (const LunDepth depth : kDepths) {
    const LunInfo info = query_lun(lun, depth);
    CHECK(info.size() == 32 << 20);
    CHECK_FALSE(info.long_form());
  }
  // Not after another refusal.
  lun.asked.clear();
  lun.answers("READ CAPACITY(16)", ScriptedLun::refusal(SenseKey::hardware_error, 0x44));
  CHECK_FALSE(query_lun(lun, LunDepth::listing).capacity);
  CHECK_FALSE(has(lun.asked, "READ CAPACITY(10)"));
}

TEST_CASE("mode pages: all at once, else one by one, else in the long form") {
  ScriptedLun lun;
  const auto asked_by = [&lun](LunDepth depth) {
    lun.asked.clear();
    query_lun(lun, depth);
    Names names;
    for (const std::string& one : lun.asked)
      if (one.starts_with("MODE SENSE")) names.push_back(one.substr(11));
    return names;
  };
  CHECK(asked_by(LunDepth::report) == Names{"6) 3Fh"});
  SUBCASE("the header alone comes") {
    lun.says("MODE SENSE(6) 3Fh", "03008000");
    CHECK(asked_by(LunDepth::device) == Names{"6) 3Fh", "6) 08h", "10) 08h"});
    CHECK(query_lun(lun, LunDepth::device).mode.write_protected == true);
  }
  SUBCASE("single pages only") {
    lun.refuses("MODE SENSE(6) 3Fh");
    lun.says("MODE SENSE(6) 08h", "17008000 0812 01" + std::string(34, '0'));
    lun.says("MODE SENSE(10) 0Ah", "0012000000000000 0a0a 0000 08" + std::string(14, '0'));
    CHECK(asked_by(LunDepth::report) == Names{"6) 3Fh", "10) 3Fh", "6) 08h", "6) 0Ah", "10) 0Ah"});
    CHECK(asked_by(LunDepth::device) == Names{"6) 3Fh", "10) 3Fh", "6) 08h"});
    const Mode mode = query_lun(lun, LunDepth::report).mode;
    CHECK(mode.write_protected == true);  // what was known first
    CHECK(mode.write_cache == false);
    CHECK(mode.read_cache == false);
    CHECK(mode.software_write_protect == true);
  }
  SUBCASE("one that hangs is not asked for in another way") {
    lun.answers("MODE SENSE(6) 3Fh", ScriptedLun::no_answer(CommandStatus::silent));
    CHECK(asked_by(LunDepth::report) == Names{"6) 3Fh"});
  }
  SUBCASE("nothing is known of it") {
    lun.refuses("MODE SENSE(6) 3Fh");
    CHECK_FALSE(query_lun(lun, LunDepth::device).mode.write_protected);
  }
}

TEST_CASE("LUNs that cannot be a device") {
  const std::string url = "iscsi://san/iqn.2026-11.org.example:t/1: ";
  const std::string list = "list the LUNs of the target, and check which this initiator may see";
  ScriptedLun lun;
  std::size_t sent = 1;
  std::string text = "3: " + url;
  SUBCASE("there is none, by INQUIRY data") {
    lun.says("INQUIRY", "7f 00 05 02 00");
    text += "the target has no such LUN; " + list;
  }
  SUBCASE("there is none, by sense data") {
    lun.answers("INQUIRY", ScriptedLun::refusal(SenseKey::illegal_request, 0x25));
    text += describe(ScriptedLun::refusal(SenseKey::illegal_request, 0x25)) + "; " + list;
  }
  SUBCASE("a controller") {
    lun.says("INQUIRY", "0c 00 05 02 00");
    text +=
        "the LUN is not a disk, but this: array controller; list the LUNs of the target: with tgt the "
        "first disk is LUN 1";
  }
  SUBCASE("two bytes of INQUIRY") {
    lun.says("INQUIRY", "0000");
    text += "the target's INQUIRY data are too short to make sense";
  }
  SUBCASE("not ready") {
    const Answer offline = ScriptedLun::refusal(SenseKey::not_ready, 0x04, 0x03);
    lun.answers("TEST UNIT READY", offline);
    text += "cannot use the LUN: " + describe(offline);
    sent = 5;
  }
  SUBCASE("reserved") {
    lun.answers("TEST UNIT READY", ScriptedLun::no_answer(CommandStatus::reservation_conflict));
    text = fmt::format(
        "{}: {}another host has reserved the LUN (RESERVATION CONFLICT); release the reservation "
        "on that host first",
        static_cast<int>(Exit::refused), url);
    sent = 5;
  }
  SUBCASE("a capacity that makes no sense") {
    lun.says("READ CAPACITY(16)", "00000000000fffff 00000003" + std::string(40, '0'));
    text += "the target gives a capacity that makes no sense";
    sent = 6;
  }
  SUBCASE("no capacity at all") {
    lun.refuses("READ CAPACITY(16)");
    text += "cannot read the capacity: " + describe(ScriptedLun::refusal(SenseKey::illegal_request, 0x24));
    sent = 7;
  }
  CHECK(failure(lun) == text);
  CHECK(lun.asked.size() == sent);
}

TEST_CASE("the same LUNs in a report") {
  ScriptedLun lun;
  lun.says("INQUIRY", "7f 00 05 02 00");
  CHECK(query_lun(lun, LunDepth::report).no_such_lun);
  CHECK(lun.asked.size() == 1);
  lun.answers("INQUIRY", ScriptedLun::refusal(SenseKey::illegal_request, 0x25));
  CHECK(query_lun(lun, LunDepth::listing).no_such_lun);
  lun.says("INQUIRY", "0000");
  CHECK_FALSE(query_lun(lun, LunDepth::listing).inquiry);
  CHECK(lun.problems == Problems{{"INQUIRY", "an answer of 2 bytes"}});
  // A controller has names, and no capacity.
  lun.says("INQUIRY", "0c 00 05 02 00");
  lun.asked.clear();
  CHECK(query_lun(lun, LunDepth::listing).serial == "A1");
  CHECK(lun.asked == Names{"INQUIRY", "VPD page 00h", "VPD page 80h", "VPD page 83h"});
  lun.asked.clear();
  query_lun(lun, LunDepth::report);
  CHECK(lun.asked.back() == "TEST UNIT READY");
}

TEST_CASE("a report of a LUN that is reserved, or not ready") {
  ScriptedLun lun;
  lun.answers("TEST UNIT READY", ScriptedLun::no_answer(CommandStatus::reservation_conflict));
  LunInfo info = query_lun(lun, LunDepth::report);
  CHECK(info.reserved_by_another);
  CHECK(info.not_ready == describe(ScriptedLun::no_answer(CommandStatus::reservation_conflict)));
  CHECK(info.size() == 1 << 30);
  lun.answers("TEST UNIT READY", ScriptedLun::no_answer(CommandStatus::silent));
  info = query_lun(lun, LunDepth::report);
  CHECK_FALSE(info.not_ready);
  CHECK_FALSE(info.reserved_by_another);
}

TEST_CASE("a session that is lost ends the query for a device, at whatever command") {
  for (std::size_t i = 0; i < kDevice.size(); ++i) {
    CAPTURE(kDevice[i]);
    ScriptedLun lun;
    lun.answers(kDevice[i], ScriptedLun::no_answer(CommandStatus::lost));
    CHECK(failure(lun).starts_with(
        "lost: iscsi://san/iqn.2026-11.org.example:t/1: the connection was lost to "));
    CHECK(lun.asked.size() == i + 1);
    Answer broken = ScriptedLun::no_answer(CommandStatus::lost);
    broken.fault = "the target broke the iSCSI protocol: it lied";
    lun.answers(kDevice[i], broken);
    CHECK(failure(lun).find(": the target broke the iSCSI protocol: it lied; ") != std::string::npos);
  }
}

TEST_CASE("so does a command that hangs") {
  for (std::size_t i = 0; i < kDevice.size(); ++i) {
    CAPTURE(kDevice[i]);
    ScriptedLun lun;
    lun.answers(kDevice[i], ScriptedLun::no_answer(CommandStatus::silent));
    const std::string text = failure(lun);
    CHECK(text.starts_with("3: "));
    CHECK(text.find(kDevice[i] == "TEST UNIT READY" ? ": cannot use the LUN: no answer in time"
                                                    : ": no answer in time to ") != std::string::npos);
    CHECK(lun.asked.size() == i + 1);
  }
}

TEST_CASE("a report loses only what was not answered") {
  for (const CommandStatus status : {CommandStatus::lost, CommandStatus::silent})
    for (std::size_t i = 1; i < kDevice.size(); ++i) {
      CAPTURE(kDevice[i]);
      ScriptedLun lun;
      lun.answers(kDevice[i], ScriptedLun::no_answer(status));
      const LunInfo info = query_lun(lun, LunDepth::report);
      CHECK(lun.asked.back() == "MODE SENSE(6) 3Fh");
      CHECK(info.serial.empty() == (kDevice[i] == "VPD page 80h"));
      CHECK(info.identity().starts_with("naa.") == (kDevice[i] != "VPD page 83h"));
      CHECK(info.not_ready.has_value() == (kDevice[i] != "TEST UNIT READY"));
      CHECK(info.capacity.has_value() == (kDevice[i] != "READ CAPACITY(16)"));
      CHECK(info.limits.has_value() == (kDevice[i] != "VPD page B0h"));
      CHECK(info.provisioning.has_value() == (kDevice[i] != "VPD page B2h"));
      CHECK(info.mode.write_cache.has_value() == (kDevice[i] != "MODE SENSE(6) 3Fh"));
      CHECK(info.characteristics);
    }
}
