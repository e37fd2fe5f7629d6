// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// A setting of iscsid.conf(5), with the line it stands on.
struct Timeout {
  std::string where;
  long seconds = 0;
};

Timeout timeout_of(std::string_view text, std::string_view name, long otherwise) {
  Timeout timeout{"/etc/iscsi/iscsid.conf", otherwise};
  for (const auto& [number, line] : os::config_lines(text)) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || os::without_blanks(line.substr(0, equals)) != name) continue;
    const auto value = os::without_blanks(line.substr(equals + 1));
    long seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc()) continue;
    timeout = {fmt::format("/etc/iscsi/iscsid.conf:{}", number), seconds};
  }
  return timeout;
}

bool wanted_by_a_target(os::SystemTree& tree, std::string_view unit) {
  for (const auto& [directory, kind] : tree.list("/etc/systemd/system")) {
    if (!directory.ends_with(".wants")) continue;
    for (const auto& [name, link] : tree.list("/etc/systemd/system/" + directory))
      if (name == unit) return true;
  }
  return false;
}

Outcome session_lasts(const MachineFacts& machine) {
  const LiveMount* root = machine.root_mount();
  if (root == nullptr || root->on_iscsi() != true) return not_applicable("see LNX-11: \"/\" is not on a LUN");
  std::vector<Evidence> bad, good;
  if (!machine.iscsid)
    bad.push_back({"iscsid", "does not run", "iscsid, which logs in again when a session is lost"});
  // open-iscsi's README, 8.2: without multipath a lost root may only wait; with it, another path takes over.
  constexpr long kShort = 600;
  const bool paths = root->disks.size() > 1;
  for (const LiveDisk& disk : root->disks) {
    const auto timeout = disk.session->recovery_tmo;
    if (!timeout) continue;
    const Evidence evidence{disk.session->name, fmt::format("recovery_tmo {} s", *timeout),
                            paths ? "5 to 30 s with several paths" : "86400 s with one path"};
    // 0 fails at once, less never (drivers/scsi/scsi_transport_iscsi.c).
    const bool good_one = paths ? *timeout >= 0 && *timeout <= 30 : *timeout < 0 || *timeout >= kShort;
    (good_one ? good : bad).push_back({evidence.where, evidence.found, good_one ? "" : evidence.wanted});
  }
  if (bad.empty()) return pass(std::move(good));
  return fail(
      std::move(bad),
      "Set node.session.timeo.replacement_timeout in /etc/iscsi/iscsid.conf and in the node's record, and "
      "let iscsid run: else a target that restarts leaves the root file system read-only.",
      {{"systemctl enable --now iscsid.socket open-iscsi.service"},
       {"sed -i 's/^node.session.timeo.replacement_timeout.*/node.session.timeo.replacement_timeout = {}/' "
        "/etc/iscsi/iscsid.conf",
        paths ? ShellText("5") : ShellText("86400")}});
}

Outcome check_iscsid(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  // What runs counts more than what is configured.
  if (const auto* machine = subject.machine(); machine != nullptr && subject.device() == nullptr)
    if (auto live = session_lasts(*machine); live.status == Status::fail) return live;
  auto& tree = *system->tree;
  Findings findings;
  const auto text = tree.text("/etc/iscsi/iscsid.conf");
  if (!text)
    return fail({seen("/etc/iscsi/iscsid.conf", "is not there",
                      "iscsid, which logs in again when a session is lost")},
                "Install open-iscsi.", install_commands(*system));
  bool enabled = false;
  for (const auto* unit : {"iscsid.socket", "iscsid.service", "open-iscsi.service", "iscsi.service"})
    enabled = enabled || wanted_by_a_target(tree, unit);
  if (!enabled && tree.exists("/etc/systemd/system"))
    findings.bad.push_back(seen("/etc/systemd/system", "nothing starts iscsid", "iscsid.socket"));
  const bool multipath = tree.exists("/etc/multipath.conf") &&
                         (tree.exists("/usr/sbin/multipathd") || tree.exists("/sbin/multipathd"));
  const auto replacement = timeout_of(*text, "node.session.timeo.replacement_timeout", 120);
  const auto noop = timeout_of(*text, "node.conn[0].timeo.noop_out_interval", 5);
  // README of open-iscsi, 8.1 and 8.2: with multipath fail over soon; without, the root has nothing but to
  // wait.
  if (multipath && (replacement.seconds > 15 || replacement.seconds < 0))
    findings.bad.push_back(seen(replacement.where,
                                fmt::format("replacement_timeout = {}", replacement.seconds),
                                "5, with multipath"));
  if (!multipath && replacement.seconds >= 0 && replacement.seconds < 86400)
    findings.bad.push_back(seen(replacement.where,
                                fmt::format("replacement_timeout = {}", replacement.seconds),
                                "86400 for a root without multipath"));
  if (!multipath && noop.seconds != 0)
    findings.bad.push_back(seen(noop.where, fmt::format("noop_out_interval = {}", noop.seconds),
                                "0 for a root without multipath"));
  if (findings.bad.empty())
    findings.good.push_back(
        seen(replacement.where, fmt::format("replacement_timeout = {}", replacement.seconds)));
  return findings.outcome(
      "Start iscsid, and let a root without multipath wait for its target instead of failing.",
      {{"systemctl enable iscsid.socket"},
       {"sed -i -e 's/^\\(node.session.timeo.replacement_timeout\\).*/\\1 = {}/' -e "
        "'s/^\\(node.conn\\[0\\].timeo.noop_out_\\(interval\\|timeout\\)\\).*/\\1 = {}/' "
        "/etc/iscsi/iscsid.conf",
        multipath ? ShellText("5") : ShellText("86400"), multipath ? ShellText("5") : ShellText("0")}});
}

}  // namespace

constexpr Check kLnx13{
    .id = "LNX-13",
    .severity = Severity::warning,
    .scope = Scope::disk,
    .title = "a lost session is not waited for",
    .good = "system waits for a lost session to return",
    .about =
        "Reads iscsid.conf and the units that systemd starts: iscsid is started, replacement_timeout and "
        "noop_out_interval are those for a root on iSCSI. With --live alone, also iscsid and recovery_tmo of "
        "the session.",
    .evaluate = check_iscsid};

}  // namespace san::preflight
