// SPDX-License-Identifier: Apache-2.0
#include "iscsi/discovery/lun_list.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "core/error.h"
#include "core/process/interrupt.h"
#include "iscsi/address/parallel.h"
#include "iscsi/login/login.h"
#include "iscsi/login/login_error.h"
#include "iscsi/lun/query_lun.h"

namespace san::iscsi {
namespace {

using Clock = std::chrono::steady_clock;

/// Allocation length for 8191 LUNs; a target with more reports the full length in its answer.
constexpr std::uint32_t kInventory = 64 * 1024;

const char* const kLook = "check the target and its log";

/// Logs in to the target through the first portal that accepts it. If none does, `target` gets the error of
/// the first portal that refused the login, else that of the first portal.
std::unique_ptr<ScsiInquirySession> meet(const std::string& name, const std::vector<Portal>& portals,
                                         const ListOptions& options, ListedTarget& target) {
  bool spoke = false;
  for (std::size_t i = 0; i < portals.size(); ++i) {
    Login login = make_login({portals[i], name, 0, ""}, options.credentials);
    login.keep_going = [] { return !Interrupt::requested(); };
    // A portal that hangs must leave time for the others.
    const auto left = options.until - Clock::now();
    login.timeout =
        std::chrono::duration_cast<std::chrono::milliseconds>(i + 1 < portals.size() ? left / 3 : left);
    login.until = options.until;
    try {
      auto session = std::make_unique<ScsiInquirySession>(login);
      target.error.clear();
      target.hint.clear();
      return session;
    } catch (const LoginRefused& error) {
      if (!spoke) target.error = error.cause(), target.hint = error.hint();
      spoke = true;
    } catch (const Error& error) {
      if (target.error.empty()) target.error = error.cause(), target.hint = error.hint();
    }
  }
  return nullptr;
}

void ask_luns(ScsiInquirySession& session, ListedTarget& target, const ListOptions& options) {
  const ScsiReply reply = receive(session, "REPORT LUNS", report_luns(kInventory), kInventory);
  if (!reply.done()) {
    const auto& problems = session.problems();
    target.error =
        fmt::format("REPORT LUNS: {}", problems.empty() ? describe(reply.answer) : problems.front().text);
    target.hint = kLook;
    return;
  }
  const auto inventory = parse_report_luns(reply.bytes);
  if (!inventory) {
    target.error = fmt::format("REPORT LUNS: an answer of {} bytes", reply.bytes.size());
    return;
  }
  if (inventory->announced > 8 * inventory->luns.size())
    target.error = fmt::format("REPORT LUNS: {} LUNs are announced, {} were listed", inventory->announced / 8,
                               inventory->luns.size());
  bool disks = false;
  for (const LunAddress& address : inventory->luns) {
    ListedLun& lun = target.luns.emplace_back();
    lun.address = address;
    const auto first = address.first_level();
    if (!first) {
      lun.error = fmt::format("a {} address, which is not queried", address.method());
      disks = true;  // it may be a disk
      continue;
    }
    session.use_lun(*first);
    const std::size_t problems = session.problems().size();
    lun.info = query_lun(session, LunDepth::listing);
    if (lun.info.no_such_lun)
      lun.error = "REPORT LUNS names it, but INQUIRY says that there is none";
    else if (!lun.info.inquiry)
      lun.error =
          session.problems().size() > problems ? session.problems()[problems].text : "no usable answer";
    disks = disks || !lun.info.inquiry || lun.info.inquiry->device_type != 0x0C;
    if (session.over() && target.error.empty())
      target.error = "the target has left too many commands unanswered, or the time limit was reached";
  }
  if (target.luns.empty() || !disks)
    target.note =
        fmt::format("it shows no disk to the initiator {}: it may have none, or hide them from this name",
                    options.credentials.initiator);
}

}  // namespace

ListedTarget list_target(const std::string& name, const std::vector<Portal>& portals,
                         const ListOptions& options) {
  ListedTarget target;
  target.name = name;
  for (const Portal& portal : portals) target.portals.push_back(to_string(portal));
  try {
    const auto session = meet(name, portals, options, target);
    if (!session) return target;
    ask_luns(*session, target, options);
    target.problems = session->problems();
    if (!session->complete()) {
      if (target.error.empty()) target.error = "not every command was answered";
      target.hint = kLook;
    }
    session->end();
  } catch (const Error& error) {
    target.error = error.cause();
    target.hint = error.hint();
  }
  return target;
}

std::vector<ListedTarget> list_portal(const Portal& portal, const ListOptions& options) {
  const auto now = Clock::now();
  const Discovery found =
      discover(std::span(&portal, 1), {options.credentials, now + (options.until - now) / 2, false});
  if (!found.complete())
    throw Error(Exit::failed, to_string(portal), found.asked.front().error.value_or("no answer"),
                found.asked.front().hint);
  std::vector<ListedTarget> result(found.targets.size());
  in_parallel(found.targets.size(), [&](std::size_t i) {
    const DiscoveredTarget& target = found.targets[i];
    // If the target is advertised at the portal that was asked, that address is known to work. Otherwise it
    // is the last resort: the advertised addresses may be behind address translation.
    std::vector<Portal> portals, asked;
    for (const AskedPortal& one : found.asked)
      if (one.address && !one.error) asked.push_back(*one.address);
    const auto add = [&portals](const Portal& one) {
      if (std::find(portals.begin(), portals.end(), one) == portals.end()) portals.push_back(one);
    };
    const auto is_asked = [&asked](const Portal& one) {
      return std::find(asked.begin(), asked.end(), one) != asked.end();
    };
    std::vector<std::string> names;
    for (const bool first : {true, false})
      for (const TargetPortal& one : target.portals)
        if (one.advertised.portal && one.advertised.problem.empty() &&
            is_asked(*one.advertised.portal) == first)
          add(*one.advertised.portal);
    for (const Portal& one : asked) add(one);
    for (const TargetPortal& one : target.portals) {
      const std::string text =
          one.advertised.portal ? to_string(*one.advertised.portal) : one.advertised.text;
      if (std::find(names.begin(), names.end(), text) == names.end()) names.push_back(text);
    }
    result[i] = list_target(target.name, portals, options);
    result[i].portals = names;
    if (!target.problem.empty()) result[i].note = target.problem;
  });
  Interrupt::check("the list");
  return result;
}

}  // namespace san::iscsi
