// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace san::os {

/// Returns the section of that name of a PE image (an EFI program), such as ".initrd" of a unified kernel
/// image. Returns nothing if there is none, or if the image is damaged. PE Format, "Section Table".
std::optional<std::span<const std::byte>> pe_section(std::span<const std::byte> image, std::string_view name);

/// Returns the release of an x86 kernel ("6.1.0-50-amd64"), to which its header points
/// (Documentation/arch/x86/boot.rst, kernel_version); empty if it is no such kernel.
std::string_view kernel_release(std::span<const std::byte> kernel);

}  // namespace san::os
