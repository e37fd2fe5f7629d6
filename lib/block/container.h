// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/error.h"

namespace san {

/// What holds a disk in another form than the disk's own bytes, and is no image that QEMU opens: a compressed
/// file, an archive, the image of another cloning program.
struct Container {
  /// How it is compressed, where that is all: such a file is read from front to back.
  enum class Packing { none, gzip, bzip2, xz, lzma, lzip, lz4, zst };

  std::string what;  ///< said of it: "is a zip archive"
  /// The command that makes the disk of it, with FILE for its name: "unzip -p FILE | sanclone - DEST".
  std::string way;
  Packing packing = Packing::none;
  bool operator==(const Container&) const = default;
};

/// What begins with `front` (kImageFront bytes, fewer only of something smaller); nothing for a disk, and for
/// what recognise_image() knows. A disk may begin with anything that a boot sector may hold, so the magic
/// number is never enough where it is short: what must follow it is looked at as well. File systems (ISO
/// 9660, squashfs) are disks. Sources: RFC 1952, RFC 8878, the formats' own descriptions (.xz File
/// Format 1.2.1; lzip manual, "File format"; LZ4 Frame Format 1.6; APPNOTE.TXT of PKWARE; 7zFormat.txt; POSIX
/// pax), and the programs partclone, partimage, ntfsclone, img2simg, lzop, libewf and wimlib.
std::optional<Container> recognise_container(std::span<const std::byte> front);

/// The same of what ends with `tail` (kTrailer bytes): an Apple disk image.
std::optional<Container> recognise_trailer(std::span<const std::byte> tail);

/// The same of what begins with `front`, where it is no file and QEMU opens nothing: its images count as
/// containers.
std::optional<Container> recognise_bytes(std::span<const std::byte> front);

/// The same of the file at `path`; nothing for one that recognise_file() leaves alone. Throws Error(failed)
/// where it cannot be read.
std::optional<Container> recognise_container_file(const std::string& path);

/// How the bytes came that are refused.
enum class Came { as_file, as_stream, as_device };
/// The Error(refused) of `found` in what is called `name`.
Error no_disk(const Container& found, const std::string& name, Came came);

}  // namespace san
