// SPDX-License-Identifier: Apache-2.0
#include "iscsi/login/login.h"

#include <random>
#include <utility>

namespace san::iscsi {

Login make_login(const Url& url, Credentials credentials) {
  constexpr std::uint32_t kRandomBits = 0xFFFFFF;  // RFC 7143, 11.12.5: the random form has 24 bits
  Login login;
  login.portal = url.portal;
  login.target = url.target;
  login.lun = url.lun;
  login.credentials = std::move(credentials);
  login.isid = std::random_device{}() & kRandomBits;
  return login;
}

}  // namespace san::iscsi
