// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "system/file/file_marks.h"

namespace san {

/// A format of disk images that is left to QEMU, or zstd.
struct ImageFormat {
  std::string name;  ///< as QEMU's -f has it ("qcow2", "vmdk", "vhdx", "vdi", "vpc" …), or "zst"
  /// What forbids to open it, empty where nothing does: it would have other files read or written, whose
  /// names stand in it ("names a backing file").
  std::string objection;
  /// Around the objection, with FILE for the name of the image; empty where it is the usual one.
  std::string way = {};
  bool backed = false;  ///< what is objected to is a backing file that backing_chain() can follow
  bool fixed = false;   ///< a VHD of fixed size: a raw disk and a footer
  bool operator==(const ImageFormat&) const = default;
};

/// What the file that begins with `front` (kImageFront bytes, fewer only of a smaller file) is an image of;
/// nothing for a raw one. The magic numbers are those of QEMU's drivers (block/qcow2.c, vmdk.c, vhdx.c,
/// vdi.c, vpc.c, qcow.c, qed.c, parallels.c) and RFC 8878.
std::optional<ImageFormat> recognise_image(std::span<const std::byte> front);

/// The same of a file of `size` bytes that ends with `tail` (kTrailer bytes): a VHD of fixed size, which has
/// its mark there only. Its checksum is right, and its size is that of the file without the footer.
std::optional<ImageFormat> recognise_footer(std::span<const std::byte> tail, std::uint64_t size);

/// The name of a format as people know it: "VHD" for QEMU's "vpc".
std::string shown_format(const std::string& name);

/// The format that the name of a new image asks for, by its suffix: .qcow2, .vmdk, .vhdx, .vdi, .vhd (QEMU's
/// "vpc") or .zst; empty for every other.
std::string format_of_name(const std::string& path);

/// What the file at `path` is an image of, by both of its ends; nothing where read_marks() gives nothing.
/// Throws Error(failed) where it cannot be read.
std::optional<ImageFormat> recognise_file(const std::string& path);

}  // namespace san
