// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "report/preflight/remedy_script.h"
#include "report/preflight/report_json.h"
#include "report/preflight/report_text.h"
#include "system/file/output_file.h"
#include "temp_dir.h"

using namespace san;
using namespace san::partition;
using namespace san::report;
using namespace san::preflight;

namespace {

const Check kLogin{"LNX-03",
                   Severity::blocker,
                   Scope::disk,
                   "initramfs never logs in to a target",
                   "initramfs logs in to a target",
                   "a.",
                   nullptr};
const Check kNic{
    "LNX-02", Severity::blocker, Scope::disk, "initramfs lacks the driver", "initramfs has the driver", "a.",
    nullptr};
const Check kPath{
    "IPXE-05", Severity::blocker, Scope::disk, "UEFI finds no boot loader", "UEFI finds a boot loader", "a.",
    nullptr};
const Check kWay{
    "OPS-01", Severity::blocker, Scope::people, "no way back is prepared", "a way back is prepared", "a.",
    nullptr};

Report small_report() {
  Report out;
  out.device = "disk.img";
  out.size = 1 << 30;
  out.results.push_back({&kPath, pass(), Severity::blocker});
  out.results.push_back({&kNic, unknown("the NIC is not known", "--nic"), Severity::blocker});
  out.results.push_back(
      {&kLogin,
       fail({{"/etc/iscsi/iscsi.initramfs", "is not there", "ISCSI_AUTO=true"}},
            "say that the login is automatic",
            {{"echo 'ISCSI_AUTO=true' >/etc/iscsi/iscsi.initramfs"}, {"# then"}, {"update-initramfs -u"}}),
       Severity::blocker});
  Outcome todo = not_applicable("only people can do it");
  todo.remedy = "Keep the disks.";
  out.results.push_back({&kWay, todo, Severity::blocker});
  out.verdict = judge(out.results, {Scope::disk}, {Scope::plan}, {});
  return out;
}

}  // namespace

TEST_CASE("report_text: a line a check that is not pass, the to-do list, the verdict last") {
  CHECK(report_text(small_report(), {79, false, false}, false) ==
        "disk.img: 1.0 GiB\n"
        "\n"
        "FAIL  LNX-03  blocker  initramfs never logs in to a target\n"
        "      /etc/iscsi/iscsi.initramfs: is not there; wanted: ISCSI_AUTO=true\n"
        "      remedy: say that the login is automatic\n"
        "        echo 'ISCSI_AUTO=true' >/etc/iscsi/iscsi.initramfs\n"
        "        # then\n"
        "        update-initramfs -u\n"
        "\n"
        "UNKNOWN  LNX-02  blocker  whether initramfs has the driver\n"
        "      the NIC is not known\n"
        "      needed: --nic\n"
        "\n"
        "1 passed, 0 not applicable; -v shows them\n"
        "\n"
        "What only people can do:\n"
        "  OPS-01  blocker  Keep the disks.\n"
        "\n"
        "NOT READY: 1 blocker, 1 unknown\n");
  const std::string all = report_text(small_report(), {79, false, false}, true);
  CHECK(all.find("PASS  IPXE-05  blocker  UEFI finds a boot loader\n") != std::string::npos);
}

TEST_CASE("report_text: what comes from a disk does not reach the terminal as it is") {
  Report evil = small_report();
  evil.results[2].outcome.evidence[0].found = "\x1b[2J";
  evil.results[2].outcome.commands = {{"echo \x1b]0;x\a"}};
  CHECK(report_text(evil, {79, false, true}, true).text().find("\x1b[2J") == std::string::npos);
  CHECK(report_text(evil, {79, false, true}, true).text().find('\a') == std::string::npos);
}

TEST_CASE("report_text: many that are unknown for one reason share a line") {
  Report out = small_report();
  out.results = {{&kPath, unknown("gone", "x"), Severity::blocker},
                 {&kNic, unknown("gone", "x"), Severity::blocker},
                 {&kLogin, unknown("gone", "x"), Severity::blocker}};
  out.verdict = judge(out.results, {Scope::disk}, {}, {});
  CHECK(report_text(out, {79, false, false}, false)
            .text()
            .find("UNKNOWN  3 blockers: IPXE-05 LNX-02 LNX-03\n"
                  "      gone\n      needed: x\n") != std::string::npos);
}

TEST_CASE("to_json: the fields that scripts know") {
  const Json json = to_json(small_report());
  CHECK(json["verdict"] == "NOT READY");
  CHECK(json["summary"] == "NOT READY: 1 blocker, 1 unknown");
  REQUIRE(json["checks"].size() == 4);
  const Json& login = json["checks"][2];
  CHECK(login["id"] == "LNX-03");
  CHECK(login["severity"] == "blocker");
  CHECK(login["status"] == "fail");
  CHECK(login["scope"] == "disk");
  CHECK(login["title"] == "initramfs never logs in to a target");
  CHECK(login["evidence"][0]["found"] == "is not there");
  CHECK(login["evidence"][0]["wanted"] == "ISCSI_AUTO=true");
  CHECK(login["remedy"] == "say that the login is automatic");
  CHECK(json["checks"][3]["status"] == "not-applicable");
  CHECK(json["subject"]["profile"].is_null());
}

TEST_CASE("remedy_script: does nothing unless it is told, and is bash whatever the evidence says") {
  Report out = small_report();
  out.results[2].outcome.evidence.push_back({"a'b\n$(touch pwned)", "`touch pwned`", ""});
  out.results[2].outcome.commands = {{"touch done"}};
  const TempDir directory;
  const std::string path = (directory / "fix.sh");
  write_output(path, kRemedy, remedy_script(out));
  CHECK_THROWS_WITH_AS(write_output(path, kRemedy, "x"),
                       (path + ": already exists; give another name, or remove it first").c_str(), Error);
  CHECK_THROWS_AS(check_output(path, kRemedy), Error);
  const auto sh = [&](const std::string& command) {
    return WEXITSTATUS(
        std::system(("cd " + directory.path() + " && { " + command + "; } >/dev/null 2>&1").c_str()));
  };
  CHECK(sh("./fix.sh >listed") == 2);
  CHECK(sh("grep -q 'LNX-03  initramfs never logs in' listed") == 0);
  CHECK(sh("./fix.sh LNX-99") == 2);
  CHECK(sh("test -e done -o -e pwned") == 1);
  CHECK(sh("sed -i 's/$(id -u)/0/' fix.sh && ./fix.sh LNX-03") == 0);
  CHECK(sh("test -e done -a ! -e pwned") == 0);
}

TEST_CASE("remedy_script: what is done by hand is said") {
  Report out = small_report();
  out.results[2].outcome.commands.clear();
  const std::string script = remedy_script(out);
  CHECK(script.find("echo 'by hand: say that the login is automatic'\n") != std::string::npos);
  out.results.clear();
  CHECK(remedy_script(out).find("there is nothing to do") != std::string::npos);
}
