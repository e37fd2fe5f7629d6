// SPDX-License-Identifier: Apache-2.0
// Nasty strings in every field of a profile that becomes a script for the UEFI shell. That shell cuts a line
// at
// "#", quotes with "^", expands %name%, and has pipes and redirections (UEFI Shell 2.2, 3.3 to 3.6): outside
// of the comment there is nothing but setvar with a fixed name and hexadecimal digits.
#include <doctest/doctest.h>

#include <array>
#include <regex>
#include <sstream>

#include "boot/static_profile.h"
#include "core/error.h"
#include "flash/uefi/uefi_shell.h"
#include "nasty_strings.h"

using namespace san;

namespace {

using Change = void (*)(boot::BootProfile&, iscsi::Credentials&, const std::string&);
constexpr std::array<Change, 12> kChanges{
    [](boot::BootProfile&, iscsi::Credentials& auth, const std::string& text) { auth.user = text; },
    [](boot::BootProfile&, iscsi::Credentials& auth, const std::string& text) { auth.secret = text; },
    [](boot::BootProfile&, iscsi::Credentials& auth, const std::string& text) { auth.target_user = text; },
    [](boot::BootProfile&, iscsi::Credentials& auth, const std::string& text) { auth.target_secret = text; },
    [](boot::BootProfile& p, iscsi::Credentials&, const std::string& text) { p.initiator = text; },
    [](boot::BootProfile& p, iscsi::Credentials&, const std::string& text) { p.target = text; },
    [](boot::BootProfile& p, iscsi::Credentials&, const std::string& text) { p.mac = text; },
    [](boot::BootProfile& p, iscsi::Credentials&, const std::string& text) { p.address = text; },
    [](boot::BootProfile& p, iscsi::Credentials&, const std::string& text) { p.gateway = text; },
    [](boot::BootProfile& p, iscsi::Credentials&, const std::string& text) { p.portals[0].host = text; },
    [](boot::BootProfile& p, iscsi::Credentials&, const std::string& text) { p.initiator = "iqn.a:" + text; },
    [](boot::BootProfile& p, iscsi::Credentials&, const std::string& text) { p.target = "iqn.a:" + text; },
};

}  // namespace

TEST_CASE("uefi_shell_script: comments, and setvar with fixed names and digits") {
  const std::regex setvar(
      "setvar ([A-Za-z_]+|\"Attempt [0-9]+\") -guid [0-9A-Fa-f-]{36} -bs( -rt)? -nv =(H[0-9A-F]+)?");
  std::size_t carried = 0, refused = 0;
  for (const std::string& text : nasty_strings())
    for (std::size_t i = 0; i < kChanges.size(); ++i) {
      CAPTURE(text.substr(0, 80));
      CAPTURE(i);
      boot::BootProfile profile = static_profile();
      iscsi::Credentials auth{"", "host1", "hostsecret1234", "disk1", "disksecret1234"};
      kChanges[i](profile, auth, text);
      std::string script;
      try {
        script = flash::uefi_shell_script(profile, auth);
      } catch (const Error& error) {
        CHECK(error.code() == Exit::usage);
        if (i < 4 && text.size() > 3)
          CHECK(std::string(error.what()).find(i % 2 == 1 ? text : "\n") == std::string::npos);
        ++refused;
        continue;
      }
      ++carried;
      std::istringstream lines(script);
      for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# ")) continue;
        CHECK_MESSAGE(
            (line == "echo -off" || line.starts_with("echo \"Done. ") || std::regex_match(line, setvar)),
            line);
      }
      for (const char c : script)
        REQUIRE((c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F)));
    }
  CHECK(carried > 100);
  CHECK(refused > 100);
  MESSAGE(nasty_strings().size() << " strings in " << kChanges.size() << " fields: " << carried
                                 << " carried, " << refused << " refused");
}
