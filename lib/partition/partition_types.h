// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/guid.h"

namespace san::partition {

/// Type GUIDs that are used outside of the listing, as Guid::text() writes them.
namespace gpt_type {
inline constexpr std::string_view efi_system =
    "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";                                            // UEFI 2.10, table 5.7
inline constexpr std::string_view bios_boot = "21686148-6449-6e6f-744e-656564454649";  // GNU GRUB manual
inline constexpr std::string_view linux_swap = "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f";
inline constexpr std::string_view microsoft_reserved = "e3c9e316-0b5c-4db8-817d-f92df00215ae";
inline constexpr std::string_view microsoft_basic_data = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7";
inline constexpr std::string_view microsoft_recovery = "de94bba4-06d1-4d40-a16a-bfd50179d6ac";
}  // namespace gpt_type

/// Returns the name of a GPT type GUID: "EFI System"; empty if it is not one of the common ones.
std::string_view gpt_type_name(const Guid& type);

/// Returns the name of an MBR type byte: "Linux"; empty if it is not one of the common ones.
std::string_view mbr_type_name(std::uint8_t type);

/// Returns true if partitions of this Partition::type_id belong to a dynamic disk of Windows. A volume of its
/// Logical Disk Manager may continue elsewhere or on another disk, so that the size recorded in its file
/// system says nothing of the data behind its first part.
bool is_dynamic_disk(std::string_view type_id);

}  // namespace san::partition
