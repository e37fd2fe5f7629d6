// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "boot/export/dhcp_text.h"
#include "boot/export/exports.h"
#include "boot/ip_address.h"
#include "boot/profile/root_path.h"
#include "core/text/shell_word.h"
#include "core/text/table.h"

namespace san::boot {
namespace {

// Options of iPXE inside option 175 (src/include/ipxe/dhcp.h).
struct IpxeOption {
  unsigned code;
  DhcpLiteral name;
};
constexpr IpxeOption kIpxeOptions[] = {
    {190, "username"}, {191, "password"}, {192, "reverse-username"}, {193, "reverse-password"}};

struct Machine {
  PlainName mac, tag;
  std::optional<PlainName> address, host;
  DhcpText root_path;
  std::optional<DhcpText> second_path;
  DhcpText initiator;
  std::vector<std::pair<unsigned, DhcpText>> ipxe;
  bool secrets = false;
  bool isan = true;  ///< paths and name fit into option 43
};

/// Checks the lengths of options: an option's length is one byte (RFC 2132, 2), and that of option 175 counts
/// all its suboptions.
void check_lengths(const BootProfile& profile, const Machine& machine, const std::string& format) {
  const DhcpText* const second = machine.second_path ? &*machine.second_path : &machine.root_path;
  for (const DhcpText* text : {&machine.root_path, second, &machine.initiator})
    if (text->size() > 255)
      throw cannot_carry(
          profile, format,
          fmt::format("{} has {} bytes, and a DHCP option has at most 255", text->text(), text->size()),
          "use a shorter target name");
  std::size_t all = 0;
  for (const auto& [code, text] : machine.ipxe) all += text.size() + 2;
  if (all > 255)
    throw cannot_carry(
        profile, format,
        fmt::format("CHAP users and secrets take {} bytes, and a DHCP option has at most 255", all),
        "use shorter names");
}

/// Option 43 is for few adapters: it is left out if it does not fit, unless the second path is only in it.
void check_isan(const BootProfile& profile, Machine& machine, const std::string& format) {
  std::size_t all = machine.root_path.size() + 2 + machine.initiator.size() + 2;
  if (machine.second_path) all += machine.second_path->size() + 2;
  machine.isan = all <= 255;
  if (!machine.isan && machine.second_path)
    throw cannot_carry(profile, format,
                       fmt::format("option 17 has room for one path, and in option 43 two and the machine's "
                                   "name take {} bytes of 255",
                                   all),
                       "use shorter names, an ipxe script, or leave one portal out");
}

PlainName plain(const BootProfile& profile, const std::string& format, const std::string& what,
                const std::string& text) {
  if (auto name = plain_name(text)) return *std::move(name);
  throw cannot_carry(profile, format, fmt::format("the {} has characters that its files cannot hold", what),
                     "");
}

/// Quotes `text`. Throws Error(usage) if it has a quote, a backslash or a control character, which have a
/// meaning in each of the formats.
DhcpText quoted(const BootProfile& profile, const std::string& format, const std::string& what,
                const std::string& text) {
  if (auto made = dhcp_text(text)) return *std::move(made);
  throw cannot_carry(profile, format, what + " has a quote, a backslash or is not ASCII",
                     "change it, here and on the target");
}

std::optional<PlainName> address_of(const BootProfile& profile, const std::string& format) {
  if (profile.dhcp) return std::nullopt;
  const auto address = parse_ip(profile.address);
  if (!address || address->bits != 32)
    throw cannot_carry(profile, format, "the machine's address is not IPv4",
                       "use the firmware's own settings");
  return plain(profile, format, "machine's address", profile.address);
}

Machine machine_of(const BootProfile& profile, const iscsi::Credentials& auth, const std::string& format) {
  require_bootable(profile, format);
  if (profile.mac.empty())
    throw cannot_carry(profile, format,
                       "the profile has no MAC address, by which the server recognises the machine",
                       "give the address of the NIC that boots");
  if (profile.portals.size() > 2)
    throw cannot_carry(profile, format,
                       fmt::format("there are {} portals, and there is room for 2", profile.portals.size()),
                       "leave some out");
  std::string digits = profile.mac;
  std::erase(digits, ':');
  const std::string name = "the machine's or target's name";
  Machine out{plain(profile, format, "MAC address", profile.mac),
              plain(profile, format, "MAC address", "sanboot-" + digits),
              address_of(profile, format),
              plain_name(host_name(profile)),
              quoted(profile, format, name, root_path(profile, profile.portals.front())),
              std::nullopt,
              quoted(profile, format, name, profile.initiator),
              {}};
  if (profile.portals.size() > 1)
    out.second_path = quoted(profile, format, name, root_path(profile, profile.portals[1]));
  const std::string* texts[] = {&auth.user, &auth.secret, &auth.target_user, &auth.target_secret};
  for (std::size_t i = 0; i < 4; ++i)
    if (!texts[i]->empty())
      out.ipxe.emplace_back(kIpxeOptions[i].code,
                            quoted(profile, format, "a CHAP user or secret", *texts[i]));
  out.secrets = !out.ipxe.empty();
  check_lengths(profile, out, format);
  check_isan(profile, out, format);
  require_ipxe_space(profile, auth, out.host ? out.host->text() : "", format);
  return out;
}

std::string head(const Machine& machine, const BootProfile& profile) {
  std::string out =
      "# " +
      printable(fmt::format("{} boots from {}, LUN {}.", profile.initiator, profile.target, profile.lun)) +
      "\n";
  if (machine.secrets)
    out +=
        "# This file holds CHAP secrets: keep it to yourself (mode 0600). DHCP sends them in the clear to "
        "whoever\n"
        "# asks with this MAC address.\n";
  if (machine.second_path)
    out += "# Option 17 has room for one path. The second is for adapters that read option 43.\n";
  if (!machine.isan) out += "# There is no option 43: it has no room for names as long as these.\n";
  return out;
}

DhcpLiteral ipxe_name(unsigned code) {
  return std::find_if(std::begin(kIpxeOptions), std::end(kIpxeOptions),
                      [&](const IpxeOption& option) { return option.code == code; })
      ->name;
}

PlainName number(unsigned value) {
  return *plain_name(std::to_string(value));
}

/// Kea ends a value at a comma and trims blanks, unless it is given in hexadecimal.
Json kea_option(const std::string& name, const DhcpText& value, const char* space = nullptr) {
  Json out = {{"name", name}};
  if (space != nullptr) out["space"] = space;
  const std::string& text = value.unquoted();
  if (text.find(',') == std::string::npos && !text.starts_with(' ') && !text.ends_with(' ')) {
    out["data"] = text;
    return out;
  }
  std::string hex;
  for (const char c : text) hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
  out["csv-format"] = false;
  out["data"] = hex;
  return out;
}

}  // namespace

std::string dnsmasq_fragment(const BootProfile& profile, const iscsi::Credentials& auth) {
  const Machine m = machine_of(profile, auth, "dnsmasq");
  DhcpConfig out(head(m, profile));
  out.add("dhcp-host={},set:{}", m.mac, m.tag);
  if (m.address) out.add(",{}", *m.address);
  if (m.host) out.add(",{}", *m.host);
  out.add("\n");
  const auto option = [&](DhcpLiteral before, const PlainName& code, const DhcpText& text) {
    out.add("dhcp-option=tag:{},{}{},{}\n", m.tag, before, code, text);
  };
  option("option:", *plain_name("root-path"), m.root_path);
  option("", number(203), m.initiator);
  for (const auto& [code, text] : m.ipxe) option("encap:175,", number(code), text);
  if (!m.isan) return out.text();
  // Suboptions of option 43 by the manuals of NetXtreme II and FastLinQ adapters, which identify themselves
  // by one of these vendor classes.
  for (const DhcpLiteral vendor : {DhcpLiteral("vendor:BRCM ISAN,"), DhcpLiteral("vendor:QLGC ISAN,")}) {
    option(vendor, number(201), m.root_path);
    if (m.second_path) option(vendor, number(202), *m.second_path);
    option(vendor, number(203), m.initiator);
  }
  return out.text();
}

std::string dhcpd_fragment(const BootProfile& profile, const iscsi::Credentials& auth) {
  const Machine m = machine_of(profile, auth, "dhcpd");
  DhcpConfig out(head(m, profile));
  out.add(
      "option iscsi-initiator-iqn code 203 = text;\n"
      "option space ipxe;\n"
      "option ipxe-encap-opts code 175 = encapsulate ipxe;\n");
  for (const auto& [code, name] : kIpxeOptions)
    out.add("option ipxe.{} code {} = text;\n", name, number(code));
  out.add(
      "option space isan;\n"
      "option isan.first-target code 201 = text;\n"
      "option isan.second-target code 202 = text;\n"
      "option isan.initiator code 203 = text;\n");
  out.add("host {} {\n  hardware ethernet {};\n", m.tag, m.mac);
  if (m.address) out.add("  fixed-address {};\n", *m.address);
  if (m.host) out.add("  option host-name \"{}\";\n", *m.host);
  out.add("  option root-path {};\n  option iscsi-initiator-iqn {};\n", m.root_path, m.initiator);
  for (const auto& [code, text] : m.ipxe) out.add("  option ipxe.{} {};\n", ipxe_name(code), text);
  if (m.isan) {
    out.add(
        "  if substring (option vendor-class-identifier, 5, 4) = \"ISAN\" {\n"
        "    vendor-option-space isan;\n"
        "    option isan.first-target {};\n",
        m.root_path);
    if (m.second_path) out.add("    option isan.second-target {};\n", *m.second_path);
    out.add("    option isan.initiator {};\n  }\n", m.initiator);
  }
  out.add("}\n");
  return out.text();
}

namespace {

Json definition(unsigned code, const std::string& name, const char* space, const char* type) {
  return {{"name", name}, {"code", code}, {"space", space}, {"type", type}};
}

Json encapsulating(unsigned code, const char* name, const char* space) {
  Json out = definition(code, name, "dhcp4", "empty");
  out["encapsulate"] = space;
  return out;
}

/// Returns the client class for an adapter that identifies itself by a class like "BRCM ISAN": option 43,
/// which Kea encodes by the definition of the class.
Json isan_class(const Machine& m) {
  std::string mac = m.mac.text();
  std::erase(mac, ':');
  Json options = Json::array({{{"name", "vendor-encapsulated-options"}}});
  const auto add = [&](const char* name, const DhcpText& text) {
    options.push_back(kea_option(name, text, "isan"));
  };
  add("first-target", m.root_path);
  if (m.second_path) add("second-target", *m.second_path);
  add("initiator", m.initiator);
  return {{"name", m.tag.text() + "-isan"},
          {"test", fmt::format("pkt4.mac == 0x{} and substring(option[60].text, 5, 4) == 'ISAN'", mac)},
          {"option-def", Json::array({encapsulating(43, "vendor-encapsulated-options", "isan")})},
          {"option-data", options}};
}

}  // namespace

std::string kea_fragment(const BootProfile& profile, const iscsi::Credentials& auth) {
  const Machine m = machine_of(profile, auth, "kea");
  Json definitions = Json::array({definition(203, "iscsi-initiator-iqn", "dhcp4", "string"),
                                  definition(201, "first-target", "isan", "string"),
                                  definition(202, "second-target", "isan", "string"),
                                  definition(203, "initiator", "isan", "string")});
  Json options = Json::array();
  options.push_back(kea_option("root-path", m.root_path));
  options.push_back(kea_option("iscsi-initiator-iqn", m.initiator));
  if (!m.ipxe.empty()) {
    definitions.push_back(encapsulating(175, "ipxe-encap-opts", "ipxe"));
    options.push_back({{"name", "ipxe-encap-opts"}});
    for (const auto& [code, name] : kIpxeOptions)
      definitions.push_back(definition(code, std::string(name.text()), "ipxe", "string"));
    for (const auto& [code, text] : m.ipxe)
      options.push_back(kea_option(std::string(ipxe_name(code).text()), text, "ipxe"));
  }
  Json reservation = {{"hw-address", m.mac.text()}};
  if (m.address) reservation["ip-address"] = m.address->text();
  if (m.host) reservation["hostname"] = m.host->text();
  reservation["option-data"] = options;
  Json document = {{"Dhcp4",
                    {{"reservations-global", true},
                     {"option-def", definitions},
                     {"reservations", Json::array({reservation})}}}};
  if (m.isan) document["Dhcp4"]["client-classes"] = Json::array({isan_class(m)});
  std::string out = head(m, profile);
  for (std::size_t at = 0; at != std::string::npos && at < out.size();) {
    out.replace(at, 1, "//");  // comments of Kea's JSON
    at = out.find('\n', at);
    if (at != std::string::npos) ++at;
  }
  return out + document.dump(2) + "\n";
}

}  // namespace san::boot
