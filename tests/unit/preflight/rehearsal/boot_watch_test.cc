// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/boot_watch.h"

#include <doctest/doctest.h>

using namespace san;
using preflight::MachineEnd;
using preflight::RehearsalSample;
using preflight::RehearsalWatch;
using preflight::Rehearsed;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;

RehearsalSample at(double seconds, std::vector<preflight::SessionTraffic> sessions, std::string serial = "",
                   MachineEnd end = MachineEnd::none) {
  return {seconds, std::move(sessions), std::move(serial), end};
}

}  // namespace

TEST_CASE("a system that writes and powers off has come up") {
  RehearsalWatch watch(120, 600);
  CHECK(!watch.observe(at(3, {{1, 0, 0}})));  // iPXE's first session, in which nothing is read
  CHECK(!watch.observe(at(4, {{2, kMiB, 0}})));
  CHECK(!watch.observe(at(24, {{2, 40 * kMiB, 0}, {3, 600, 0}})));
  CHECK(!watch.observe(at(30, {{3, 20 * kMiB, 2 * kMiB}})));
  CHECK(watch.observe(at(40, {}, "", MachineEnd::powered_off)) == Rehearsed::up);
  CHECK(watch.story() ==
        "the firmware logged in after 4 s and read 40.0 MiB; the system logged in by itself after 24 s and "
        "read "
        "20.0 MiB; it wrote first after 30 s, 2.0 MiB in all");
  CHECK(watch.reason() == "it powered itself off after 40 s");
}

TEST_CASE("a login is not enough: nothing was written") {
  RehearsalWatch watch(120, 600);
  CHECK(!watch.observe(at(4, {{1, 40 * kMiB, 0}})));
  CHECK(!watch.observe(at(24, {{1, 40 * kMiB, 0}, {2, 3 * kMiB, 0}})));
  CHECK(!watch.observe(at(599, {{2, 3 * kMiB, 0}})));
  CHECK(watch.observe(at(600, {{2, 3 * kMiB, 0}})) == Rehearsed::stopped);
  CHECK(watch.reason() == "it has not come up within 600 s");
}

TEST_CASE("what the boot loader writes is not the system's") {
  RehearsalWatch watch(120, 600);
  CHECK(!watch.observe(at(4, {{1, 40 * kMiB, 65536}})));
  CHECK(!watch.observe(at(300, {{1, 40 * kMiB, 65536}})));
  CHECK(watch.observe(at(600, {{1, 40 * kMiB, 65536}})) == Rehearsed::no_login);
  RehearsalWatch grub(120, 600);  // the firmware logs in twice, and GRUB writes grubenv
  CHECK(!grub.observe(at(4, {{1, 512, 0}})));
  CHECK(!grub.observe(at(5, {{2, 40 * kMiB, 1024}})));
  CHECK(!grub.observe(at(300, {{2, 40 * kMiB, 1024}})));
}

TEST_CASE("without a console: it has to run on for a while after it wrote") {
  RehearsalWatch watch(120, 600);
  CHECK(!watch.observe(at(4, {{1, kMiB, 0}})));
  CHECK(!watch.observe(at(50, {{2, kMiB, kMiB}})));
  CHECK(!watch.observe(at(169, {{2, kMiB, kMiB}})));
  CHECK(watch.observe(at(170, {{2, kMiB, kMiB}})) == Rehearsed::up);
}

TEST_CASE("how it ends") {
  CHECK(RehearsalWatch(120, 600).observe(at(5, {}, "", MachineEnd::exited)) == Rehearsed::no_start);
  CHECK(RehearsalWatch(120, 600).observe(at(5, {{1, 9, 0}}, "", MachineEnd::reset)) == Rehearsed::no_login);
  RehearsalWatch watch(120, 600);
  CHECK(!watch.observe(at(4, {{1, kMiB, 0}})));
  CHECK(watch.observe(at(50, {{2, kMiB, 0}}, "", MachineEnd::powered_off)) == Rehearsed::stopped);
}

TEST_CASE("what the console says") {
  RehearsalWatch watch(120, 600);
  CHECK(!watch.observe(at(4, {{1, kMiB, 0}}, "x login: ")));  // the firmware's session alone
  CHECK(watch.observe(at(50, {{2, kMiB, 0}}, "\x1b[0;1mhost1 login: \x1b[K")) == Rehearsed::up);
  RehearsalWatch panic(120, 600);
  CHECK(!panic.observe(at(4, {{1, kMiB, 0}}, "starting")));
  CHECK(panic.observe(at(9, {{2, kMiB, kMiB}}, "a\r\n[ 1.2] Kernel panic - not syncing: VFS\r\nb")) ==
        Rehearsed::stopped);
  CHECK(panic.reason() == "after 9 s its console says \"[ 1.2] Kernel panic - not syncing: VFS\"");
}

TEST_CASE("a firmware that says so has not started the system, whatever it has read") {
  RehearsalWatch watch(120, 600);
  CHECK(!watch.observe(at(7, {{1, kMiB, 0}})));
  CHECK(watch.observe(at(250, {{1, kMiB, 0}}, "BLK0:\nUEFI Interactive Shell v2.2\nBLK1:\n")) ==
        Rehearsed::no_start);
  CHECK(watch.console() == "BLK0:\nUEFI Interactive Shell v2.2");
  RehearsalWatch kernel(120, 600);
  CHECK(kernel.observe(at(90, {{1, kMiB, 0}}, "Kernel panic - not syncing: VFS\nmore")) ==
        Rehearsed::no_login);
  CHECK(kernel.console() == "Kernel panic - not syncing: VFS\nmore");
}

TEST_CASE("console_failure, asks_for_user") {
  using preflight::asks_for_user, preflight::console_failure;
  const auto line = [](std::string_view console) { return console_failure(console).value().line; };
  CHECK(line("a\nGave up waiting for root file system device.  Common problems:\nb") ==
        "Gave up waiting for root file system device.  Common problems:");
  CHECK(!console_failure("You are in emergency mode. After logging in")->early);
  CHECK(!console_failure("Reached target Emergency Mode? no: multi-user"));
  CHECK(!console_failure(""));
  const std::string bds =
      "BdsDxe: failed to load Boot0001 \"UEFI IET VIRTUAL-DISK \" from "
      "PciRoot(0x0)/IPv4(10.0.2.2)/iSCSI(iqn,0";
  CHECK(line(bds + "\n\n>>Start PXE over IPv4.\n") == bds);
  CHECK(console_failure(bds + "\n\n>>Start PXE over IPv4.\n")->early);
  CHECK(console_failure(bds + "\n\n>>Start PXE over IPv4.\n")->end == bds.size());
  CHECK(!console_failure("BdsDxe: failed to load Boot0002 \"UEFI PXEv4\" from PciRoot(0x0)/IPv4(0.0.0.0)\n"));
  CHECK(asks_for_user("Debian GNU/Linux 12 golden ttyS0\n\ngolden login: "));
  CHECK(asks_for_user("golden login:\n[ 30.1] a message"));
  CHECK(!asks_for_user("Last login: Mon Nov 23"));
  CHECK(!asks_for_user("systemd[1]: waiting for login:"));
  CHECK(!asks_for_user(" login:"));
}

TEST_CASE("plain_console, last_lines") {
  using preflight::last_lines, preflight::plain_console;
  CHECK(plain_console("\x1b[2J\x1b[01;01Hfirst\x1b[02;01Hsecond\r\n\x07third\x1b") == "first\nsecond\nthird");
  CHECK(plain_console("\x1b[") == "");
  CHECK(last_lines("a\n\n b \nc\xff", 2) == std::vector<std::string>{"b", "c\\xff"});
}

TEST_CASE("parse_tgt_stat") {
  const char* const text =
      "tgt lun sid rd_subm(bytes,cmds) rd_done(bytes,cmds) wr_subm(bytes,cmds) wr_done(bytes,cmds) errs\n"
      "  1   0   3            0      0            0      0            0      0            0      0    0\n"
      "  1   1   3          749      9          748      9     53383168  13033     53374976  13031    1\n"
      "  1   1   4            7\n";
  const auto sessions = preflight::parse_tgt_stat(text, 1);
  REQUIRE(sessions.size() == 1);
  CHECK(sessions[0].session == 3);
  CHECK(sessions[0].read == 748);
  CHECK(sessions[0].written == 53374976);
  CHECK(preflight::parse_tgt_stat("", 1).empty());
}
