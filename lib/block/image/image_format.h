// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "system/file/file_marks.h"

namespace san {

/// The format of a disk image that QEMU or zstd reads.
struct ImageFormat {
  std::string name;  ///< QEMU's name for its option -f ("qcow2", "vmdk", "vhdx", "vdi", "vpc" …), or "zst"
  /// Reason not to open it, "names a backing file"; empty if there is none. Such an image would have other
  /// files read or written, whose names are in it, or is encrypted.
  std::string objection;
  /// Advice for the objection, with FILE for the name of the image; empty for the usual advice.
  std::string way = {};
  bool backed = false;  ///< the objection is a backing file that backing_chain() can follow
  bool fixed = false;   ///< a VHD of fixed size: a raw disk and a footer
  bool operator==(const ImageFormat&) const = default;
};

/// Recognises the format of a file that begins with `front` (kImageFront bytes, fewer only if the file is
/// smaller). Returns nothing for a raw one. The magic numbers are those of QEMU's drivers (block/qcow2.c,
/// vmdk.c, vhdx.c, vdi.c, vpc.c, qcow.c, qed.c, parallels.c) and RFC 8878.
std::optional<ImageFormat> recognise_image(std::span<const std::byte> front);

/// Recognises the format of a file of `size` bytes that ends with `tail` (kTrailer bytes): a VHD of fixed
/// size, which is marked only there. Its checksum must be right, and its size that of the file without the
/// footer.
std::optional<ImageFormat> recognise_footer(std::span<const std::byte> tail, std::uint64_t size);

/// Returns the usual name of a format: "VHD" for QEMU's "vpc".
std::string shown_format(const std::string& name);

/// Returns the format that the suffix of a new image's name asks for: .qcow2, .vmdk, .vhdx, .vdi, .vhd
/// (QEMU's "vpc") or .zst; empty for any other.
std::string format_of_name(const std::string& path);

/// Recognises the format of the file at `path` by both of its ends. Returns nothing for a raw file, and if
/// read_marks() returns nothing. Throws Error(failed) if it cannot be read.
std::optional<ImageFormat> recognise_file(const std::string& path);

}  // namespace san
