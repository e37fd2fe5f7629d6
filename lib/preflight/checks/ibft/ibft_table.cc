// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "boot/ibft/read_ibft.h"
#include "preflight/checks/ibft/ibft_checks.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome ibft_present(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  if (machine == nullptr) return not_applicable("the iBFT is in the memory of the machine: run --live there");
  if (!machine->ibft.empty())
    return pass(
        {{"/sys/firmware/acpi/tables", fmt::format("an iBFT of {} bytes", machine->ibft.size()), {}}});
  if (!machine->ibft_attributes.empty())
    return pass({{"/sys/firmware/ibft", "what the kernel found in low memory", {}}});
  if (!machine->ibft_unreadable.empty())
    return unknown("there is an iBFT, which cannot be read: " + machine->ibft_unreadable, "a run as root");
  const LiveMount* root = machine->root_mount();
  if (root == nullptr || root->on_iscsi() != true)
    return not_applicable("there is none; see LNX-11: the machine does not run from its LUN");
  const Evidence none{"/sys/firmware/acpi/tables, /sys/firmware/ibft", "no iBFT", {}};
  const bool asked = machine->argument("rd.iscsi.firmware") == "1" || machine->argument("ip") == "ibft" ||
                     machine->command_line.find("rd.iscsi.ibft") != std::string::npos;
  if (!asked)
    return pass({none, {"/", "is on a LUN without it: the system knows its target without one", {}}});
  Outcome outcome = fail({{none.where, none.found, "an iBFT, which the kernel command line asks for"}},
                         "Load iscsi_ibft, to see the table of a BIOS in low memory; boot by sanboot or "
                         "sanhook without --no-describe.",
                         {{"modprobe iscsi_ibft"}});
  // It runs, after all.
  outcome.lowered = Severity::warning;
  return outcome;
}

Outcome ibft_sound(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  if (machine == nullptr) return not_applicable("the iBFT is in the memory of the machine: run --live there");
  if (machine->ibft.empty()) return not_applicable("see IBFT-01: there is no raw table to look at");
  const auto table = boot::read_ibft(machine->ibft);
  const std::string remedy = "Use a newer iPXE or firmware, and at most two portals.";
  if (!table) return fail({{"iBFT", "no signature, or no whole header", "a table"}}, remedy);
  if (table->faults.empty())
    return pass(
        {{"iBFT", fmt::format("{} bytes, by {} {}", table->length, table->oem, table->oem_table), {}}});
  std::vector<Evidence> evidence;
  for (const std::string& fault : table->faults)
    evidence.push_back({"iBFT", fault, "a table that Linux takes whole"});
  return fail(std::move(evidence), remedy);
}

}  // namespace

constexpr Check kIbft01{
    .id = "IBFT-01",
    .severity = Severity::blocker,
    .scope = Scope::machine,
    .title = "iBFT is not there, or cannot be read",
    .good = "iBFT is present and can be read",
    .about =
        "Looks for the table in /sys/firmware/acpi/tables and for what the kernel's iscsi_ibft shows in "
        "/sys/firmware/ibft.",
    .evaluate = ibft_present};

constexpr Check kIbft02{
    .id = "IBFT-02",
    .severity = Severity::blocker,
    .scope = Scope::machine,
    .title = "iBFT is damaged, or Linux does not take it",
    .good = "iBFT is intact, and Linux accepts it",
    .about = "Checksum, revision, lengths and offsets of the raw table, by the rules of Linux.",
    .evaluate = ibft_sound};

}  // namespace san::preflight
