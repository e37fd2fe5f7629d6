// SPDX-License-Identifier: Apache-2.0
#include "open/open_device.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "block/file_device.h"
#include "iscsi/lun_device.h"

namespace san {

bool is_any_url(const std::string& argument) {
  const auto colon = argument.find("://");
  // RFC 3986, 3.1. Capitals too: ISCSI:// is no path, whoever typed it.
  return colon != std::string::npos && colon > 0 &&
         argument.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-") ==
             colon;
}

void check_argument(const std::string& argument) {
  if (iscsi::is_url(argument)) {
    iscsi::parse_url(argument);
  } else if (is_any_url(argument)) {
    throw Error(
        Exit::usage, argument,
        fmt::format("no devices of the kind {} are known", argument.substr(0, argument.find("://") + 3)),
        "a device is a path or iscsi://HOST[:PORT]/TARGET-NAME/LUN");
  }
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return !is_any_url(a) && !is_any_url(b) && std::filesystem::equivalent(a, b, error) && !error;
}

std::unique_ptr<Device> open_device(const std::string& argument, const OpenOptions& options) {
  check_argument(argument);
  if (iscsi::is_url(argument)) {
    const iscsi::Url url = iscsi::parse_url(argument);
    return iscsi::open_lun(url, iscsi::make_credentials(options.login, url.user),
                           {options.sessions, options.depth});
  }
  FileOptions file;
  file.writable = options.writable;
  file.create_size = options.create_size;
  file.resize = FileOptions::Resize::at_least;
  file.force_in_use = options.force_in_use;
  return open_file(argument, file);
}

}  // namespace san
