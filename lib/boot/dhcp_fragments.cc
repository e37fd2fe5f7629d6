// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "boot/exports.h"
#include "boot/ip_address.h"
#include "boot/root_path.h"
#include "core/table.h"

namespace san::boot {
namespace {

// Options of iPXE inside option 175 (src/include/ipxe/dhcp.h).
constexpr std::pair<unsigned, const char*> kIpxeOptions[] = {
    {190, "username"}, {191, "password"}, {192, "reverse-username"}, {193, "reverse-password"}};

struct Machine {
  std::string mac, tag, address, host, root_path, second_path, initiator;
  std::vector<std::pair<unsigned, std::string>> ipxe;
  bool secrets = false;
  bool isan = true;  ///< option 43 has room for paths and name
};

/// An option's length is one byte (RFC 2132, 2), and that of option 175 counts all that is in it.
void check_lengths(const BootProfile& profile, const Machine& machine, const std::string& format) {
  for (const std::string* text : {&machine.root_path, &machine.second_path, &machine.initiator})
    if (text->size() > 255)
      throw cannot_carry(
          profile, format,
          fmt::format("\"{}\" has {} bytes, and a DHCP option has at most 255", *text, text->size()),
          "use a shorter target name");
  std::size_t all = 0;
  for (const auto& [code, text] : machine.ipxe) all += text.size() + 2;
  if (all > 255)
    throw cannot_carry(
        profile, format,
        fmt::format("CHAP users and secrets take {} bytes, and a DHCP option has at most 255", all),
        "use shorter names");
}

/// Option 43 is for few adapters: where it has no room it is left out, unless the second path is only there.
void check_isan(const BootProfile& profile, Machine& machine, const std::string& format) {
  std::size_t all = machine.root_path.size() + 2 + machine.initiator.size() + 2;
  if (!machine.second_path.empty()) all += machine.second_path.size() + 2;
  machine.isan = all <= 255;
  if (!machine.isan && !machine.second_path.empty())
    throw cannot_carry(profile, format,
                       fmt::format("option 17 has room for one path, and in option 43 two and the machine's "
                                   "name take {} bytes of 255",
                                   all),
                       "use shorter names, an ipxe script, or leave one portal out");
}

/// A quote, a backslash or a control character would mean something in every one of the files.
void check_text(const BootProfile& profile, const Machine& machine, const std::string& format) {
  const auto good = [](char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; };
  for (const auto& [code, text] : machine.ipxe)
    if (!std::all_of(text.begin(), text.end(), good))
      throw cannot_carry(profile, format, "a CHAP user or secret has a quote, a backslash or is not ASCII",
                         "change it, here and on the target");
}

Machine machine_of(const BootProfile& profile, const iscsi::Credentials& auth, const std::string& format) {
  require_bootable(profile, format);
  if (profile.mac.empty())
    throw cannot_carry(profile, format, "there is no MAC address to know the machine by", "give it");
  if (profile.portals.size() > 2)
    throw cannot_carry(profile, format,
                       fmt::format("there are {} portals, and there is room for 2", profile.portals.size()),
                       "leave some out");
  Machine out;
  out.mac = profile.mac;
  out.tag = "sanboot-" + profile.mac;
  std::erase(out.tag, ':');
  if (!profile.dhcp) {
    const auto address = parse_ip(profile.address);
    if (!address || address->bits != 32)
      throw cannot_carry(profile, format, "the machine's address is not IPv4",
                         "use the firmware's own settings");
    out.address = profile.address;
  }
  out.host = host_name(profile);
  out.root_path = root_path(profile, profile.portals.front());
  if (profile.portals.size() > 1) out.second_path = root_path(profile, profile.portals[1]);
  out.initiator = profile.initiator;
  const std::string* texts[] = {&auth.user, &auth.secret, &auth.target_user, &auth.target_secret};
  for (std::size_t i = 0; i < 4; ++i)
    if (!texts[i]->empty()) out.ipxe.emplace_back(kIpxeOptions[i].first, *texts[i]);
  out.secrets = !out.ipxe.empty();
  check_lengths(profile, out, format);
  check_isan(profile, out, format);
  check_text(profile, out, format);
  require_ipxe_room(profile, auth, out.host, format);
  return out;
}

std::string head(const Machine& machine, const BootProfile& profile) {
  std::string out =
      fmt::format("# {} boots from {}, LUN {}.\n", profile.initiator, profile.target, profile.lun);
  if (machine.secrets)
    out +=
        "# This file holds CHAP secrets: keep it to yourself (mode 0600). DHCP sends them in the clear to "
        "whoever\n"
        "# asks with this MAC address.\n";
  if (!machine.second_path.empty())
    out += "# Option 17 has room for one path. The second is for adapters that read option 43.\n";
  if (!machine.isan) out += "# There is no option 43: it has no room for names as long as these.\n";
  return out;
}

const char* ipxe_name(unsigned code) {
  return std::find_if(std::begin(kIpxeOptions), std::end(kIpxeOptions),
                      [&](const auto& option) { return option.first == code; })
      ->second;
}

/// A comma ends a value for Kea, unless the value is given byte for byte.
Json ipxe_option(unsigned code, const std::string& text) {
  Json out = {{"name", ipxe_name(code)}, {"space", "ipxe"}};
  if (text.find(',') == std::string::npos) {
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
  std::string out = head(m, profile);
  out += fmt::format("dhcp-host={},set:{}", m.mac, m.tag);
  if (!m.address.empty()) out += "," + m.address;
  if (!m.host.empty()) out += "," + m.host;
  out += "\n";
  out += fmt::format("dhcp-option=tag:{},option:root-path,\"{}\"\n", m.tag, m.root_path);
  out += fmt::format("dhcp-option=tag:{},203,\"{}\"\n", m.tag, m.initiator);
  for (const auto& [code, text] : m.ipxe)
    out += fmt::format("dhcp-option=tag:{},encap:175,{},\"{}\"\n", m.tag, code, text);
  if (!m.isan) return out;
  // Suboptions of option 43 as the manuals of NetXtreme II and FastLinQ adapters have them; those adapters
  // name themselves by one of these vendor classes.
  for (const char* vendor : {"BRCM ISAN", "QLGC ISAN"}) {
    out += fmt::format("dhcp-option=tag:{},vendor:{},201,\"{}\"\n", m.tag, vendor, m.root_path);
    if (!m.second_path.empty())
      out += fmt::format("dhcp-option=tag:{},vendor:{},202,\"{}\"\n", m.tag, vendor, m.second_path);
    out += fmt::format("dhcp-option=tag:{},vendor:{},203,\"{}\"\n", m.tag, vendor, m.initiator);
  }
  return out;
}

std::string dhcpd_fragment(const BootProfile& profile, const iscsi::Credentials& auth) {
  const Machine m = machine_of(profile, auth, "dhcpd");
  std::string out = head(m, profile);
  out +=
      "option iscsi-initiator-iqn code 203 = text;\n"
      "option space ipxe;\n"
      "option ipxe-encap-opts code 175 = encapsulate ipxe;\n";
  for (const auto& [code, name] : kIpxeOptions)
    out += fmt::format("option ipxe.{} code {} = text;\n", name, code);
  out +=
      "option space isan;\n"
      "option isan.first-target code 201 = text;\n"
      "option isan.second-target code 202 = text;\n"
      "option isan.initiator code 203 = text;\n";
  out += fmt::format("host {} {{\n  hardware ethernet {};\n", m.tag, m.mac);
  if (!m.address.empty()) out += fmt::format("  fixed-address {};\n", m.address);
  if (!m.host.empty()) out += fmt::format("  option host-name \"{}\";\n", m.host);
  out += fmt::format("  option root-path \"{}\";\n  option iscsi-initiator-iqn \"{}\";\n", m.root_path,
                     m.initiator);
  for (const auto& [code, text] : m.ipxe)
    out += fmt::format("  option ipxe.{} \"{}\";\n", ipxe_name(code), text);
  if (!m.isan) return out + "}\n";
  out +=
      "  if substring (option vendor-class-identifier, 5, 4) = \"ISAN\" {\n    vendor-option-space isan;\n";
  out += fmt::format("    option isan.first-target \"{}\";\n", m.root_path);
  if (!m.second_path.empty()) out += fmt::format("    option isan.second-target \"{}\";\n", m.second_path);
  out += fmt::format("    option isan.initiator \"{}\";\n  }}\n}}\n", m.initiator);
  return out;
}

namespace {

Json definition(unsigned code, const char* name, const char* space, const char* type) {
  return {{"name", name}, {"code", code}, {"space", space}, {"type", type}};
}

Json encapsulating(unsigned code, const char* name, const char* space) {
  Json out = definition(code, name, "dhcp4", "empty");
  out["encapsulate"] = space;
  return out;
}

/// What the machine gets when its adapter names itself by a class of the kind "BRCM ISAN": option 43, which
/// Kea takes apart by the definition of the class.
Json isan_class(const Machine& m) {
  std::string mac = m.mac;
  std::erase(mac, ':');
  Json options = Json::array({{{"name", "vendor-encapsulated-options"}}});
  const auto add = [&](const char* name, const std::string& data) {
    options.push_back({{"name", name}, {"space", "isan"}, {"data", data}});
  };
  add("first-target", m.root_path);
  if (!m.second_path.empty()) add("second-target", m.second_path);
  add("initiator", m.initiator);
  return {{"name", m.tag + "-isan"},
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
  options.push_back({{"name", "root-path"}, {"data", m.root_path}});
  options.push_back({{"name", "iscsi-initiator-iqn"}, {"data", m.initiator}});
  if (!m.ipxe.empty()) {
    definitions.push_back(encapsulating(175, "ipxe-encap-opts", "ipxe"));
    options.push_back({{"name", "ipxe-encap-opts"}});
    for (const auto& [code, name] : kIpxeOptions)
      definitions.push_back(definition(code, name, "ipxe", "string"));
    for (const auto& [code, text] : m.ipxe) options.push_back(ipxe_option(code, text));
  }
  Json reservation = {{"hw-address", m.mac}};
  if (!m.address.empty()) reservation["ip-address"] = m.address;
  if (!m.host.empty()) reservation["hostname"] = m.host;
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
