// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "boot/profile/boot_profile.h"

namespace san::boot {

/// The boot profile of that file. Throws Error(usage), also where there is no such file.
BootProfile read_boot_profile(const std::string& path);

/// The profile in `text`, which stands for a file named `path`. Every rule of boot-profile(5) is checked that
/// needs no other file; credentials() looks into those with the secrets. Throws Error(usage) about PATH:LINE
/// for the first error of the file; its hint names the lines of all others.
BootProfile parse_boot_profile(std::span<const std::byte> text, const std::string& path);

}  // namespace san::boot
