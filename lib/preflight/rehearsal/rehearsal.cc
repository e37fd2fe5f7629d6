// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/rehearsal.h"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <thread>

#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "core/text/output.h"
#include "core/text/table.h"
#include "preflight/facts/subject.h"
#include "preflight/rehearsal/machine.h"
#include "preflight/rehearsal/target.h"

namespace san::preflight {
namespace {

using Clock = std::chrono::steady_clock;

/// A system waits 90 s for a disk of fstab that is not there, before it gives up (systemd.mount(5)).
constexpr double kSettle = 120;
constexpr std::chrono::milliseconds kInterval{400};
constexpr std::size_t kLines = 8;

struct Seen {
  Rehearsed result = Rehearsed::no_start;
  std::string machine, story, reason;
  std::vector<std::string> console;
};

/// Logs progress; prints it if stderr is a terminal.
void tell(const std::string& text) {
  if (log::level() >= log::Level::info)
    log::info("{}", text);
  else if (log::level() == log::Level::warning && isatty(STDERR_FILENO) == 1)
    print_aside(format_text("{}\n", text));
}

/// Belongs to a thread of its own, which loses its network.
Seen watch(const RehearsalPlan& plan, double limit) {
  const PrivateDirectory directory;
  const RehearsalDisk disk(plan, directory);
  leave_the_network(plan.network.portal);
  RehearsalTarget target(plan, disk.file(), directory);
  RehearsalMachine machine(plan, directory);
  tell(fmt::format("the rehearsal runs: {}; at most {:.0f} s", machine.description(), limit));

  RehearsalWatch judge(kSettle, limit);
  RehearsalSample sample;
  std::optional<Rehearsed> result;
  const auto start = Clock::now();
  while (!result) {
    std::this_thread::sleep_for(kInterval);
    Interrupt::check(setting("rehearse").c_str());
    // The end first: nothing comes after it.
    sample.end = machine.end();
    sample.sessions = target.traffic();
    sample.serial = machine.serial();
    sample.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const auto stage = judge.stage();
    result = judge.observe(sample);
    if (judge.stage() != stage) tell(judge.story());
  }
  tell(judge.reason());
  return {*result, machine.description(), judge.story(), judge.reason(), last_lines(judge.console(), kLines)};
}

std::string remedy_of(Rehearsed result) {
  switch (result) {
    case Rehearsed::no_start:
      return "See what firmware and boot loader say: the boot path (IPXE-05, IPXE-06), the files of /boot "
             "(LNX-01, WIN-09, WIN-11) and the target (TGT checks) are what they stand on.";
    case Rehearsed::no_login:
      return "The boot loader was read, and the system did not log in to its target: see the LNX or WIN "
             "checks about initramfs, NIC driver and initiator, and give it a serial console to see more "
             "(console=ttyS0).";
    case Rehearsed::stopped:
    case Rehearsed::up:
      break;
  }
  return "The system logged in and did not come up: see root=, fstab and what its console says; with a "
         "serial console (console=ttyS0) more can be seen. One that is only slow here needs "
         "--rehearse-timeout.";
}

}  // namespace

void check_rehearsal(Subject& subject) {
  auto firmware = subject.options().firmware;
  if (const boot::BootProfile* plan = subject.profile(); plan != nullptr && !firmware)
    firmware = plan->firmware;
  check_rehearsal_tools(firmware == boot::Firmware::uefi);
}

Outcome rehearse(Subject& subject) {
  const RehearsalPlan plan = rehearsal_plan(subject);
  const double limit = subject.options().rehearse_limit;
  const Seen seen = std::async(std::launch::async, [&] { return watch(plan, limit); }).get();

  std::vector<Evidence> evidence = {{seen.machine, seen.story, {}}, {seen.machine, seen.reason, {}}};
  for (const std::string& note : plan.notes) evidence.push_back({"not as the machine", note, {}});
  if (seen.result == Rehearsed::up) return pass(std::move(evidence));
  for (const std::string& line : seen.console) evidence.push_back({"console", line, {}});
  Outcome outcome = fail(std::move(evidence), remedy_of(seen.result));
  // An initramfs may be made for the machine's own NIC alone.
  if (plan.nic.stand_in && seen.result == Rehearsed::no_login) {
    outcome.status = Status::unknown;
    outcome.remedy =
        "The system may have no driver for this NIC, which is not the machine's. " + outcome.remedy;
  }
  return outcome;
}

}  // namespace san::preflight
