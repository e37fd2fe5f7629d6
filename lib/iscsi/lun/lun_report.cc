// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/lun_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "iscsi/lun/xcopy.h"
#include "iscsi/scsi/supported_commands.h"

namespace san::iscsi {
namespace {

/// Returns the support of the last command by its answer: true if it was carried out, false if it was refused
/// as unknown.
std::optional<bool> known_by_answer(const ScsiInquirySession& session) {
  const Answer& answer = session.answer();
  if (judge(answer) == Action::done) return true;
  if (answer.status != Status::check_condition || answer.sense.key != SenseKey::illegal_request)
    return std::nullopt;
  // INVALID COMMAND OPERATION CODE; or INVALID FIELD IN CDB, of which the service action is one.
  if (answer.sense.asc == 0x20 || answer.sense.asc == 0x24) return false;
  return std::nullopt;
}

void ask_mode(ScsiInquirySession& session, LunReport& report) {
  constexpr std::uint8_t kLength = 255;
  constexpr std::uint16_t kLonger = 1024;
  // All pages first, as Linux asks for; then the single ones for targets that do not support that, and the
  // longer form for those that do not support the short one.
  for (const std::uint8_t page : {std::uint8_t{0x3F}, std::uint8_t{0x08}, std::uint8_t{0x0A}}) {
    const bool known = page == 0x08   ? report.mode.write_cache.has_value()
                       : page == 0x0A ? report.mode.software_write_protect.has_value()
                                      : report.mode.write_protected.has_value();
    if (known) continue;
    Mode mode;
    if (const auto bytes = session.ask(mode_sense_6(page, kLength), kLength, "MODE SENSE(6)"))
      mode = parse_mode(*bytes, false);
    else if (!session.answered())
      return;  // the next one would hang as well
    else if (const auto longer = session.ask(mode_sense_10(page, kLonger), kLonger, "MODE SENSE(10)"))
      mode = parse_mode(*longer, true);
    const auto take = [](std::optional<bool>& into, const std::optional<bool>& from) {
      if (!into) into = from;
    };
    take(report.mode.write_protected, mode.write_protected);
    take(report.mode.dpofua, mode.dpofua);
    take(report.mode.write_cache, mode.write_cache);
    take(report.mode.read_cache, mode.read_cache);
    take(report.mode.software_write_protect, mode.software_write_protect);
  }
}

void ask_reservations(ScsiInquirySession& session, LunReport& report) {
  constexpr std::uint16_t kLength = 4096;
  if (const auto bytes =
          session.ask(persistent_reserve_in(0, kLength), kLength, "PERSISTENT RESERVE IN, READ KEYS"))
    report.keys = parse_reservation_keys(*bytes);
  else if (known_by_answer(session) == false || !session.answered())
    return;
  if (const auto bytes =
          session.ask(persistent_reserve_in(1, kLength), kLength, "PERSISTENT RESERVE IN, READ RESERVATION"))
    report.reservation = parse_reservation(*bytes);
  if (const auto bytes =
          session.ask(persistent_reserve_in(2, 8), 8, "PERSISTENT RESERVE IN, REPORT CAPABILITIES"))
    report.reservation_capabilities = parse_reservation_capabilities(*bytes);
  if (!report.keys || report.keys->keys.empty()) return;
  if (const auto bytes =
          session.ask(persistent_reserve_in(3, kLength), kLength, "PERSISTENT RESERVE IN, READ FULL STATUS"))
    report.registrants = parse_full_status(*bytes);
}

void ask_port_groups(ScsiInquirySession& session, LunReport& report) {
  if (!report.facts.inquiry || report.facts.inquiry->tpgs == 0) return;
  constexpr std::uint32_t kLength = 8192;
  const auto bytes = session.ask(report_target_port_groups(kLength), kLength, "REPORT TARGET PORT GROUPS");
  if (bytes) report.port_groups = parse_port_groups(*bytes);
  if (bytes && (!report.port_groups || report.port_groups->empty()))
    session.note_problem("REPORT TARGET PORT GROUPS", "no group in the answer makes sense");
}

/// Returns the support of a command that the target did not list: commands that only read are tried, the rest
/// stays unknown.
std::optional<bool> find_out(ScsiInquirySession& session, const LunReport& report,
                             const KnownCommand& known) {
  switch (known.command.opcode) {
    case 0x9E:
      session.ask(get_lba_status(0, 24), 24, known.name);
      return known_by_answer(session);
    case 0x83:
      // Its parameters are read by another operation code, which gives the same information.
      session.ask(receive_copy_parameters(64), 64, "RECEIVE COPY RESULTS");
      return known_by_answer(session);
    case 0x5E:
      return report.keys ? std::optional<bool>(true) : std::nullopt;
    case 0xA3:
      return report.port_groups ? std::optional<bool>(true) : std::nullopt;
    default:
      return std::nullopt;
  }
}

void ask_commands(ScsiInquirySession& session, LunReport& report) {
  constexpr std::uint32_t kLength = 16384;
  const char* const name = "REPORT SUPPORTED OPERATION CODES";
  const auto bytes = session.ask(report_supported_commands(kLength), kLength, name);
  const auto list = bytes ? parse_supported_commands(*bytes) : std::nullopt;
  if (bytes && !list) session.note_problem(name, "no command in the answer makes sense");
  report.commands_listed = list.has_value();
  for (const KnownCommand& known : known_commands())
    report.commands.push_back({known.name, list ? std::optional<bool>(is_supported(*list, known.command))
                                                : find_out(session, report, known)});
  // tgt 1.0 does not support it, but gives a limit for it.
  for (const CommandSupport& one : report.commands)
    if (one.name == "COMPARE AND WRITE" && one.supported == false && report.limits &&
        report.limits->max_compare_and_write_blocks != 0)
      session.note_problem(one.name,
                           "the target's list of commands lacks it, but VPD page B0h gives a limit for it");
}

void ask_disk(ScsiInquirySession& session, LunReport& report) {
  if (const auto bytes = read_vpd_page(session, report.facts, 0xB0)) {
    report.limits = parse_block_limits(*bytes);
    if (!report.limits) session.note_problem("VPD page B0h", "too short to make sense");
  }
  if (const auto bytes = read_vpd_page(session, report.facts, 0xB1)) {
    report.characteristics = parse_characteristics(*bytes);
    if (!report.characteristics) session.note_problem("VPD page B1h", "too short to make sense");
  }
  if (const auto bytes = read_vpd_page(session, report.facts, 0xB2)) {
    report.provisioning = parse_provisioning(*bytes);
    if (!report.provisioning) session.note_problem("VPD page B2h", "too short to make sense");
  }
  ask_mode(session, report);
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
  return port_designator(facts.designators, 5);
}

std::optional<std::uint16_t> LunReport::relative_port() const {
  return port_designator(facts.designators, 4);
}

const PortGroup* LunReport::own_group() const {
  const auto id = port_group();
  if (!id || !port_groups) return nullptr;
  const auto found = std::find_if(port_groups->begin(), port_groups->end(),
                                  [&id](const PortGroup& group) { return group.id == *id; });
  return found == port_groups->end() ? nullptr : &*found;
}

std::vector<std::string> LunReport::contradictions() const {
  std::vector<std::string> result;
  if (!facts.capacity || !facts.capacity->long_form) return result;
  const Capacity& capacity = *facts.capacity;
  const bool unmaps = provisioning && (provisioning->lbpu || provisioning->lbpws || provisioning->lbpws10);
  if (!capacity.lbpme && unmaps)
    result.emplace_back("READ CAPACITY(16) says not thin (LBPME 0), but VPD page B2h offers unmapping");
  if (capacity.lbpme && provisioning && !unmaps)
    result.emplace_back("READ CAPACITY(16) says thin (LBPME 1), but VPD page B2h offers no way to unmap");
  if (capacity.lbpme && !provisioning && !facts.pages.empty() && !facts.may_have(0xB2))
    result.emplace_back("READ CAPACITY(16) reports thin provisioning (LBPME 1), but VPD page B2h is missing");
  if (capacity.lbpme && provisioning && capacity.lbprz != provisioning->lbprz)
    result.push_back(fmt::format("LBPRZ is {} in READ CAPACITY(16), but {} in VPD page B2h",
                                 capacity.lbprz ? 1 : 0, provisioning->lbprz ? 1 : 0));
  if (provisioning && provisioning->lbpu && limits && limits->max_unmap_blocks == 0)
    result.emplace_back("VPD page B2h offers UNMAP (LBPU 1), but VPD page B0h allows it no block");
  if (mode.software_write_protect == true && mode.write_protected == false)
    result.emplace_back(
        "the control page says write protected (SWP 1), but the header of MODE SENSE does not");
  return result;
}

LunReport query_lun_report(const Login& login) {
  LunReport report;
  report.url = {login.portal, login.target, login.lun, {}};
  report.initiator = login.credentials.initiator;
  ScsiInquirySession session(login);
  report.negotiated = session.negotiated();
  report.address = session.address();
  report.facts = ask_facts(session);
  if (report.facts.no_such_lun)
    throw Error(Exit::failed, to_string(report.url), "the target has no such LUN",
                "list the LUNs of the target, and check which this initiator may see");
  if (!report.facts.inquiry) {
    const std::string why =
        session.problems().empty() ? describe(session.answer()) : session.problems().front().text;
    throw Error(Exit::failed, to_string(report.url), fmt::format("INQUIRY: {}", why),
                "check the target and its log");
  }
  const bool ready = session.order(test_unit_ready(), "TEST UNIT READY");
  const Status status = session.answer().status;
  report.reserved_by_another = status == Status::reservation_conflict;
  if (status != Status::lost && status != Status::silent)
    report.not_ready = ready ? std::string() : describe(session.answer());
  if (report.facts.is_disk()) ask_disk(session, report);
  if (report.facts.is_disk()) ask_reservations(session, report);
  ask_port_groups(session, report);
  if (report.facts.is_disk()) ask_commands(session, report);
  report.problems = session.problems();
  report.complete = session.complete();
  if (const Diagnostic* gap = session.gap()) report.unanswered = fmt::format("{}: {}", gap->where, gap->text);
  session.end();
  return report;
}

}  // namespace san::iscsi
