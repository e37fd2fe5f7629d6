// SPDX-License-Identifier: Apache-2.0
// URLs, portals and names. What was taken is printed and read back the same; a password never shows in a
// message.
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "iscsi/address/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const std::string& input :
       {text, "iscsi://" + text, "iscsi://" + text + "/iqn.2026-11.org.example:disk/1"}) {
    try {
      iscsi::Url url = iscsi::parse_url(input);
      url.user.clear();
      if (url.target.empty() || url.portal.host.empty() || url.portal.port == 0 || url.lun > 16383)
        std::abort();
      if (iscsi::parse_url(to_string(url)) != url) std::abort();
    } catch (const Error& error) {
      if (error.code() != Exit::usage) std::abort();
    }
  }
  try {
    const iscsi::Portal portal = iscsi::parse_portal(text);
    if (iscsi::parse_portal(to_string(portal)) != portal) std::abort();
  } catch (const Error&) {
  }
  if (text.find('@') == std::string::npos && text.find("/iqn.") == std::string::npos) {
    try {
      iscsi::parse_url("iscsi://me%hunter2" + text + "@host/iqn.2026-11.org.example:disk/1");
      std::abort();
    } catch (const Error& error) {
      if (std::string_view(error.what()).find("hunter2") != std::string_view::npos) std::abort();
    }
  }
  return 0;
}
