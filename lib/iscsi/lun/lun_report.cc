// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/lun_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "iscsi/lun/query_lun.h"
#include "iscsi/lun/xcopy.h"
#include "iscsi/scsi/supported_commands.h"

namespace san::iscsi {
namespace {

/// Returns the support of a command by its answer: true if it was carried out, false if it was refused as
/// unknown.
std::optional<bool> known_by_answer(const Answer& answer) {
  if (judge(answer) == Action::done) return true;
  if (answer.status != CommandStatus::check_condition || answer.sense.key != SenseKey::illegal_request)
    return std::nullopt;
  // INVALID COMMAND OPERATION CODE; or INVALID FIELD IN CDB, of which the service action is one.
  if (answer.sense.asc == 0x20 || answer.sense.asc == 0x24) return false;
  return std::nullopt;
}

/// Sends PERSISTENT RESERVE IN with one service action, `name` for messages.
ScsiReply reserve_in(ScsiTransport& session, ReserveIn action, const char* name,
                     std::uint16_t length = 4096) {
  return receive(session, fmt::format("PERSISTENT RESERVE IN, {}", name),
                 persistent_reserve_in(action, length), length);
}

void ask_reservations(ScsiTransport& session, LunReport& report) {
  const ScsiReply keys = reserve_in(session, ReserveIn::read_keys, "READ KEYS");
  if (keys.done())
    report.keys = parse_reservation_keys(keys.bytes);
  else if (known_by_answer(keys.answer) == false || !keys.answer.answered())
    return;
  if (const auto held = reserve_in(session, ReserveIn::read_reservation, "READ RESERVATION"); held.done())
    report.reservation = parse_reservation(held.bytes);
  if (const auto able = reserve_in(session, ReserveIn::report_capabilities, "REPORT CAPABILITIES", 8);
      able.done())
    report.reservation_capabilities = parse_reservation_capabilities(able.bytes);
  if (!report.keys || report.keys->keys.empty()) return;
  if (const auto all = reserve_in(session, ReserveIn::read_full_status, "READ FULL STATUS"); all.done())
    report.registrants = parse_full_status(all.bytes);
}

void ask_port_groups(ScsiTransport& session, LunReport& report) {
  if (!report.info.inquiry || report.info.inquiry->tpgs == 0) return;
  constexpr std::uint32_t kLength = 8192;
  const char* const name = "REPORT TARGET PORT GROUPS";
  const ScsiReply reply = receive(session, name, report_target_port_groups(kLength), kLength);
  if (!reply.done()) return;
  report.port_groups = parse_port_groups(reply.bytes);
  if (!report.port_groups || report.port_groups->empty())
    session.note_problem(name, "no group in the answer makes sense");
}

/// Returns the support of a command that the target did not list: commands that only read are tried, the rest
/// stays unknown.
std::optional<bool> find_out(ScsiTransport& session, const LunReport& report, const KnownCommand& known) {
  switch (known.command.opcode) {
    case 0x9E:
      return known_by_answer(receive(session, known.name, get_lba_status(0, 24), 24).answer);
    case 0x83:
      // Its parameters are read by another operation code, which gives the same information.
      return known_by_answer(
          receive(session, "RECEIVE COPY RESULTS", receive_copy_parameters(64), 64).answer);
    case 0x5E:
      return report.keys ? std::optional<bool>(true) : std::nullopt;
    case 0xA3:
      return report.port_groups ? std::optional<bool>(true) : std::nullopt;
    default:
      return std::nullopt;
  }
}

void ask_commands(ScsiTransport& session, LunReport& report) {
  constexpr std::uint32_t kLength = 16384;
  const char* const name = "REPORT SUPPORTED OPERATION CODES";
  const ScsiReply reply = receive(session, name, report_supported_commands(kLength), kLength);
  const auto list = reply.done() ? parse_supported_commands(reply.bytes) : std::nullopt;
  if (reply.done() && !list) session.note_problem(name, "no command in the answer makes sense");
  report.commands_listed = list.has_value();
  for (const KnownCommand& known : known_commands())
    report.commands.push_back({known.name, list ? std::optional<bool>(is_supported(*list, known.command))
                                                : find_out(session, report, known)});
  // tgt 1.0 does not support it, but gives a limit for it.
  for (const CommandSupport& one : report.commands)
    if (one.name == "COMPARE AND WRITE" && one.supported == false && report.info.limits &&
        report.info.limits->max_compare_and_write_blocks != 0)
      session.note_problem(one.name,
                           "the target's list of commands lacks it, but VPD page B0h gives a limit for it");
}

/// Returns the number in the designator of a port or group. parse_designators() gives binary designators in
/// hexadecimal: two reserved bytes, then the number (SPC-4, 7.8.6.7 and 7.8.6.8).
std::optional<std::uint16_t> port_designator(const std::vector<Designator>& designators, std::uint8_t type) {
  for (const Designator& one : designators) {
    if (one.association != 1 || one.type != type || one.text.size() != 8) continue;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(one.text.data(), one.text.data() + 8, value, 16);
    if (error == std::errc() && end == one.text.data() + 8) return static_cast<std::uint16_t>(value & 0xFFFF);
  }
  return std::nullopt;
}

}  // namespace

std::string LunReport::key(const std::string& name) const {
  const auto found = negotiated.find(name);
  return found == negotiated.end() ? std::string() : found->second;
}

std::optional<std::uint32_t> LunReport::target_segment() const {
  if (negotiated.empty()) return std::nullopt;
  const std::string text = key("MaxRecvDataSegmentLength");
  // RFC 7143, 13.12: the default.
  if (text.empty()) return 8192;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint16_t> LunReport::port_group() const {
  return port_designator(info.designators, 5);
}

std::optional<std::uint16_t> LunReport::relative_port() const {
  return port_designator(info.designators, 4);
}

const PortGroup* LunReport::own_group() const {
  const auto id = port_group();
  if (!id || !port_groups) return nullptr;
  const auto found = std::find_if(port_groups->begin(), port_groups->end(),
                                  [&id](const PortGroup& group) { return group.id == *id; });
  return found == port_groups->end() ? nullptr : &*found;
}

LunReport query_lun_report(const Login& login) {
  LunReport report;
  report.url = {login.portal, login.target, login.lun, {}};
  report.initiator = login.credentials.initiator;
  ScsiInquirySession session(login);
  report.negotiated = session.negotiated();
  report.address = session.address();
  report.info = query_lun(session, LunDepth::report);
  if (report.info.no_such_lun) throw no_such_lun(to_string(report.url));
  if (!report.info.inquiry) {
    const std::string why =
        session.problems().empty() ? describe(session.answer()) : session.problems().front().text;
    throw Error(Exit::failed, to_string(report.url), fmt::format("INQUIRY: {}", why),
                "check the target and its log");
  }
  if (report.info.is_disk()) ask_reservations(session, report);
  ask_port_groups(session, report);
  if (report.info.is_disk()) ask_commands(session, report);
  report.problems = session.problems();
  report.complete = session.complete();
  if (const Diagnostic* gap = session.gap()) report.unanswered = fmt::format("{}: {}", gap->where, gap->text);
  session.end();
  return report;
}

}  // namespace san::iscsi
