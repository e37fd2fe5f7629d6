// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace san {

/// A format of disk images that is left to QEMU, or zstd.
struct ImageFormat {
  std::string name;  ///< as QEMU's -f has it ("qcow2", "vmdk", "vhdx", "vdi", "vpc" …), or "zst"
  /// What forbids to open it, empty where nothing does: it would have other files read or written, whose
  /// names stand in it ("names a backing file").
  std::string objection;
  bool operator==(const ImageFormat&) const = default;
};

/// How much of the front of a file recognise_image() looks at.
inline constexpr std::size_t kImageFront = 4096;

/// What the file that begins with `front` (kImageFront bytes, fewer only of a smaller file) is an image of;
/// nothing for a raw one. The magic numbers are those of QEMU's drivers (block/qcow2.c, vmdk.c, vhdx.c,
/// vdi.c, vpc.c, qcow.c, qed.c, parallels.c) and RFC 8878. A VHD of fixed size, which has its mark at the end
/// only, is taken for raw, as QEMU takes it too.
std::optional<ImageFormat> recognise_image(std::span<const std::byte> front);

/// The format that the name of a new image asks for, by its suffix: .qcow2, .vmdk, .vhdx, .vdi, .vhd (QEMU's
/// "vpc") or .zst; empty for every other.
std::string format_of_name(const std::string& path);

/// The same for the file at `path`: nothing for one that is not there or is no regular file, and for one
/// named
/// *.raw, which is raw whatever a guest has written into its first sector. Throws Error(failed) where it
/// cannot be read.
std::optional<ImageFormat> recognise_file(const std::string& path);

}  // namespace san
