// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/write_profile.h"

#include <fmt/core.h>

#include <string_view>

#include "boot/profile/read_profile.h"
#include "core/error.h"
#include "system/file/atomic_file.h"

namespace san::boot {
namespace {

/// A basic string (TOML 1.0, "String").
std::string toml_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      result += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result + '"';
}

/// Lines of one table, with their comments one below the other.
class Lines {
 public:
  void table(std::string_view name, std::string_view comment = {}) {
    if (!text_.empty()) text_ += '\n';
    text_ += comment.empty() ? fmt::format("[{}]\n", name)
                             : fmt::format("{:<32} # {}\n", fmt::format("[{}]", name), comment);
  }
  void raw(std::string_view key, std::string_view value, std::string_view comment = {}) {
    const std::string line = fmt::format("{} = {}", key, value);
    text_ += comment.empty() ? line + '\n' : fmt::format("{:<32} # {}\n", line, comment);
  }
  void text(std::string_view key, std::string_view value, std::string_view comment = {}) {
    raw(key, toml_text(value), comment);
  }
  const std::string& all() const { return text_; }

 private:
  std::string text_;
};

void write_initiator(const BootProfile& profile, Lines& lines) {
  lines.table("initiator", "the machine");
  lines.text("name", profile.initiator);
  if (!profile.mac.empty()) lines.text("mac", profile.mac);
  lines.raw("dhcp", profile.dhcp ? "true" : "false");
  if (!profile.address.empty())
    lines.text("address",
               profile.prefix ? fmt::format("{}/{}", profile.address, *profile.prefix) : profile.address);
  if (!profile.gateway.empty()) lines.text("gateway", profile.gateway);
  lines.raw("vlan", std::to_string(profile.vlan), "0: none");
}

void write_target(const BootProfile& profile, Lines& lines) {
  lines.table("target", "its disk");
  if (profile.portals.size() == 1) {
    lines.text("portal", iscsi::to_string(profile.portals[0]), "one or two: portals = [\"…\", \"…\"]");
  } else {
    std::string list;
    for (const iscsi::Portal& portal : profile.portals)
      list += (list.empty() ? "" : ", ") + toml_text(iscsi::to_string(portal));
    lines.raw("portals", "[" + list + "]");
  }
  lines.text("name", profile.target);
  lines.raw("lun", std::to_string(profile.lun));
  if (profile.reach)
    lines.text("reach", iscsi::to_string(*profile.reach), "how the tools reach the portal, not the machine");
}

}  // namespace

std::string write_boot_profile(const BootProfile& profile) {
  Lines lines;
  write_initiator(profile, lines);
  write_target(profile, lines);
  const bool mutual = !profile.target_user.empty() || !profile.target_secret_file.empty();
  if (mutual || !profile.user.empty() || !profile.secret_file.empty()) {
    lines.table("auth", "how each proves who it is");
    lines.text("method", mutual ? "mutual-chap" : "chap");
    lines.text("user", profile.user);
    lines.text("secret_file", profile.secret_file, "0600; path relative to this file");
    if (mutual) {
      lines.text("target_user", profile.target_user);
      lines.text("target_secret_file", profile.target_secret_file);
    }
  }
  lines.table("boot");
  lines.text("firmware", profile.firmware == Firmware::bios ? "bios" : "uefi", "uefi or bios");
  lines.text("priority", to_string(profile.priority), "primary, secondary, disabled");
  lines.raw("port", std::to_string(profile.port), "of the NIC");
  return "# A boot profile of sanboot: see boot-profile(5).\n\n" + lines.all();
}

void save_boot_profile(const BootProfile& profile, const std::string& path, bool replace) {
  const std::string text = write_boot_profile(profile);
  const auto bytes = std::as_bytes(std::span(text));
  parse_boot_profile(bytes, path);
  AtomicFile file(path, {.mode = 0644, .temporary = AtomicFile::Temporary::partial});
  file.write(bytes);
  if (replace)
    file.replace();
  else if (!file.commit_new())
    throw Error(Exit::refused, path, "already exists", "name another file, or remove this one");
}

}  // namespace san::boot
