// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "boot/profile/boot_profile.h"

namespace san::boot {

/// Reads the boot profile in that file. Throws Error(usage), also if there is no such file.
BootProfile read_boot_profile(const std::string& path);

/// Parses the profile in `text`, the content of a file named `path`. Checks every rule of boot-profile(5)
/// that needs no other file; credentials() checks the secret files. Throws Error(usage) about PATH:LINE for
/// the first error of the file; its hint names the lines of all others.
BootProfile parse_boot_profile(std::span<const std::byte> text, const std::string& path);

}  // namespace san::boot
