// SPDX-License-Identifier: Apache-2.0
#include "block/image/container.h"

#include <fmt/core.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

#include "block/image/image_format.h"
#include "core/endian.h"
#include "core/hint_id.h"
#include "system/file/file_marks.h"

namespace san {
namespace {

using namespace std::string_view_literals;
using Bytes = std::span<const std::byte>;
using Packing = Container::Packing;

unsigned byte(Bytes bytes, std::size_t offset) {
  return offset < bytes.size() ? std::to_integer<unsigned>(bytes[offset]) : 0U;
}

/// RFC 1952, 2.3.1: method 8 (deflate) and no reserved flag; the extra flags are those that compressors set,
/// the operating system one that has a number.
bool is_gzip(Bytes front) {
  const unsigned extra = byte(front, 8), system = byte(front, 9);
  return front.size() >= 18 && begins_with(front, "\x1F\x8B\x08"sv) && (byte(front, 3) & 0xE0U) == 0 &&
         (extra == 0 || extra == 2 || extra == 4) && (system <= 13 || system == 255);
}

/// bzip2: the block size, then the mark of the first block or, of nothing, that of the end.
bool is_bzip2(Bytes front) {
  return begins_with(front, "BZh"sv) && byte(front, 3) >= '1' && byte(front, 3) <= '9' &&
         (holds(front, 4, "\x31\x41\x59\x26\x53\x59"sv) || holds(front, 4, "\x17\x72\x45\x38\x50\x90"sv));
}

/// .xz File Format, 2.1.1: behind the magic bytes a zero and the kind of check.
bool is_xz(Bytes front) {
  return begins_with(front, "\xFD\x37\x7A\x58\x5A\0\0"sv) && front.size() > 7 && byte(front, 7) < 16;
}

/// LZMA_Alone has no magic number: the properties that every encoder uses, a dictionary of 2^n or 2^n +
/// 2^(n-1) bytes, a size that is unknown or plausible, and the first byte of the range coder, which is zero.
bool is_lzma(Bytes front) {
  const auto dictionary = read_at<le32>(front, 1);
  const auto size = read_at<le64>(front, 5);
  if (!dictionary || !size || front.size() < 18 || byte(front, 0) != 0x5D || byte(front, 13) != 0)
    return false;
  const std::uint32_t bytes = *dictionary;
  return bytes >= 4096 &&
         (std::has_single_bit(bytes) || (bytes % 3 == 0 && std::has_single_bit(bytes / 3))) &&
         (*size == UINT64_MAX || (*size > 0 && *size < std::uint64_t{1} << 48));
}

/// lzip manual, "File format": version 1, and a dictionary of 4 KiB to 512 MiB.
bool is_lzip(Bytes front) {
  const unsigned log = byte(front, 5) & 0x1FU;
  return begins_with(front, "LZIP\x01"sv) && log >= 12 && log <= 29;
}

/// LZ4 Frame Format: version 1, nothing reserved, and the checksum of the descriptor. The legacy frame has
/// only the length of its first block, of which the content has 8 MiB at most.
bool is_lz4(Bytes front) {
  if (begins_with(front, "\x02\x21\x4C\x18"sv)) {
    const auto block = read_at<le32>(front, 4);
    return block && *block > 0 && *block <= (8U << 20U) + (8U << 20U) / 255 + 16;
  }
  const unsigned flags = byte(front, 4), block = byte(front, 5);
  if (!begins_with(front, "\x04\x22\x4D\x18"sv) || flags >> 6U != 1 || (flags & 2U) != 0 ||
      (block & 0x8FU) != 0 || block >> 4U < 4)
    return false;
  const std::size_t length = 2U + ((flags & 8U) != 0 ? 8U : 0U) + ((flags & 1U) != 0 ? 4U : 0U);
  return front.size() > 4 + length &&
         (XXH32(front.data() + 4, length, 0) >> 8U & 0xFFU) == byte(front, 4 + length);
}

/// APPNOTE.TXT, 4.3.7: a local file header whose version, method and name are possible ones; an archive on
/// several media has another mark in front.
bool is_zip(Bytes front) {
  if (holds(front, 0, "PK\x07\x08PK\x03\x04"sv)) front = front.subspan(4);
  const auto version = read_at<le16>(front, 4), method = read_at<le16>(front, 8),
             name = read_at<le16>(front, 26);
  if (!begins_with(front, "PK\x03\x04"sv) || !name) return false;
  const Bytes text = front.subspan(30 <= front.size() ? 30 : front.size());
  return (*version & 0xFFU) <= 63 && (*method <= 20 || (*method >= 93 && *method <= 99)) && *name > 0 &&
         *name <= 4096 &&
         std::none_of(text.begin(),
                      text.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(*name, text.size())),
                      [](std::byte b) { return b < std::byte{0x20}; });
}

/// POSIX, pax(1), "ustar Interchange Format": the sum of the header, its own field taken for spaces.
bool is_tar(Bytes front) {
  constexpr std::size_t kSumAt = 148, kSumLength = 8, kHeader = 512;
  if (front.size() < kHeader || !holds(front, 257, "ustar"sv)) return false;
  unsigned sum = 0, stored = 0;
  for (std::size_t i = 0; i < kHeader; ++i)
    sum += i >= kSumAt && i < kSumAt + kSumLength ? unsigned{' '} : byte(front, i);
  for (std::size_t i = kSumAt; i < kSumAt + kSumLength; ++i)
    if (byte(front, i) >= '0' && byte(front, i) <= '7') stored = stored * 8 + (byte(front, i) - '0');
  return sum == stored;
}

/// An OVA is a tar whose first member is the description (DMTF DSP0243, 5.3).
bool is_ova(Bytes front) {
  const auto name = front.first(100);
  const auto end = std::find(name.begin(), name.end(), std::byte{0}) - name.begin();
  return end > 4 && holds(front, static_cast<std::size_t>(end) - 4, ".ovf"sv);
}

/// system/core/libsparse/sparse_format.h of Android: version 1.x, a file header of 28 bytes and chunk headers
/// of 12.
bool is_android_sparse(Bytes front) {
  return begins_with(front, "\x3A\xFF\x26\xED\x01\0"sv) && holds(front, 8, "\x1C\0\x0C\0"sv);
}

constexpr const char* kPipe = "-";

/// Returns the way to a clone by a command that writes the disk to the file `result`, or to kPipe; the
/// command alone if it writes neither.
std::string way_by(const std::string& command, const std::string& result) {
  if (result.empty()) return command;
  return result == kPipe ? Hint(HintId::clone_output, command).text()
                         : Hint(HintId::clone_result, command, {result}).text();
}

Container packed(Packing packing, const std::string& program) {
  return {"is compressed by " + program, way_by(program + " -dc FILE", kPipe), packing};
}

struct Magic {
  std::string_view text;
  const char *what, *command, *result;
};
constexpr std::array<Magic, 8> kMagics = {{
    {"7z\xBC\xAF\x27\x1C\0"sv, "is a 7z archive", "7z x -so FILE", kPipe},
    {"Rar!\x1A\x07"sv, "is a rar archive", "unrar p -inul FILE", kPipe},
    {"\x89LZO\0\x0D\x0A\x1A\x0A"sv, "is compressed by lzop", "lzop -dc FILE", kPipe},
    {"partclone-image\0"sv, "is a partclone image of one partition", "partclone.restore -s FILE -o -", kPipe},
    {"PaRtImAgE-VoLuMe"sv, "is a partimage image of one partition", "restore it by partimage", ""},
    {"\0ntfsclone-image"sv, "is an ntfsclone image of one file system", "ntfsclone --restore-image -O - FILE",
     kPipe},
    {"EVF\x09\x0D\x0A\xFF\0"sv, "is an EWF image (EnCase)", "ewfexport -u -f raw -t disk FILE", "disk.raw"},
    {"MSWIM\0\0\0"sv, "is a Windows image (WIM), which holds files and no disk",
     "apply it to a partition (wimapply)", ""},
}};

std::string with_name(const std::string& way, const std::string& name) {
  constexpr std::string_view kFile = "FILE";
  const bool plain =
      !name.starts_with("/dev/") && name.find_first_of(" \t\n'\"\\$`&|;<>()*?[#~!") == std::string::npos;
  std::string result = way;
  // Not for /dev/stdin, nor for a name that would need quotes: quoting is left to the user.
  if (const auto at = result.find(kFile); at != std::string::npos && plain)
    result.replace(at, kFile.size(), name);
  return result;
}

}  // namespace

std::optional<Container> recognise_container(std::span<const std::byte> front) {
  if (is_gzip(front)) return packed(Packing::gzip, "gzip");
  if (is_bzip2(front)) return packed(Packing::bzip2, "bzip2");
  if (is_xz(front)) return packed(Packing::xz, "xz");
  if (is_lzip(front)) return packed(Packing::lzip, "lzip");
  if (is_lz4(front)) return packed(Packing::lz4, "lz4");
  if (is_lzma(front)) return packed(Packing::lzma, "lzma");
  if (is_zip(front)) return Container{"is a zip archive", way_by("unzip -p FILE", kPipe)};
  for (const Magic& magic : kMagics)
    if (begins_with(front, magic.text)) return Container{magic.what, way_by(magic.command, magic.result)};
  if (is_android_sparse(front))
    return Container{"is an Android sparse image", way_by("simg2img FILE disk.img", "disk.img")};
  if (is_tar(front) && is_ova(front))
    return Container{"is an OVA (a tar archive of a virtual machine)",
                     way_by("tar -xf FILE", "DISK.vmdk") + " for the disk in it"};
  if (is_tar(front))
    return Container{"is a tar archive",
                     way_by("tar -xOf FILE MEMBER", kPipe) + " (tar -tf FILE names the members)"};
  return std::nullopt;
}

std::optional<Container> recognise_trailer(std::span<const std::byte> tail) {
  // The trailer of Apple's UDIF, as dmg2img and QEMU (block/dmg.c) read it: version 4, 512 bytes long.
  if (tail.size() != kTrailer || !begins_with(tail, "koly\0\0\0\x04\0\0\x02\0"sv)) return std::nullopt;
  return Container{"is an Apple disk image (DMG)", way_by("dmg2img FILE disk.img", "disk.img")};
}

std::optional<Container> recognise_bytes(std::span<const std::byte> front) {
  const auto image = recognise_image(front);
  if (image && image->name == "zst") return packed(Packing::zst, "zstd");
  if (image)
    return Container{fmt::format("is a {} image", shown_format(image->name)),
                     Hint(HintId::clone_file, "open FILE").text()};
  return recognise_container(front);
}

std::optional<Container> recognise_container_file(const std::string& path) {
  const auto marks = read_marks(path);
  if (!marks) return std::nullopt;
  if (auto found = recognise_container(marks->front)) return found;
  return recognise_trailer(marks->tail);
}

Error no_disk(const Container& found, const std::string& name, Came came) {
  switch (came) {
    case Came::as_file:
      return {Exit::refused, name, found.what + ", and no disk",
              Hint(HintId::raw_file, with_name(found.way, name))};
    case Came::as_stream:
      return {Exit::refused, name, found.what + ", and no disk",
              Hint(HintId::raw_stream, "keep it in a file: " + found.way)};
    case Came::as_device:
      break;
  }
  return {Exit::refused, name, "what is on it " + found.what + ", and no disk",
          Hint(HintId::raw_device, "copy that into a file, then: " + found.way, {found.way})};
}

}  // namespace san
