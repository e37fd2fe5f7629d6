// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "iscsi/address/url.h"
#include "iscsi/login/credentials.h"
#include "tool.h"

namespace san {

/// The LUN that a command line is about, and how to log in to it.
struct LunArgument {
  iscsi::Url url;
  iscsi::Credentials credentials;
};

/// `argument` as open_device() takes it: that itself, or, where it is empty because the command line has no
/// such argument, profile:FILE of --profile. Throws Error(usage) where there is neither; the positional
/// argument is therefore not to be marked as required.
std::string device_argument(const CommonOptions& common, const std::string& argument);

/// device_argument() as a LUN: an iSCSI URL with the login that the common options ask for, or profile:FILE
/// with the login of that profile, as far as the options do not say otherwise. Waits up to 3 seconds for the
/// first portal of a profile that has two. Throws Error(usage).
LunArgument lun_argument(const CommonOptions& common, const std::string& argument);

}  // namespace san
