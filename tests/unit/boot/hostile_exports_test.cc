// SPDX-License-Identifier: Apache-2.0
// Nasty strings in every field that an export carries: it stands in the file as it is, or is refused.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "boot/export/exports.h"
#include "boot/export/ipxe_word.h"
#include "boot/profile/read_profile.h"
#include "boot/profile/write_profile.h"
#include "boot/static_profile.h"
#include "core/error.h"
#include "nasty_strings.h"

using namespace san;
using namespace san::boot;

namespace {

BootProfile plain_profile() {
  BootProfile p = static_profile();
  p.prefix = 24;
  p.portals = {{"10.0.2.3", 3260}, {"10.0.2.4", 3260}};
  return p;
}

const iscsi::Credentials kPlain{"", "host1", "hostsecret1234", "disk1", "disksecret1234"};

/// One field each.
using Change = void (*)(BootProfile&, iscsi::Credentials&, const std::string&);
constexpr std::array<Change, 11> kChanges{
    [](BootProfile&, iscsi::Credentials& auth, const std::string& text) { auth.user = text; },
    [](BootProfile&, iscsi::Credentials& auth, const std::string& text) { auth.secret = text; },
    [](BootProfile&, iscsi::Credentials& auth, const std::string& text) { auth.target_user = text; },
    [](BootProfile&, iscsi::Credentials& auth, const std::string& text) { auth.target_secret = text; },
    [](BootProfile& p, iscsi::Credentials&, const std::string& text) { p.initiator = text; },
    [](BootProfile& p, iscsi::Credentials&, const std::string& text) { p.target = text; },
    [](BootProfile& p, iscsi::Credentials&, const std::string& text) { p.mac = text; },
    [](BootProfile& p, iscsi::Credentials&, const std::string& text) { p.address = text; },
    [](BootProfile& p, iscsi::Credentials&, const std::string& text) { p.gateway = text; },
    [](BootProfile& p, iscsi::Credentials&, const std::string& text) { p.portals[0].host = text; },
    [](BootProfile& p, iscsi::Credentials&, const std::string& text) { p.initiator = "iqn.a:" + text; },
};

using Export = std::string (*)(const BootProfile&, const iscsi::Credentials&);

/// The export with `text` in one field; nothing where it is refused. Any other exception is a fault.
std::optional<std::string> exported(Export make, Change change, const std::string& text) {
  BootProfile profile = plain_profile();
  iscsi::Credentials auth = kPlain;
  change(profile, auth, text);
  try {
    return make(profile, auth);
  } catch (const Error& error) {
    CHECK(error.code() == Exit::usage);
    return std::nullopt;
  }
}

/// Words of a line as iPXE's split_command() and command_terminator() see them: commands, each of words.
std::vector<std::vector<std::string>> ipxe_commands(const std::string& line) {
  std::vector<std::vector<std::string>> commands(1);
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    if (word.front() == '#') break;
    if (word == "||" || word == "&&" || word == ";")
      commands.emplace_back();
    else
      commands.back().push_back(word);
  }
  return commands;
}

/// Names of the commands of a script, and the values that `set` gives.
struct IpxeView {
  std::string names;
  std::vector<std::string> values;
};

IpxeView ipxe_view(std::string script) {
  for (std::size_t at = 0; (at = script.find("\\\n", at)) != std::string::npos;) script.erase(at, 2);
  IpxeView view;
  std::istringstream lines(script);
  for (std::string line; std::getline(lines, line);)
    for (const auto& command : ipxe_commands(line)) {
      view.names += (command.empty() ? "" : command.front()) + "\n";
      if (command.size() > 2 && command[0] == "set") view.values.push_back(command[2]);
    }
  return view;
}

/// A line of dnsmasq or dhcpd with what is between double quotes taken out, and no comment.
std::string without_texts(const std::string& config) {
  std::istringstream lines(config);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    bool quoted = false;
    std::string unquoted;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (c == '#' && !quoted) break;
      if (!quoted) unquoted += c;
    }
    CHECK_FALSE(quoted);
    out += unquoted + "\n";
  }
  return out;
}

bool is_one_line(const std::string& text) {
  return text.find_first_of(std::string("\n\r\0", 3)) == std::string::npos;
}

}  // namespace

TEST_CASE("ipxe_word: what is one word of iPXE and means nothing") {
  for (const char* good :
       {"a", "host1", "a;b", "a||b", "a#b", "$x", "{}", "iscsi:10.0.2.3::::iqn.a:b", "a\\b"})
    CHECK(ipxe_word(good));
  for (const char* bad : {"", " ", "a b", "#abc1234567890", "#", ";", "||", "&&", "${a}", "a${", "-a", "--",
                          "a\\", "a\n", "a\r", "caf\xC3\xA9", "\x1b"})
    CHECK_FALSE(ipxe_word(bad));
}

TEST_CASE("iPXE: the same commands whatever the profile says") {
  const std::string usual = ipxe_view(ipxe_script(plain_profile(), kPlain)).names;
  std::size_t carried = 0;
  for (const std::string& text : nasty_strings())
    for (std::size_t i = 0; i < kChanges.size(); ++i) {
      CAPTURE(text.substr(0, 80));
      CAPTURE(i);
      const auto script = exported(ipxe_script, kChanges[i], text);
      if (!script || (i < 4 && text.empty()) || (i >= 6 && text.empty())) continue;
      const IpxeView view = ipxe_view(*script);
      CHECK(view.names == usual);
      if (i >= 4) continue;
      ++carried;
      CHECK(std::ranges::find(view.values, text) != view.values.end());
    }
  CHECK(carried > 100);
}

TEST_CASE("dnsmasq and dhcpd: the same declarations whatever the profile says") {
  for (const Export make : {dnsmasq_fragment, dhcpd_fragment}) {
    const std::string usual = without_texts(make(plain_profile(), kPlain));
    std::size_t carried = 0;
    for (const std::string& text : nasty_strings())
      for (std::size_t i = 0; i < 6; ++i) {
        CAPTURE(text.substr(0, 80));
        CAPTURE(i);
        const auto config = exported(make, kChanges[i], text);
        if (!config || text.empty()) continue;
        ++carried;
        CHECK(config->find('"' + (i == 5 ? "iscsi:10.0.2.3::3260:0:" + text : text) + '"') !=
              std::string::npos);
        if (i < 4) CHECK(without_texts(*config) == usual);
      }
    CHECK(carried > 100);
    for (const std::string& text : nasty_strings())
      for (const std::size_t i : {6U, 7U, 8U, 9U, 10U})
        if (const auto config = exported(make, kChanges[i], text))
          for (const char c : *config) REQUIRE((c == '\n' || (c >= ' ' && c < 0x7F)));
  }
}

TEST_CASE("Kea: JSON that says what was given") {
  std::size_t carried = 0;
  for (const std::string& text : nasty_strings())
    for (std::size_t i = 0; i < kChanges.size(); ++i) {
      CAPTURE(text.substr(0, 80));
      CAPTURE(i);
      const auto document = exported(kea_fragment, kChanges[i], text);
      if (!document) continue;
      const auto json = nlohmann::json::parse(*document, nullptr, false, true);
      REQUIRE_FALSE(json.is_discarded());
      CHECK(json.size() == 1);
      const auto& options = json.at("Dhcp4").at("reservations").at(0).at("option-data");
      if (i >= 4 || text.empty()) continue;
      ++carried;
      const auto& option = options.at(3 + i);
      if (option.contains("csv-format")) {
        std::string hex;
        for (const char c : text) hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
        CHECK(option.at("data") == hex);
      } else {
        CHECK(option.at("data") == text);
        CHECK(text.find(',') == std::string::npos);
      }
    }
  CHECK(carried > 100);
}

TEST_CASE("mlx_raw and ibft: refused or carried, and numbers only") {
  for (const std::string& text : nasty_strings())
    for (const Change change : kChanges) {
      CAPTURE(text.substr(0, 80));
      if (const auto raw = exported(mlx_raw, change, text))
        CHECK(raw->find_first_not_of("0123456789abcdefxABCDEFMN_TLVRaw# \n") == std::string::npos);
      BootProfile profile = plain_profile();
      iscsi::Credentials auth = kPlain;
      change(profile, auth, text);
      try {
        const std::size_t size = ibft(profile, auth).size();
        CHECK(size < 65536);
      } catch (const Error& error) {
        CHECK(error.code() == Exit::usage);
      }
    }
}

TEST_CASE("write_boot_profile: what is written is read again, or is refused") {
  std::size_t carried = 0;
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    BootProfile profile = plain_profile();
    profile.user = text;
    profile.secret_file = text;
    profile.target_user = "t";
    profile.target_secret_file = "t.secret";
    const std::string toml = write_boot_profile(profile);
    for (const char c : toml) REQUIRE((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
    try {
      const BootProfile again = parse_boot_profile(std::as_bytes(std::span(toml)), "host1.toml");
      ++carried;
      CHECK(again.user == text);
      CHECK(again.secret_file == text);
      CHECK(again.target == profile.target);
      CHECK(again.initiator == profile.initiator);
      CHECK(is_one_line(toml.substr(toml.find("\nuser = ") + 1, 6)));
    } catch (const Error& error) {
      CHECK(error.code() == Exit::usage);
    }
  }
  CHECK(carried > 80);
}
