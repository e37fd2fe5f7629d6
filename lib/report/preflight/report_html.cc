// SPDX-License-Identifier: Apache-2.0
#include "report/preflight/report_html.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "core/units.h"
#include "preflight/facts/boot_way.h"
#include "report/disk/disk_svg.h"
#include "report/disk/svg.h"
#include "report/preflight/html_page.h"
#include "system/file/output_file.h"

namespace san::report {
namespace {

/// The order in which checks are listed, and the names of the buttons.
struct Group {
  preflight::Status status;
  const char* name;
};
constexpr std::array<Group, 5> kGroups = {{{preflight::Status::fail, "Failed"},
                                           {preflight::Status::unknown, "Unknown"},
                                           {preflight::Status::skipped, "Skipped"},
                                           {preflight::Status::pass, "Passed"},
                                           {preflight::Status::not_applicable, "Not applicable"}}};

/// Rows of a list of names and values; what is empty is left out.
class Rows {
 public:
  void add(const char* name, const std::string& value) {
    if (!value.empty()) rows_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, xml_text(value));
  }
  std::string html() const { return "<dl>\n" + rows_ + "</dl>\n"; }

 private:
  std::string rows_;
};

std::string comma_list(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string nic_text(const preflight::BootNic& nic) {
  std::vector<std::string> words;
  if (!nic.driver.empty()) words.push_back(nic.driver);
  if (nic.vendor && nic.device) words.push_back(fmt::format("PCI {:04x}:{:04x}", *nic.vendor, *nic.device));
  if (!nic.interface.empty()) words.push_back(nic.interface);
  if (!nic.mac.empty()) words.push_back(nic.mac);
  return comma_list(words);
}

std::string subject_html(const preflight::Report& report, const HtmlContext& context) {
  Rows rows;
  rows.add("Device", report.device);
  if (report.live) rows.add("Machine", "this one, running");
  if (report.size > 0) rows.add("Size", format_size(report.size));
  rows.add("System", comma_list(report.systems));
  if (report.firmware) rows.add("Firmware", preflight::to_string(*report.firmware));
  rows.add("NIC", nic_text(report.nic));
  rows.add("Examined", context.made);
  if (!report.device.empty())
    rows.add("Read",
             fmt::format("{} in {:.1f} s, nothing written", format_size(report.bytes_read), report.seconds));
  return rows.html();
}

std::string profile_html(const boot::BootProfile& profile) {
  Rows rows;
  rows.add("File", profile.path);
  rows.add("Initiator", profile.initiator);
  rows.add("MAC", profile.mac);
  rows.add("Address", profile.dhcp
                          ? "by DHCP"
                          : profile.address + (profile.prefix ? fmt::format("/{}", *profile.prefix) : ""));
  rows.add("Gateway", profile.gateway);
  if (profile.vlan != 0) rows.add("VLAN", std::to_string(profile.vlan));
  std::vector<std::string> portals;
  for (const iscsi::Portal& portal : profile.portals) portals.push_back(iscsi::to_string(portal));
  rows.add(portals.size() == 1 ? "Portal" : "Portals", comma_list(portals));
  rows.add("Target", profile.target);
  rows.add("LUN", std::to_string(profile.lun));
  std::string chap = "none";
  if (!profile.user.empty()) chap = "CHAP as " + profile.user;
  if (!profile.target_user.empty()) chap += ", the target as " + profile.target_user;
  rows.add("Authentication", chap);
  return "<h2>Boot profile</h2>\n" + rows.html();
}

std::string evidence_html(const std::vector<preflight::Evidence>& evidence) {
  if (evidence.empty()) return {};
  std::string out = "<ul>\n";
  for (const preflight::Evidence& one : evidence) {
    out += "<li>";
    if (!one.where.empty())
      out += fmt::format("<span class=\"where\">{}{}</span>", xml_text(one.where),
                         one.found.empty() ? "" : ": ");
    out += xml_text(one.found);
    if (!one.wanted.empty()) out += "; wanted: " + xml_text(one.wanted);
    out += "</li>\n";
  }
  return out + "</ul>\n";
}

std::string check_html(const preflight::Result& result) {
  const preflight::Outcome& outcome = result.outcome;
  const char* const status = to_string(outcome.status);
  const char* const severity = preflight::to_string(result.severity);
  std::string out = fmt::format(
      "<section class=\"check {0} {1}\" id=\"{2}\">\n<span class=\"badge\">{1}, {0}</span>"
      "<h3><span class=\"id\">{2}</span> {3}</h3>\n",
      status, severity, result.check->id, xml_text(preflight::heading(result)));
  out += evidence_html(outcome.evidence);
  if (outcome.status != preflight::Status::pass && outcome.status != preflight::Status::not_applicable) {
    if (!outcome.remedy.empty())
      out += fmt::format("<p><strong>{}:</strong> {}</p>\n",
                         outcome.status == preflight::Status::unknown ? "Needed" : "Remedy",
                         xml_text(outcome.remedy));
    std::string commands;
    for (const ShellCommand& command : outcome.commands) commands += xml_text(command.text()) + "\n";
    if (!commands.empty()) out += "<pre>" + commands + "</pre>\n";
  }
  return out + fmt::format("<p class=\"about\">{}</p>\n</section>\n", xml_text(result.check->about));
}

std::string to_do_html(const preflight::Report& report) {
  std::string items;
  for (const preflight::Result& result : report.results)
    if (preflight::is_to_do(*result.check) && result.outcome.status == preflight::Status::not_applicable &&
        !result.outcome.remedy.empty())
      items += fmt::format("<li><span class=\"where\">{}, {}:</span> {}</li>\n", result.check->id,
                           preflight::to_string(result.severity), xml_text(result.outcome.remedy));
  return items.empty() ? items : "<h2>What only people can do</h2>\n<ul>\n" + items + "</ul>\n";
}

/// Returns the reasons why it is not READY: the blockers, each with a link to its evidence.
std::string blockers_html(const preflight::Report& report) {
  std::string items;
  for (const preflight::Status status : {preflight::Status::fail, preflight::Status::unknown})
    for (const preflight::Result& result : report.results)
      if (result.outcome.status == status && result.severity == Severity::blocker)
        items += fmt::format("<li><a href=\"#{0}\">{0}</a> {1}{2}</li>\n", result.check->id,
                             status == preflight::Status::unknown ? "unknown " : "",
                             xml_text(preflight::heading(result)));
  return items.empty() ? items : "<ul>\n" + items + "</ul>\n";
}

std::string verdict_html(const preflight::Report& report) {
  const preflight::Verdict& verdict = report.verdict;
  std::string out =
      fmt::format("<div class=\"verdict{}\"><h1>{}</h1>\n<p>{}</p>\n", verdict.ready ? " ready" : "",
                  verdict.ready ? "READY" : "NOT READY", xml_text(verdict.line()));
  if (!verdict.ready) {
    out += blockers_html(report);
    if (const std::string ways = verdict.not_examined(); !ways.empty())
      out += "<p>Not examined: " + xml_text(ways) + "</p>\n";
  }
  return out + "</div>\n";
}

std::size_t count(const preflight::Report& report, preflight::Status status) {
  return static_cast<std::size_t>(
      std::count_if(report.results.begin(), report.results.end(),
                    [status](const preflight::Result& result) { return result.outcome.status == status; }));
}

std::string checks_html(const preflight::Report& report) {
  std::string buttons =
      fmt::format("<button data-show=\"all\" aria-pressed=\"true\">All {}</button>\n", report.results.size());
  std::string checks;
  for (const Group& group : kGroups) {
    const std::size_t number = count(report, group.status);
    if (number == 0) continue;
    buttons += fmt::format("<button data-show=\"{}\" aria-pressed=\"false\">{} {}</button>\n",
                           to_string(group.status), group.name, number);
    std::vector<const preflight::Result*> results;
    for (const preflight::Result& result : report.results)
      if (result.outcome.status == group.status) results.push_back(&result);
    std::stable_sort(
        results.begin(), results.end(),
        [](const preflight::Result* a, const preflight::Result* b) { return a->severity < b->severity; });
    for (const preflight::Result* const result : results) checks += check_html(*result);
  }
  return "<h2>Checks</h2>\n<div class=\"show\">\n" + buttons + "</div>\n" + checks;
}

/// "2026-11-23 09:15 UTC on host1".
std::string now_and_here() {
  const std::time_t now = std::time(nullptr);
  std::tm utc = {};
  gmtime_r(&now, &utc);
  std::array<char, 32> time{};
  std::strftime(time.data(), time.size(), "%Y-%m-%d %H:%M UTC", &utc);
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host.front() = '\0';
  return std::string(time.data()) + (host.front() == '\0' ? "" : std::string(" on ") + host.data());
}

}  // namespace

std::string html_report(const preflight::Report& report, const HtmlContext& context) {
  const preflight::Verdict& verdict = report.verdict;
  std::string name = report.device;
  if (name.empty()) name = report.live ? "this machine" : report.profile;
  std::string body = verdict_html(report);
  body += "<h2>Subject</h2>\n" + subject_html(report, context);
  if (context.profile != nullptr) body += profile_html(*context.profile);
  if (context.layout != nullptr)
    body += "<h2>Disk</h2>\n<div class=\"picture\">" + draw_svg(*context.layout) + "</div>\n";
  if (!context.why_no_layout.empty())
    body += "<h2>Disk</h2>\n<p>" + xml_text(context.why_no_layout) + "</p>\n";
  body += checks_html(report) + to_do_html(report);
  body += "<footer>sanboot-check " SANBOOT_VERSION "</footer>\n";
  return html_page(fmt::format("{}: {}", verdict.ready ? "READY" : "NOT READY", name), body);
}

void write_html_report(const std::string& path, const preflight::Report& report,
                       preflight::Subject& subject) {
  HtmlContext context;
  context.profile = subject.profile();
  context.made = now_and_here();
  picture::DiskLayout layout;
  try {
    if (ReadableDevice* const device = subject.device()) {
      layout = picture::read_disk_layout(*device);
      context.layout = &layout;
    }
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    context.why_no_layout = error.what();
  }
  write_output(path, kHtml, html_report(report, context));
}

}  // namespace san::report
