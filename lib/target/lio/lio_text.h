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

/// The "info" attribute of a device (target_core_configfs.c, target_core_file.c and target_core_iblock.c of
/// the kernel). Missing values are empty.
struct LioDeviceInfo {
  std::string path;                   ///< path of a file; that of a device is in udev_path
  std::optional<std::uint64_t> size;  ///< bytes of a file
  bool read_only = false;             ///< valid for a device
};
LioDeviceInfo parse_device_info(std::span<const std::byte> text);

/// Returns the session in the "info" attribute of an initiator's rule (lio_target_nacl_info_show() in
/// iscsi_target_configfs.c): the newest if there are several. Returns nothing if none is logged in.
std::optional<TargetSession> parse_session_info(std::span<const std::byte> text);

/// Returns the names in "dynamic_sessions" of a portal group: initiators without a rule of their own.
std::vector<std::string> parse_dynamic_sessions(std::span<const std::byte> text);

/// Returns the number after `prefix` in a directory's name ("lun_", "tpgt_"); nothing for any other name and
/// for numbers beyond `limit`.
std::optional<std::uint32_t> number_behind(std::string_view prefix, std::string_view name,
                                           std::uint32_t limit = 65535);

/// Parses a decimal number; returns nothing if the text has anything else.
std::optional<std::uint64_t> whole_number(std::string_view text);

/// Throws Error(failed) about `name` unless targetctl restores it unchanged (iscsi::NameRules::rtslib).
void check_lio_name(const std::string& name);

}  // namespace san::target
