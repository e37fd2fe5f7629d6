// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "target/driver/driver.h"

namespace san::target {

/// What LIO says in the "info" of a device (target_core_configfs.c, target_core_file.c and
/// target_core_iblock.c of the kernel). What it does not say is empty.
struct LioDeviceInfo {
  std::string path;                   ///< of the file; devices have theirs in udev_path
  std::optional<std::uint64_t> size;  ///< bytes, of a file
  bool read_only = false;             ///< of a device
};
LioDeviceInfo parse_device_info(std::span<const std::byte> text);

/// The session that "info" of an initiator's rule shows (lio_target_nacl_info_show() in
/// iscsi_target_configfs.c): the newest, where there are several. Nothing where none is logged in.
std::optional<TargetSession> parse_session_info(std::span<const std::byte> text);

/// Names in "dynamic_sessions" of a portal group: initiators without a rule of their own.
std::vector<std::string> parse_dynamic_sessions(std::span<const std::byte> text);

/// The number behind "lun_" or "tpgt_" in a directory's name; nothing for any other name and beyond `limit`.
std::optional<std::uint32_t> number_behind(std::string_view prefix, std::string_view name,
                                           std::uint32_t limit = 65535);

/// A decimal number and nothing else.
std::optional<std::uint64_t> whole_number(std::string_view text);

/// Whether targetctl restores this name as it stands: rtslib-fb's normalize_wwn() takes names beginning with
/// iqn., naa. and eui. in lower case, and no underscore (RFC 3722 has none, either). Throws Error(failed)
/// about `name` otherwise.
void check_lio_name(const std::string& name);

}  // namespace san::target
