// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/read_profile.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "boot/profile/profile_network.h"
#include "boot/profile/profile_section.h"
#include "core/error.h"
#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/limits.h"
#include "system/fd.h"
#include "system/file_io.h"

namespace san::boot {
namespace {

void read_name(const Section& section, std::string& name) {
  name = section.required_text("name", "give the iSCSI name");
  if (name.empty()) return;
  if (const auto fault = iscsi::name_fault(name, iscsi::NameRules::portable))
    section.fault("name", name, *fault);
}

/// A CHAP name (RFC 7143, 6.1 and 12.1.3).
std::string read_user(const Section& section, const char* key) {
  std::string user = section.required_text(key);
  if (user.size() > iscsi::kMaxChapText)
    section.fault(key, {fmt::format("has {} bytes, and a CHAP name at most {} (RFC 7143, 6.1)", user.size(),
                                    iscsi::kMaxChapText),
                        ""});
  return user;
}

void read_auth(const Section& section, BootProfile& profile) {
  if (!section.present()) return;
  if (!section.has("method"))
    section.fault("method",
                  {"is missing", R"(it is "chap" or "mutual-chap"; for neither, leave out [auth])"});
  const auto method = section.word("method", {"chap", "mutual-chap"});
  profile.user = read_user(section, "user");
  profile.secret_file = section.required_text("secret_file");
  if (method == 0) {
    for (const char* key : {"target_user", "target_secret_file"})
      if (section.has(key))
        section.fault(key,
                      {"is not used by the method \"chap\"", "leave it out, or make it \"mutual-chap\""});
    return;
  }
  if (method != 1) return;
  profile.target_user = read_user(section, "target_user");
  profile.target_secret_file = section.required_text("target_secret_file");
  // RFC 7143, 9.2.1: the same secret for both directions could be reflected. credentials() compares what is
  // in the files.
  if (!profile.secret_file.empty() && profile.secret_file == profile.target_secret_file)
    section.fault(
        "target_secret_file", profile.target_secret_file,
        {"is the file of the other direction, whose secret must be different (RFC 7143, 9.2.1)", ""});
}

void read_boot(const Section& section, BootProfile& profile) {
  if (const auto word = section.word("firmware", {"bios", "uefi"}))
    profile.firmware = *word == 0 ? Firmware::bios : Firmware::uefi;
  if (const auto word = section.word("priority", {"primary", "secondary", "disabled"}))
    profile.priority = std::array{Priority::primary, Priority::secondary, Priority::disabled}[*word];
  // A PCI device has at most 256 functions (PCI Express 5.0, 6.13, ARI), and a port is one.
  profile.port = section.number("port", 1, 256).value_or(profile.port);
}

std::string at_line(const std::string& path, std::string_view text, std::size_t offset) {
  const auto lines = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  return fmt::format("{}:{}", path, lines + 1);
}

/// Reports content that is no text at all more clearly than the parser does.
void check_text(std::string_view text, const std::string& path) {
  if (text.size() > kMaxProfileBytes)
    throw Error(Exit::usage, path,
                fmt::format("has more than {} KiB: it is not a boot profile", kMaxProfileBytes / 1024));
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw Error(Exit::usage, path + ":1", "is UTF-16", "save it as UTF-8");
  if (const auto zero = text.find('\0'); zero != std::string_view::npos)
    throw Error(Exit::usage, at_line(path, text, zero), "holds a zero byte",
                "a boot profile is text in UTF-8");
}

}  // namespace

BootProfile parse_boot_profile(std::span<const std::byte> text, const std::string& path) {
  const std::string_view characters(reinterpret_cast<const char*>(text.data()), text.size());
  check_text(characters, path);
  const std::vector<TomlTable> tables = parse_toml(characters, path);
  BootProfile profile;
  profile.path = path;
  Faults faults(path);
  check_keys(tables, faults);
  const Section initiator(tables, "initiator", faults), target(tables, "target", faults);
  for (const auto& [section, name] : {std::pair(&initiator, "initiator"), std::pair(&target, "target")})
    if (!section->present()) faults.add(0, fmt::format("has no table [{}]", name), "see boot-profile(5)");
  read_name(initiator, profile.initiator);
  read_network(initiator, profile);
  read_portals(target, profile);
  read_name(target, profile.target);
  // RFC 4173, 5: without a number it is LUN 0.
  profile.lun = static_cast<std::uint16_t>(
      target.number("lun", 0, iscsi::kMaxLun, "SAM-5, flat space addressing").value_or(0));
  read_auth(Section(tables, "auth", faults), profile);
  read_boot(Section(tables, "boot", faults), profile);
  faults.report();
  return profile;
}

BootProfile read_boot_profile(const std::string& path) {
  const auto refuse = [&path](const std::string& why) {
    return Error(Exit::usage, path, "cannot read the boot profile: " + why);
  };
  // Without O_NONBLOCK, opening a FIFO without a writer would block.
  const Fd file = open_path(path, O_RDONLY | O_NONBLOCK);
  if (file.get() < 0) throw refuse(errno_text(errno));
  struct stat status = {};
  if (fstat(file.get(), &status) != 0) throw refuse(errno_text(errno));
  if (!S_ISREG(status.st_mode)) throw refuse("it is not a regular file");
  std::array<std::byte, kMaxProfileBytes + 1> buffer = {};
  const Transfer got = read_fully(file.get(), 0, buffer);
  if (got.error != 0) throw refuse(errno_text(got.error));
  return parse_boot_profile(std::span(buffer).first(got.bytes), path);
}

}  // namespace san::boot
