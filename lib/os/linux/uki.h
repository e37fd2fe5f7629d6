// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace san::os {

/// The section of a PE image (an EFI program) with that name, such as ".initrd" of a unified kernel image;
/// nothing where there is none, or the image is damaged. PE Format, "Section Table".
std::optional<std::span<const std::byte>> pe_section(std::span<const std::byte> image, std::string_view name);

/// The release of a kernel for x86 ("6.1.0-50-amd64"), as its header points to it
/// (Documentation/arch/x86/boot.rst, kernel_version); empty where it is none.
std::string_view kernel_release(std::span<const std::byte> kernel);

}  // namespace san::os
