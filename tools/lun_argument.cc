// SPDX-License-Identifier: Apache-2.0
#include "lun_argument.h"

#include "boot/profile/profile_login.h"
#include "open/open_device.h"

namespace san {

std::string device_argument(const CommonOptions& common, const std::string& argument) {
  if (!argument.empty()) return argument;
  if (common.login.profile.empty())
    throw Error(Exit::usage, "", "no LUN is named",
                "give iscsi://HOST[:PORT]/TARGET-NAME/LUN, or a boot profile by --profile=FILE");
  return "profile:" + common.login.profile;
}

LunArgument lun_argument(const CommonOptions& common, const std::string& argument) {
  const std::string device = device_argument(common, argument);
  LunArgument result;
  if (const auto file = profile_file(device)) {
    const boot::BootProfile& profile = common.login.profiles->read(*file);
    result.credentials = boot::make_credentials(common.login, &profile, "");
    result.url = boot::url(profile);
    return result;
  }
  result.url = iscsi::parse_url(device);
  result.credentials = boot::make_credentials(common.login, result.url.user);
  return result;
}

}  // namespace san
