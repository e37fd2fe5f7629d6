// SPDX-License-Identifier: Apache-2.0
// sanlun list
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "core/text/terminal.h"
#include "iscsi/discovery/lun_list.h"
#include "lun_argument.h"
#include "open/open_device.h"
#include "output.h"
#include "time_limit.h"
#include "verbs.h"

namespace san {
namespace {

using iscsi::ListedLun;
using iscsi::ListedTarget;

struct ListArguments {
  std::string where;
  TimeLimit limit;
};

Json optional(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json lun_json(const ListedLun& lun) {
  const auto& info = lun.info;
  const auto& capacity = info.capacity;
  const auto number = lun.address.number();
  const auto thin = info.thin();
  const bool there = info.inquiry && !info.no_such_lun;
  return {{"lun", number ? Json(*number) : Json(lun.address.text())},
          {"addressing", lun.address.method()},
          {"type", there ? Json(iscsi::device_type_name(info.inquiry->device_type)) : Json()},
          {"size", capacity ? Json(info.size()) : Json()},
          {"block_size", capacity ? Json(info.block_size()) : Json()},
          {"thin", thin ? Json(*thin) : Json()},
          {"vendor", there ? optional(info.inquiry->vendor) : Json()},
          {"product", there ? optional(info.inquiry->product) : Json()},
          {"serial", optional(info.serial)},
          {"naa", optional(info.naa())},
          {"error", optional(lun.error)}};
}

Json list_json(const std::vector<ListedTarget>& targets) {
  Json document{{"targets", Json::array()}};
  for (const ListedTarget& target : targets) {
    Json luns = Json::array(), problems = Json::array();
    for (const ListedLun& lun : target.luns) luns.push_back(lun_json(lun));
    for (const Diagnostic& one : target.problems)
      problems.push_back({{"what", one.where}, {"why", one.text}});
    document["targets"].push_back({{"name", target.name},
                                   {"portals", target.portals},
                                   {"error", optional(target.error)},
                                   {"note", optional(target.note)},
                                   {"luns", luns},
                                   {"problems", problems}});
  }
  return document;
}

Cell text_cell(const std::string& text) {
  return text.empty() ? Cell() : Cell(text);
}

Printable target_text(const ListedTarget& target, bool color) {
  using Align = Table::Align;
  const auto marked = [color](const Printable& line) { return painted(color, sgr::yellow, line); };
  Printable out = as_printable(target.name) + "\n";
  Table table({{"lun", "LUN", Align::right},
               {"type", "TYPE"},
               {"size", "SIZE", Align::right},
               {"block", "BLOCK", Align::right},
               {"thin", "THIN"},
               {"vendor", "VENDOR"},
               {"product", "PRODUCT"}});
  for (const ListedLun& lun : target.luns) {
    const auto& info = lun.info;
    const bool there = info.inquiry && !info.no_such_lun;
    const auto thin = info.thin();
    table.add({lun.address.text(), there ? Cell(iscsi::device_type_name(info.inquiry->device_type)) : Cell(),
               info.capacity ? Cell(Bytes{info.size()}) : Cell(),
               info.capacity ? Cell(std::uint64_t{info.block_size()}) : Cell(), thin ? Cell(*thin) : Cell(),
               there ? text_cell(info.inquiry->vendor) : Cell(),
               there ? text_cell(info.inquiry->product) : Cell()});
  }
  // The names of a LUN are longer than what a line has left: they stand below it.
  const auto rows = table.text("  ").lines();
  for (std::size_t i = 0; !table.empty() && i <= target.luns.size(); ++i) {
    out += rows[i] + "\n";
    if (i == 0) continue;
    const ListedLun& lun = target.luns[i - 1];
    const std::string naa = lun.info.naa();
    if (!naa.empty()) out += format_text("         naa.{}\n", naa);
    if (!lun.info.serial.empty()) out += format_text("         serial {}\n", lun.info.serial);
    if (!lun.error.empty()) out += marked(wrapped("         ", as_printable(lun.error)));
  }
  if (!target.error.empty())
    out +=
        marked(wrapped("  not listed: ",
                       as_printable(target.hint.empty() ? target.error : target.error + "; " + target.hint)));
  if (!target.note.empty()) out += wrapped("  note: ", as_printable(target.note));
  for (const Diagnostic& one : target.problems)
    out += marked(wrapped("  answered wrongly: ", as_printable(one.where + ": " + one.text)));
  return out;
}

std::vector<ListedTarget> list(const CommonOptions& common, const ListArguments& arguments,
                               std::string& initiator) {
  const std::string where = device_argument(common, arguments.where);
  if (profile_file(where)) {
    const LunArgument lun = lun_argument(common, where);
    return {iscsi::list_target(lun.url.target, {lun.url.portal}, {lun.credentials, arguments.limit.until()})};
  }
  if (!iscsi::is_url(where)) {
    const iscsi::Portal portal = iscsi::parse_portal(where);
    const auto credentials = boot::make_credentials(common.login, {});
    initiator = credentials.initiator;
    return iscsi::list_portal(portal, {credentials, arguments.limit.until()});
  }
  const iscsi::Url url = iscsi::parse_target_url(where);
  const auto credentials = boot::make_credentials(common.login, url.user);
  return {iscsi::list_target(url.target, {url.portal}, {credentials, arguments.limit.until()})};
}

Exit run_list(const CommonOptions& common, const ListArguments& arguments) {
  std::string initiator;
  const auto targets = list(common, arguments, initiator);
  if (common.json) {
    print_json(list_json(targets));
  } else {
    Printable text;
    for (const ListedTarget& target : targets)
      text += target_text(target, canvas_of_stdout(common.color).color);
    if (targets.empty())
      text = wrapped("", format_text("No targets: there are none, or they are hidden from the initiator {}.",
                                     initiator));
    print_text(text);
  }
  const bool all = std::all_of(targets.begin(), targets.end(),
                               [](const ListedTarget& target) { return target.error.empty(); });
  return all ? Exit::ok : Exit::failed;
}

}  // namespace

void add_list(Verbs& verbs, CommonOptions& common) {
  const auto arguments = std::make_shared<ListArguments>();
  CLI::App& verb = verbs.add("list", "the LUNs of a portal's targets, or of one target",
                             [&common, arguments] { return run_list(common, *arguments); });
  verb.add_option("PORTAL|URL", arguments->where, "where they are");
  arguments->limit.add_to(verb);
}

}  // namespace san
