// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "iscsi/address/url.h"
#include "iscsi/login/credentials.h"
#include "tool.h"

namespace san {

/// The LUN of a command line, and its login.
struct LunArgument {
  iscsi::Url url;
  iscsi::Credentials credentials;
};

/// Returns the argument to be opened: `argument`, or profile:FILE of --profile if `argument` is empty
/// because the command line has none. Throws Error(usage) if there is neither; the positional argument must
/// therefore not be marked as required.
std::string device_argument(const CommonOptions& common, const std::string& argument);

/// Returns device_argument() as a LUN: an iSCSI URL with the login of the common options, or profile:FILE
/// with the login of that profile unless the options override it. Waits up to 3 seconds for the first portal
/// of a profile that has two. Throws Error(usage).
LunArgument lun_argument(const CommonOptions& common, const std::string& argument);

}  // namespace san
