// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/linux/dracut.h"

#include <algorithm>
#include <string_view>

#include "os/linux/text.h"

namespace san::preflight {
namespace {

constexpr std::string_view kUnit = "systemd/system/iscsid.service";

/// The commands of ExecStartPre=, in their order, without those whose failure does not matter.
void read_commands(std::string_view unit, std::vector<std::string>& commands) {
  constexpr std::string_view kKey = "ExecStartPre=";
  for (const auto& line : os::config_lines(unit, "#;")) {
    if (!line.text.starts_with(kKey)) continue;
    std::string_view command = std::string_view(line.text).substr(kKey.size());
    if (command.empty()) commands.clear();  // a drop-in that takes back what was said before
    const auto path = command.find('/');
    if (path == std::string_view::npos || command.substr(0, path).find('-') != std::string_view::npos)
      continue;
    command.remove_prefix(path);
    commands.emplace_back(command.substr(0, command.find_first_of(" \t")));
  }
}

std::vector<std::string> programs_before_iscsid(const os::Initramfs& image) {
  std::vector<std::string> commands;
  const std::string own = "etc/" + std::string(kUnit);
  read_commands(image.content(image.has(own) ? own : "lib/" + std::string(kUnit)), commands);
  for (const auto& [name, content] : image.contents)
    if (name.find(std::string(kUnit) + ".d/") != std::string::npos) read_commands(content, commands);
  return commands;
}

}  // namespace

std::vector<std::string> lost_programs_of_dracut(const os::Initramfs& image) {
  std::vector<std::string> lost;
  if (!image.has_program("iscsiroot")) lost.emplace_back("sbin/iscsiroot");
  // Older ones log in by iscsistart, newer ones by iscsid.
  if (image.has_program("iscsistart")) return lost;
  if (!image.has_program("iscsid") || !image.has_program("iscsiadm"))
    lost.emplace_back("sbin/iscsid and sbin/iscsiadm");
  for (std::string path : programs_before_iscsid(image)) {
    path.erase(0, path.starts_with("/usr/") ? 5 : 1);
    if (!image.has(path)) lost.push_back(path + " (iscsid.service starts it before iscsid)");
  }
  return lost;
}

std::optional<IbftObstacle> ibft_obstacle(const os::Initramfs& image) {
  // The module for NetworkManager brings nm-initrd-generator, which reads the iBFT itself; wicked does, too.
  if (image.has_dracut_module("network-manager") || image.has_dracut_module("network-wicked"))
    return std::nullopt;
  // ibft_to_cmdline() of lib/net-lib.sh (dracut 059) asks awk about the flags of each interface: and(), which
  // is gawk's and busybox'. mawk fails there, and every interface counts as not used.
  const bool asks = image.content("lib/net-lib.sh").find("and(") != std::string_view::npos;
  const bool awk = asks && image.has_program("mawk") && !image.has_program("gawk");
  if (image.has_dracut_module("network-legacy")) {
    if (!awk) return std::nullopt;
    return IbftObstacle{"awk is mawk, which has no and(): dracut's ibft_to_cmdline takes no interface",
                        "gawk in the initramfs"};
  }
  // Seen with dracut 059: it gets no address. Who else calls ibft_to_cmdline() is a hook of that name.
  const bool hook = std::ranges::any_of(
      image.files, [](const auto& file) { return file.first.find("parse-ibft") != std::string::npos; });
  if (!hook && image.has_dracut_module("systemd-networkd"))
    return IbftObstacle{"systemd-networkd takes no address from the iBFT",
                        "dracut's module network-legacy, or ip=dhcp"};
  return std::nullopt;
}

}  // namespace san::preflight
