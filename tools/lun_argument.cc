// SPDX-License-Identifier: Apache-2.0
#include "lun_argument.h"

namespace san {

LunArgument lun_argument(const CommonOptions& common, const std::string& argument) {
  LunArgument result;
  result.url = iscsi::parse_url(argument);
  result.credentials = iscsi::make_credentials(common.login, result.url.user);
  return result;
}

}  // namespace san
