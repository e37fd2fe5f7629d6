// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/error.h"

namespace san {

/// A file that contains a disk in another form than the bytes of the disk, and that QEMU does not open: a
/// compressed file, an archive, the image of another cloning program.
struct Container {
  /// Compression of a file that is a compressed disk and nothing else: it is read from front to back.
  enum class Packing { none, gzip, bzip2, xz, lzma, lzip, lz4, zst };

  std::string what;  ///< clause for messages: "is a zip archive"
  /// Command that extracts the disk, with FILE for the name, in the words of the program: "unzip -p FILE".
  std::string way;
  Packing packing = Packing::none;
  bool operator==(const Container&) const = default;
};

/// Recognises a container by its first bytes `front` (kImageFront of them, fewer only if it is smaller).
/// Returns nothing for a disk, and for an image that recognise_image() recognises. A boot sector may begin
/// with any bytes, so a short magic number is never enough: the fields after it are checked as well. File
/// systems (ISO 9660, squashfs) are disks. Sources: RFC 1952, RFC 8878, the formats' own descriptions (.xz
/// File Format 1.2.1; lzip manual, "File format"; LZ4 Frame Format 1.6; APPNOTE.TXT of PKWARE; 7zFormat.txt;
/// POSIX pax), and the programs partclone, partimage, ntfsclone, img2simg, lzop, libewf and wimlib.
std::optional<Container> recognise_container(std::span<const std::byte> front);

/// Recognises a container by its last bytes `tail` (kTrailer of them): an Apple disk image.
std::optional<Container> recognise_trailer(std::span<const std::byte> tail);

/// Recognises a container by its first bytes, as recognise_container() does, on a stream or a device. QEMU
/// cannot open those, so its images count as containers as well.
std::optional<Container> recognise_bytes(std::span<const std::byte> front);

/// Recognises the container in the file at `path`, by both of its ends. Returns nothing for any other file,
/// and if read_marks() returns nothing. Throws Error(failed) if it cannot be read.
std::optional<Container> recognise_container_file(const std::string& path);

/// Origin of refused bytes.
enum class Came { as_file, as_stream, as_device };
/// Makes the Error(refused) of a container `found` in the source called `name`.
Error no_disk(const Container& found, const std::string& name, Came came);

}  // namespace san
