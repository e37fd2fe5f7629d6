// SPDX-License-Identifier: Apache-2.0
#include "lun_argument.h"

#include "boot/profile/profile_login.h"
#include "boot/profile/read_profile.h"
#include "open/open_device.h"

namespace san {

std::string device_argument(const CommonOptions& common, const std::string& argument) {
  if (!argument.empty()) return argument;
  if (common.profile.empty())
    throw Error(Exit::usage, "", "no LUN is named",
                "give iscsi://HOST[:PORT]/TARGET-NAME/LUN, or a boot profile by --profile=FILE");
  return "profile:" + common.profile;
}

LunArgument lun_argument(const CommonOptions& common, const std::string& argument) {
  const std::string device = device_argument(common, argument);
  LunArgument result;
  if (const auto file = profile_file(device)) {
    const boot::BootProfile profile = boot::read_boot_profile(*file);
    iscsi::LoginOptions login = common.login;
    login.profile = boot::profile_login(profile);
    result.credentials = iscsi::make_credentials(login, "");
    result.url = boot::url(profile);
    return result;
  }
  result.url = iscsi::parse_url(device);
  result.credentials = iscsi::make_credentials(common.login, result.url.user);
  return result;
}

}  // namespace san
