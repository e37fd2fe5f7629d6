// SPDX-License-Identifier: Apache-2.0
// Sections of a LUN report about other users of the LUN, its paths, and the session.
#include <fmt/core.h>

#include <algorithm>

#include "lun_report.h"
#include "lun_report_sections.h"

namespace san {
namespace {

using iscsi::LunReport;

std::string key_text(std::uint64_t key) {
  return fmt::format("0x{:016x}", key);
}

Printable registrant_text(const iscsi::Registrant& one) {
  return format_text("{}{}{}", key_text(one.key), one.initiator.empty() ? "" : " of " + one.initiator,
                     one.holder ? ", holder" : "");
}

Field holder_field(const LunReport& report) {
  Field field{"holder", "Reservation", nullptr, kUnknown};
  if (!report.reservation) return field;
  field.text = SourceText("none");
  if (report.reservation->empty()) return field;
  const iscsi::Reservation& one = report.reservation->front();
  field.value = Json{
      {"key", key_text(one.key)}, {"type", iscsi::reservation_type_name(one.type)}, {"scope", one.scope}};
  field.text = format_text("{}, by key {}{}", iscsi::reservation_type_name(one.type), key_text(one.key),
                           report.reservation->size() > 1 ? " (and others, which is nonsense)" : "");
  field.warn = true;
  return field;
}

}  // namespace

Section reservation_section(const LunReport& report) {
  Section section{"reservations", "Reservations", {}};
  section.fields.push_back(holder_field(report));
  Field keys{"keys", "Registered keys", nullptr, kUnknown};
  if (report.registrants && !report.registrants->empty()) {
    keys.value = Json::array();
    std::vector<Printable> texts;
    for (const auto& one : *report.registrants) {
      keys.value.push_back({{"key", key_text(one.key)},
                            {"initiator", one.initiator.empty() ? Json() : Json(one.initiator)},
                            {"holder", one.holder}});
      texts.push_back(registrant_text(one));
    }
    keys.text = joined(texts, "\n");
  } else if (report.keys) {
    keys.value = Json::array();
    std::vector<std::string> texts;
    for (const std::uint64_t one : report.keys->keys) {
      keys.value.push_back({{"key", key_text(one)}, {"initiator", nullptr}, {"holder", nullptr}});
      texts.push_back(key_text(one));
    }
    keys.text = texts.empty() ? SourceText("none") : joined(texts, "\n");
  }
  section.fields.push_back(std::move(keys));
  Field generation{"generation", "Generation", nullptr, kUnknown};
  if (report.keys)
    generation.value = report.keys->generation, generation.text = format_text("{}", report.keys->generation);
  section.fields.push_back(std::move(generation));
  Field types{"types", "Types", nullptr, kUnknown};
  Field lasting{"survives_power_loss", "Survives power loss", nullptr, kUnknown};
  if (const auto& able = report.reservation_capabilities) {
    lasting.value = able->persist_through_power_loss;
    lasting.text =
        able->persist_through_power_loss
            ? able->persists_now ? SourceText("yes, and switched on") : SourceText("can, but not switched on")
            : SourceText("no");
    if (able->types) {
      types.value = Json::array();
      std::vector<std::string> names;
      for (const std::uint8_t type : *able->types) {
        names.push_back(iscsi::reservation_type_name(type));
        types.value.push_back(names.back());
      }
      types.text = names.empty() ? SourceText("none") : joined(names, "\n");
    }
  }
  section.fields.push_back(std::move(types));
  section.fields.push_back(std::move(lasting));
  return section;
}

Section path_section(const LunReport& report) {
  Section section{"paths", "Paths (ALUA)", {}};
  static constexpr SourceText kSupport[] = {"no (TPGS 0)", "implicit (TPGS 1)", "explicit (TPGS 2)",
                                            "implicit and explicit (TPGS 3)"};
  const std::uint8_t tpgs = report.info.inquiry->tpgs & 3;
  section.fields.push_back({"tpgs", "ALUA", tpgs, kSupport[tpgs]});
  const auto number = [&report](const char* key, const char* label,
                                const std::optional<std::uint16_t>& value) {
    const SourceText absent = report.info.designators.empty() ? kUnknown : SourceText("not reported");
    return value ? Field{key, label, *value, format_text("{}", *value)} : Field{key, label, nullptr, absent};
  };
  section.fields.push_back(number("relative_port", "This port", report.relative_port()));
  section.fields.push_back(number("port_group", "Port group of it", report.port_group()));
  if (tpgs == 0) return section;
  Field groups{"groups", "Port groups", nullptr, kUnknown};
  if (report.port_groups) {
    groups.value = Json::array();
    std::vector<Printable> texts;
    for (const iscsi::PortGroup& group : *report.port_groups) {
      const char* name = iscsi::access_state_name(group.state);
      const std::string state = name != nullptr ? name : fmt::format("nonsense: state {:X}h", group.state);
      const bool own = report.own_group() == &group;
      groups.value.push_back({{"id", group.id},
                              {"state", name != nullptr ? Json(name) : Json()},
                              {"preferred", group.preferred},
                              {"ports", group.ports},
                              {"this_session", own}});
      texts.push_back(format_text("{}: {}{}, ports {}{}", group.id, state,
                                  group.preferred ? ", preferred" : "", joined(group.ports, " "),
                                  own ? " (this session)" : ""));
      groups.warn = groups.warn || (own && group.state != 0);
    }
    groups.text = texts.empty() ? kUnknown : joined(texts, "\n");
  }
  section.fields.push_back(std::move(groups));
  return section;
}

Section command_section(const LunReport& report) {
  Section section{"commands", "Commands", {}};
  section.fields.push_back({"listed", "Known by", report.commands_listed,
                            report.commands_listed
                                ? SourceText("the target's list (REPORT SUPPORTED OPERATION CODES)")
                                : SourceText("asking; the target has no list. \"sanlun probe\" tries them")});
  for (const iscsi::CommandSupport& one : report.commands) {
    Field field{{}, one.name, nullptr, kUnknown};
    for (const char c : one.name) {
      const bool letter = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (letter)
        field.key += c >= 'A' ? static_cast<char>(c - 'A' + 'a') : c;
      else if (c != ')')
        field.key += '_';
    }
    if (one.supported)
      field.value = *one.supported, field.text = *one.supported ? SourceText("yes") : SourceText("no");
    section.fields.push_back(std::move(field));
  }
  return section;
}

Section session_section(const LunReport& report) {
  Section section{"session", "Session", {}};
  section.fields = {
      {"portal", "Portal", iscsi::to_string(report.address), as_printable(iscsi::to_string(report.address))},
      {"initiator", "Initiator", report.initiator, as_printable(report.initiator)}};
  Field segment{"max_recv_data_segment_length", "MaxRecvDataSegmentLength", nullptr, kUnknown};
  if (const auto value = report.target_segment()) {
    segment.value = *value;
    segment.text = format_text(
        "{}{}", *value,
        report.key("MaxRecvDataSegmentLength").empty() ? " (not declared: the RFC's default)" : "");
  }
  section.fields.push_back(std::move(segment));
  static const std::pair<const char*, const char*> kNumbers[] = {
      {"first_burst_length", "FirstBurstLength"},     {"max_burst_length", "MaxBurstLength"},
      {"max_outstanding_r2t", "MaxOutstandingR2T"},   {"max_connections", "MaxConnections"},
      {"error_recovery_level", "ErrorRecoveryLevel"}, {"target_portal_group_tag", "TargetPortalGroupTag"}};
  for (const auto& [key, name] : kNumbers) {
    const std::string value = report.key(name);
    const bool plain =
        !value.empty() && value.size() < 10 && value.find_first_not_of("0123456789") == std::string::npos;
    if (plain)
      section.fields.push_back({key, name, std::stoul(value), as_printable(value)});
    else
      section.fields.push_back(
          {key, name, nullptr, value.empty() ? kUnknown : format_text("nonsense: {}", value)});
  }
  static const std::pair<const char*, const char*> kWords[] = {{"initial_r2t", "InitialR2T"},
                                                               {"immediate_data", "ImmediateData"},
                                                               {"header_digest", "HeaderDigest"},
                                                               {"data_digest", "DataDigest"}};
  for (const auto& [key, name] : kWords) {
    const std::string value = report.key(name);
    Field field{key, name, value.empty() ? Json() : Json(value),
                value.empty() ? kUnknown : as_printable(value)};
    // Connection offers No, and so it is.
    if (std::string(name) == "ImmediateData" && value == "No") field.text += " (this tool asks for none)";
    section.fields.push_back(std::move(field));
  }
  return section;
}

}  // namespace san
