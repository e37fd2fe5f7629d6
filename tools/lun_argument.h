// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "iscsi/credentials.h"
#include "iscsi/url.h"
#include "tool.h"

namespace san {

/// The LUN that a command line is about, and how to log in to it.
struct LunArgument {
  iscsi::Url url;
  iscsi::Credentials credentials;
};

/// `argument` as an iSCSI URL, with the login that the common options ask for. Throws Error(usage).
LunArgument lun_argument(const CommonOptions& common, const std::string& argument);

}  // namespace san
