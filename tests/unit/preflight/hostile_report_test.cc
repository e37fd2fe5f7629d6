// SPDX-License-Identifier: Apache-2.0
// Nasty strings in every field of a report: as a page, as JSON, as text.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "core/text/terminal.h"
#include "markup.h"
#include "nasty_strings.h"
#include "preflight/checks/windows/windows_view.h"
#include "report/preflight/report_html.h"
#include "report/preflight/report_json.h"
#include "report/preflight/report_text.h"

using namespace san;
using namespace san::partition;
using namespace san::report;
using namespace san::preflight;

namespace {

const Check kLogin{
    "LNX-03", Severity::blocker, Scope::disk, "initramfs never logs in", "initramfs logs in", "a.", nullptr};
const Check kNic{
    "LNX-02", Severity::blocker, Scope::disk, "initramfs lacks the driver", "initramfs has the driver", "a.",
    nullptr};

Report report_of(const std::string& text) {
  Report report;
  report.device = text;
  report.size = 1 << 30;
  report.systems = {text};
  report.nic.driver = report.nic.interface = report.nic.mac = text;
  report.results.push_back(
      {&kLogin, fail({{text, text, text}}, text, {shell_comment(text)}), Severity::blocker});
  report.results.push_back({&kNic, unknown(text, text), Severity::blocker});
  report.verdict = judge(report.results, {Scope::disk}, {Scope::plan}, {});
  return report;
}

bool is_plain(const std::string& text) {
  return std::ranges::all_of(text,
                             [](char c) { return c == '\n' || static_cast<unsigned char>(c) >= 0x20; }) &&
         text.find('\x7f') == std::string::npos && is_xml_text(text);
}

}  // namespace

TEST_CASE("html_report: the same elements whatever the report says") {
  HtmlContext context;
  const auto page_of = [&](const std::string& text) {
    context.why_no_layout = text;
    context.made = text;
    return html_report(report_of(text), context);
  };
  const std::string usual = tags_of(page_of("plain"));
  for (const std::string& text : nasty_strings()) {
    if (text.empty()) continue;  // nothing has no element
    CAPTURE(text.substr(0, 80));
    const std::string page = page_of(text);
    CHECK(tags_of(page) == usual);
    CHECK(is_xml_text(page));
  }
}

TEST_CASE("to_json: a document whatever the report says") {
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    const std::string document = to_json(report_of(text)).dump(2, ' ', false, Json::error_handler_t::replace);
    const Json again = Json::parse(document, nullptr, false);
    REQUIRE_FALSE(again.is_discarded());
    CHECK(again["verdict"] == "NOT READY");
    CHECK(again["checks"].size() == 2);
    if (!text.empty() && printable(text) == text) CHECK(again["checks"][0]["evidence"][0]["found"] == text);
  }
}

TEST_CASE("report_text: printable lines whatever the report says") {
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    for (const bool utf8 : {false, true})
      CHECK(is_plain(report_text(report_of(text), {79, utf8, false}, true)));
  }
}

TEST_CASE("registry_name: names that mean nothing to cmd.exe") {
  for (const char* good : {"iScsiPrt", "e1i65x64", "{B70D6460-3635-4D42-B866-B8AB1A24454C}", "a b", "0001"})
    CHECK(registry_name(good));
  for (const char* bad : {"",    " a",  "a ",   "-a",   "a\"", "a&b",         "%PATH%", "a^b", "a|b", "a<b",
                          "a>b", "a!b", "a\nb", "a\\b", "a/b", "caf\xC3\xA9", "a;b",    "a'b", "a`b", "$a"})
    CHECK_FALSE(registry_name(bad));
  CHECK(reg_add_dword("Services\\", "disk", "", "Start", "0").text() ==
        R"(reg add "HKLM\SYSTEM\CurrentControlSet\Services\disk" /v Start /t REG_DWORD /d 0 /f)");
  CHECK(reg_add_dword("Services\\", "a\" & echo", "", "Start", "0").text() ==
        R"(rem by hand: Services\a? ? echo, Start ? 0)");
}

TEST_CASE(
    "windows commands: one line each, a comment of the script, the name between quotes or in a remark") {
  std::size_t carried = 0;
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    const WindowsCommand command = reg_add_dword("Services\\", text, "\\Ndi", "Start", "0");
    for (const ShellCommand& line : windows_commands({command})) {
      CHECK(line.is_comment());
      CHECK(line.text().find_first_of("\n\r") == std::string::npos);
    }
    if (command.text().starts_with("rem ")) {
      CHECK(command.text().find_first_of("\"&%^<>|!\n") == std::string::npos);
      CHECK(command.text().size() < 600);
    } else {
      ++carried;
      CHECK(std::ranges::count(command.text(), '"') == 2);
      CHECK(command.text().find("\\" + text + "\\Ndi\" /v") != std::string::npos);
    }
  }
  CHECK(carried > 5);
}
