// SPDX-License-Identifier: Apache-2.0
// sanlun discover
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/process/log.h"
#include "core/text/terminal.h"
#include "iscsi/discovery/discovery.h"
#include "output.h"
#include "time_limit.h"
#include "verbs.h"

namespace san {
namespace {

using iscsi::AskedPortal;
using iscsi::Discovery;
using iscsi::Reachability;
using iscsi::TargetPortal;

struct DiscoverOptions {
  std::vector<std::string> portals;
  TimeLimit limit;
};

double milliseconds(const Reachability& one) {
  return static_cast<double>(one.latency->count()) / 1000;
}

Printable reach_text(const TargetPortal& portal) {
  if (!portal.advertised.problem.empty()) return format_text("unusable: {}", portal.advertised.problem);
  Printable text;
  for (const Reachability& one : portal.addresses) {
    if (!text.empty()) text += "; ";
    const std::string name = iscsi::to_string(one.address);
    if (portal.advertised.portal && name != iscsi::to_string(*portal.advertised.portal))
      text += format_text("{} ", name);
    text += one.latency ? format_text("reachable, {:.2f} ms", milliseconds(one))
                        : format_text("unreachable: {}", one.error);
  }
  return text.empty() ? SourceText("not tried") : text;
}

Printable discovery_text(const Discovery& found, const std::string& initiator, bool color) {
  Printable out;
  for (const iscsi::DiscoveredTarget& target : found.targets) {
    out += as_printable(target.name) + "\n";
    if (!target.problem.empty()) out += wrapped("  ", format_text("not a legal name: {}", target.problem));
    std::size_t width = 0;
    for (const TargetPortal& portal : target.portals)
      width = std::max(width, as_printable(portal.advertised.text).size());
    for (const TargetPortal& portal : target.portals) {
      const Printable name =
          format_text("  {:<{}}  ", portal.advertised.text, std::min<std::size_t>(width, 46));
      const Printable line = wrapped(name, reach_text(portal));
      out += painted(color && !portal.reachable(), sgr::yellow, line);
    }
    if (target.portals.empty()) out += "  no portal is advertised: the one that was asked is meant\n";
  }
  const bool answered =
      std::any_of(found.asked.begin(), found.asked.end(), [](const AskedPortal& one) { return !one.error; });
  if (found.targets.empty() && answered)
    out += wrapped(
        "", format_text("No targets: there are none, or they are hidden from the initiator {}.", initiator));
  return out;
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json portal_json(const TargetPortal& portal) {
  const auto& advertised = portal.advertised;
  Json addresses = Json::array(), best = nullptr;
  for (const Reachability& one : portal.addresses) {
    const Json latency = one.latency ? Json(milliseconds(one)) : Json();
    if (one.latency && (best.is_null() || milliseconds(one) < best.get<double>())) best = latency;
    addresses.push_back({{"address", iscsi::to_string(one.address)},
                         {"connect_ms", latency},
                         {"error", text_or_null(one.error)}});
  }
  return {{"portal", advertised.portal ? Json(iscsi::to_string(*advertised.portal)) : Json()},
          {"advertised", advertised.text},
          {"group", advertised.group ? Json(*advertised.group) : Json()},
          {"reachable", portal.reachable()},
          {"connect_ms", best},
          {"problem", text_or_null(advertised.problem)},
          {"addresses", addresses}};
}

Json discovery_json(const Discovery& found, const std::string& initiator) {
  Json document{{"initiator", initiator}, {"portals", Json::array()}, {"targets", Json::array()}};
  for (const AskedPortal& one : found.asked)
    document["portals"].push_back({{"portal", iscsi::to_string(one.portal)},
                                   {"address", one.address ? Json(iscsi::to_string(*one.address)) : Json()},
                                   {"targets", one.error ? Json() : Json(one.targets)},
                                   {"error", one.error ? Json(*one.error) : Json()}});
  for (const iscsi::DiscoveredTarget& target : found.targets) {
    Json portals = Json::array();
    for (const TargetPortal& portal : target.portals) portals.push_back(portal_json(portal));
    document["targets"].push_back(
        {{"name", target.name}, {"problem", text_or_null(target.problem)}, {"portals", portals}});
  }
  return document;
}

Exit run_discover(const CommonOptions& common, const DiscoverOptions& options) {
  std::vector<iscsi::Portal> portals;
  for (const std::string& text : options.portals) portals.push_back(iscsi::parse_portal(text));
  const auto credentials = boot::make_credentials(common.login, {});
  const Discovery found = iscsi::discover(portals, {credentials, options.limit.until(), true});
  if (common.json)
    print_json(discovery_json(found, credentials.initiator));
  else
    print_text(discovery_text(found, credentials.initiator, canvas_of_stdout(common.color).color));
  for (const AskedPortal& one : found.asked) {
    if (!one.error) continue;
    const std::string name = iscsi::to_string(one.portal);
    const std::string address = one.address ? iscsi::to_string(*one.address) : name;
    const Error error(Exit::failed, address == name ? name : fmt::format("{} ({})", name, address),
                      *one.error, one.hint);
    // One address of a host that answers at another is worth a remark only.
    const bool other = std::any_of(found.asked.begin(), found.asked.end(), [&one](const AskedPortal& o) {
      return o.portal == one.portal && !o.error;
    });
    log::message(other ? log::Level::warning : log::Level::error, error.what());
  }
  return found.complete() ? Exit::ok : Exit::failed;
}

}  // namespace

void add_discover(Verbs& verbs, CommonOptions& common) {
  const auto options = std::make_shared<DiscoverOptions>();
  CLI::App& verb = verbs.add("discover", "the targets of portals, and which of their portals answer",
                             [&common, options] { return run_discover(common, *options); });
  verb.add_option("PORTAL", options->portals, "where to ask")->required();
  options->limit.add_to(verb);
}

}  // namespace san
