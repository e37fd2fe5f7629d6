// SPDX-License-Identifier: Apache-2.0
// Whatever stands on a disk, the remedy script is bash that does only what the checks say.
#include <doctest/doctest.h>

#include "nasty_strings.h"
#include "preflight/small_debian.h"
#include "report/preflight/remedy_script.h"
#include "trapped_shell.h"

using namespace san;
using namespace san::report;
using namespace san::preflight;

namespace {

Report examined(const SmallDebian& system, const std::string& nic = "e1000") {
  auto subject = system.examined(nic);
  return run(*subject, {});
}

/// Lists, does everything, and does each remedy alone.
TrappedShell::Run check_script(const TrappedShell& shell, const std::string& script, const Report& report) {
  CHECK(shell.parses(script));
  CHECK(std::ranges::none_of(
      script, [](char c) { return c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F); }));
  const auto listed = shell.run(script, "");
  CHECK(shell.unharmed(listed));
  CHECK(listed.calls.empty());
  CHECK(listed.out.find("does these remedies") != std::string::npos);
  CHECK(listed.status == 2);
  for (const Result& result : report.results)
    if (result.outcome.status == Status::fail) CHECK(shell.unharmed(shell.run(script, result.check->id)));
  const auto all = shell.run(script, "--all");
  CHECK(shell.unharmed(all));
  return all;
}

/// What is outside of functions and no comment.
std::string skeleton(const std::string& script) {
  std::istringstream lines(script);
  std::string out;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("fix_")) inside = true;
    if (!inside && !line.starts_with('#')) out += line + "\n";
    if (line == "}") inside = false;
  }
  return out;
}

void interface_file(const SmallDebian& system, const std::string& name, const std::string& interface) {
  system.put("etc/network/interfaces.d/" + name,
             "auto " + interface + "\niface " + interface + " inet dhcp\n");
}

}  // namespace

TEST_CASE("remedy_script: file names and interfaces that are shell code") {
  const TrappedShell shell;
  SUBCASE("a: line feeds in a file's name") {
    SmallDebian system;
    interface_file(system, "a\n}\ntouch PWNED\nf() {\n:", "eth0");
    const Report report = examined(system);
    const std::string script = remedy_script(report);
    CHECK_FALSE(check_script(shell, script, report).called("sed"));
    CHECK(script.find("# by hand, in /etc/network/interfaces.d/a\\x0a}\\x0atouch PWNED\\x0a") !=
          std::string::npos);
  }
  SUBCASE("b: a semicolon in a file's name") {
    SmallDebian system;
    interface_file(system, "b;touch PWNED", "eth0");
    const Report report = examined(system);
    CHECK(check_script(shell, remedy_script(report), report)
              .called(TrappedShell::Words{"sed", "-i", "s/^iface eth0 inet .*/iface eth0 inet manual/",
                                          "/etc/network/interfaces.d/b;touch PWNED"}));
  }
  SUBCASE("c: a quote in an interface's name") {
    SmallDebian system;
    interface_file(system, "c", "x/';touch${IFS}PWNED;:'");
    interface_file(system, "d", "eth0/1");
    interface_file(system, "e", "br-a'b");
    const Report report = examined(system);
    CHECK_FALSE(check_script(shell, remedy_script(report), report).called("sed"));
  }
  SUBCASE("d: a module's name") {
    SmallDebian system;
    system.put("lib/modules/" + kRelease + "/modules.alias",
               "alias pci:v00001234d00005678sv*sd*bc*sc*i* e;touch${IFS}PWNED\n");
    const Report report = examined(system, "1234:5678");
    const std::string script = remedy_script(report);
    check_script(shell, script, report);
    CHECK(script.find("# put into the initramfs, if it is a module: e;touch${IFS}PWNED\n") !=
          std::string::npos);
    CHECK(shell.content("etc/initramfs-tools/modules") == "");
  }
}

TEST_CASE("remedy_script: what is named as it should be is done") {
  const TrappedShell shell;
  SmallDebian system;
  interface_file(system, "lan", "eth0.5:1");
  system.put("etc/NetworkManager/system-connections/Wired one.nmconnection",
             "[connection]\ntype=ethernet\n[ipv4]\nmethod=manual\naddress1=10.0.2.15/24\n");
  system.put("etc/NetworkManager/conf.d/a.conf", "[device]\nkeep-configuration=no\n");
  system.put("lib/modules/" + kRelease + "/modules.alias",
             "alias pci:v00001234d00005678sv*sd*bc*sc*i* snd-nic.x\n");
  const Report report = examined(system, "1234:5678");
  const auto run = check_script(shell, remedy_script(report), report);
  CHECK(run.called(TrappedShell::Words{"sed", "-i", "s/^iface eth0\\.5:1 inet .*/iface eth0.5:1 inet manual/",
                                       "/etc/network/interfaces.d/lan"}));
  CHECK(
      run.called(TrappedShell::Words{"vi", "/etc/NetworkManager/system-connections/Wired one.nmconnection"}));
  CHECK(run.called(TrappedShell::Words{"update-initramfs", "-u", "-k", "all"}));
  CHECK(shell.content("etc/initramfs-tools/modules").find("snd_nic.x\n") != std::string::npos);
}

TEST_CASE("remedy_script: nasty strings in every place of a disk") {
  const TrappedShell shell;
  std::size_t failed = 0;
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 100));
    SmallDebian system;
    if (is_file_name(text)) {
      interface_file(system, text, "eth0");
      system.put("etc/systemd/network/" + text + ".network", "[Network]\nDHCP=yes\nKeepConfiguration=no\n");
      system.put("etc/NetworkManager/system-connections/" + text,
                 "[connection]\ntype=ethernet\n[ipv4]\nmethod=auto\n");
      system.put("etc/netplan/" + text + ".yaml",
                 "network:\n  ethernets:\n    " + text + ":\n      dhcp4: true\n");
      system.put("etc/udev/rules.d/net" + text + ".rules", "ATTR{address}==\"" + text + "\"\n");
    }
    system.put("etc/NetworkManager/conf.d/a.conf", "[device]\nkeep-configuration=no\n");
    system.put("etc/network/interfaces", "auto " + text + "\niface " + text + " inet dhcp\n");
    system.put("etc/os-release", "ID=debian\nPRETTY_NAME=\"" + text + "\"\n");
    system.put("etc/fstab", "UUID=" + kUuid + " / ext4 defaults 0 1\n/dev/" + text + " /" + text + " ext4\n");
    system.put("etc/crypttab", text + " /dev/sda5 none luks\n");
    system.put("lib/modules/" + kRelease + "/modules.alias",
               "alias pci:v00001234d00005678sv*sd*bc*sc*i* " + text + "\n");
    system.arguments("root=/dev/sda1 ip=" + text);
    const Report report = examined(system, "1234:5678");
    const std::string script = remedy_script(report);
    failed += std::ranges::count_if(
        report.results, [](const Result& result) { return result.outcome.status == Status::fail; });
    check_script(shell, script, report);
  }
  CHECK(failed > 2 * nasty_strings().size());
}

TEST_CASE("remedy_script: nasty strings as evidence, remedy, word and comment") {
  const TrappedShell shell;
  const Check check{
      "LNX-03", Severity::blocker, Scope::disk, "initramfs never logs in", "initramfs logs in", "a.",
      nullptr};
  const auto report_of = [&](const std::string& text) {
    Report report;
    report.device = text;
    std::vector<ShellCommand> commands{shell_comment(text), {"true"}};
    if (const auto word = shell_word(text)) commands.push_back({"program {} >/etc/iscsi/a", *word});
    if (const auto name = plain_name(text)) commands.push_back({"sed 's/{}/{}/'", sed_pattern(*name), *name});
    report.results.push_back({&check, fail({{text, text, text}}, text, commands), Severity::blocker});
    report.results.push_back({&check, fail({{text, text, text}}, text), Severity::blocker});
    report.verdict = judge(report.results, {Scope::disk}, {Scope::plan}, {text});
    return report;
  };
  const std::string usual = skeleton(remedy_script(report_of("plain")));
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 100));
    const Report report = report_of(text);
    const std::string script = remedy_script(report);
    CHECK(skeleton(script) == usual);
    check_script(shell, script, report);
    Report one = report;
    one.results.pop_back();
    const auto run = shell.run(remedy_script(one), "--all");
    CHECK(shell.unharmed(run));
    if (shell_word(text)) CHECK(run.called(TrappedShell::Words{"program", text}));
  }
}
