// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/linux/login_plan.h"

#include <algorithm>

#include "preflight/checks/linux/linux_support.h"

namespace san::preflight {
namespace {

using os::CommandLine;
using os::InitramfsTool;

/// Returns the offset of the target's name in root=iscsi:… and netroot=iscsi:… (RFC 7143, 4.2.7).
std::size_t target_name_at(const std::string& text) {
  std::size_t at = std::string::npos;
  for (const auto* kind : {":iqn.", ":eui.", ":naa."}) at = std::min(at, text.find(kind));
  return at == std::string::npos ? at : at + 1;
}

/// Parses [USER:SECRET@]ADDRESS:PROTOCOL:PORT:LUN:TARGET after "iscsi:". Dracut may have an interface before
/// the LUN.
void read_root_path(const std::string& text, LoginPlan& plan) {
  const auto name = target_name_at(text);
  if (name == std::string::npos) return;
  plan.target = text.substr(name);
  auto rest = text.substr(0, name);
  if (const auto at = rest.rfind('@'); at != std::string::npos) rest.erase(0, at + 1);
  const auto end = rest.starts_with('[') ? rest.find(']') + 1 : rest.find(':');
  auto address = rest.substr(0, end);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  if (!address.empty()) plan.addresses = {address};
}

/// scripts/local-top/iscsi of open-iscsi in Debian.
LoginPlan of_initramfs_tools(const os::BootKernel& kernel, const os::Initramfs& image) {
  LoginPlan plan;
  auto values = os::assignments(image.content("etc/iscsi.initramfs"));
  const CommandLine arguments(kernel.entry.arguments);
  const auto from_arguments = [&](const char* argument, const char* name) {
    if (const auto value = arguments.last(argument)) {
      values[name].value = *value;
      plan.where = kernel.entry.where;
    }
  };
  plan.where = image_name(kernel) + ", etc/iscsi.initramfs";
  from_arguments("iscsi_initiator", "ISCSI_INITIATOR");
  from_arguments("iscsi_target_name", "ISCSI_TARGET_NAME");
  from_arguments("iscsi_target_ip", "ISCSI_TARGET_IP");
  plan.firmware = !values["ISCSI_AUTO"].value.empty();
  if (arguments.last("iscsi_auto") == "") {
    plan.firmware = true;
    plan.where = kernel.entry.where;
  }
  plan.target = values["ISCSI_TARGET_NAME"].value;
  plan.addresses = os::blank_separated(values["ISCSI_TARGET_IP"].value);
  plan.initiator = values["ISCSI_INITIATOR"].value;
  for (const auto& root : arguments.all("root"))
    if (root.starts_with("iscsi:")) {
      read_root_path(root.substr(6), plan);
      plan.where = kernel.entry.where;
    }
  return plan;
}

/// parse-iscsiroot.sh of dracut's module iscsi.
LoginPlan of_dracut(const os::BootKernel& kernel, const os::Initramfs& image) {
  LoginPlan plan;
  plan.where = kernel.entry.where;
  const auto arguments = all_arguments(kernel, image);
  plan.firmware = arguments.enabled("rd.iscsi.firmware") ||
                  (!arguments.has("rd.iscsi.firmware") && arguments.enabled("iscsi_firmware"));
  plan.initiator = arguments.last("rd.iscsi.initiator")
                       .value_or(arguments.last("iscsi_initiator").value_or(std::string{}));
  auto roots = arguments.all("netroot");
  for (const auto& root : arguments.all("root"))
    if (root.starts_with("iscsi")) roots.push_back(root);
  if (const auto old = arguments.last("iscsiroot")) roots.push_back("iscsi:" + *old);
  for (const auto& root : roots) {
    if (root == "iscsi" || root == "iscsi:ibft")
      plan.problem = root + " names no target, and dracut takes it for the name of a server";
    else if (root == "iscsi:")
      plan.firmware = true;
    else if (root.starts_with("iscsi:") && root.size() > 6)
      read_root_path(root.substr(6), plan);
  }
  if (plan.firmware && !plan.target.empty() && arguments.has("iscsiroot"))
    plan.problem = "dracut stops where it finds both iscsiroot= and rd.iscsi.firmware";
  return plan;
}

}  // namespace

os::CommandLine all_arguments(const os::BootKernel& kernel, const os::Initramfs& image) {
  os::CommandLine all;
  // dracut-lib.sh: the files in the image come first, so that the boot loader has the last word.
  if (image.tool == InitramfsTool::dracut) {
    all.add(image.content("etc/cmdline"));
    for (const auto& [name, content] : image.contents) {
      if (!name.starts_with("etc/cmdline.d/")) continue;
      all.add("\n");
      all.add(content);
    }
  }
  all.add(kernel.entry.arguments);
  return all;
}

LoginPlan login_plan(const os::BootKernel& kernel, const os::Initramfs& image) {
  switch (image.tool) {
    case InitramfsTool::initramfs_tools:
      return of_initramfs_tools(kernel, image);
    case InitramfsTool::dracut:
      return of_dracut(kernel, image);
    case InitramfsTool::mkinitcpio:
    case InitramfsTool::unknown:
      break;
  }
  LoginPlan plan;
  plan.understood = false;
  plan.where = image_name(kernel);
  return plan;
}

}  // namespace san::preflight
