// SPDX-License-Identifier: Apache-2.0
#include "block/image_format.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include "block/fd.h"
#include "block/file_io.h"
#include "block/zst_frame.h"
#include "core/endian.h"

namespace san {
namespace {

using Bytes = std::span<const std::byte>;

bool holds(Bytes bytes, std::size_t offset, std::string_view text) {
  return offset + text.size() <= bytes.size() &&
         std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char a, std::byte b) { return std::byte{static_cast<unsigned char>(a)} == b; });
}

/// Whether `text` stands anywhere in `bytes`.
bool contains(Bytes bytes, std::string_view text) {
  for (std::size_t at = 0; at + text.size() <= bytes.size(); ++at)
    if (holds(bytes, at, text)) return true;
  return false;
}

template <typename T>
auto number(Bytes bytes, std::size_t offset) {
  const auto value = read_at<T>(bytes, offset);
  return value ? *value : T{};
}

constexpr const char* kBacking = "names a backing file, which would be read as well";

/// QEMU, docs/interop/qcow2.txt: "Header".
ImageFormat qcow(Bytes front) {
  const bool old = number<be32>(front, 4) == 1;
  ImageFormat format{old ? "qcow" : "qcow2", ""};
  constexpr std::uint64_t kExternalData = 4;
  if (number<be64>(front, 8) != 0)
    format.objection = kBacking;
  else if (number<be32>(front, 4) >= 3 && (number<be64>(front, 72) & kExternalData) != 0)
    format.objection = "keeps its data in another file, which it names";
  return format;
}

constexpr const char* kSeveral = "consists of several files, which it names";

/// VMware, Virtual Disk Format 5.0: "Hosted Sparse Extents". A capacity of 0 makes QEMU follow the
/// descriptor.
ImageFormat vmdk(Bytes front) {
  return {"vmdk", number<le64>(front, 12) == 0 ? kSeveral : ""};
}

/// Whether the descriptor that is embedded in a VMDK names a parent. QEMU looks for it in 20 sectors.
bool names_parent(const Fd& file, Bytes front) {
  constexpr std::size_t kDescriptor = std::size_t{20} * 512;
  const std::uint64_t sector = number<le64>(front, 28);
  if (sector > INT64_MAX / 1024) return false;
  std::vector<std::byte> text(kDescriptor);
  text.resize(read_fully(file.get(), sector * 512, text).bytes);
  return contains(text, "parentFileNameHint");
}

/// QEMU, docs/interop/qed_spec.txt.
ImageFormat qed(Bytes front) {
  return {"qed", (number<le64>(front, 16) & 1) != 0 ? kBacking : ""};
}

/// Microsoft, Virtual Hard Disk Image Format Specification: "Hard Disk Footer Format".
ImageFormat vhd(Bytes front) {
  constexpr std::uint32_t kDifferencing = 4;
  return {"vpc", number<be32>(front, 60) == kDifferencing ? kBacking : ""};
}

}  // namespace

std::optional<ImageFormat> recognise_image(std::span<const std::byte> front) {
  using namespace std::string_view_literals;
  if (holds(front, 0, "QFI\xFB"sv) && number<be32>(front, 4) >= 1 && number<be32>(front, 4) <= 3)
    return qcow(front);
  if (holds(front, 0, "KDMV"sv)) return vmdk(front);
  if (holds(front, 0, "COWD"sv) || holds(front, 0, "# Disk DescriptorFile"sv))
    return ImageFormat{"vmdk", kSeveral};
  if (holds(front, 0, "vhdxfile"sv)) return ImageFormat{"vhdx", ""};
  if (holds(front, 64, "\x7F\x10\xDA\xBE"sv)) return ImageFormat{"vdi", ""};
  if (holds(front, 0, "conectix"sv)) return vhd(front);
  if (holds(front, 0, "QED\0"sv)) return qed(front);
  if (holds(front, 0, "WithoutFreeSpace"sv) || holds(front, 0, "WithouFreSpacExt"sv))
    return ImageFormat{"parallels", ""};
  if (zst::begins_like_frame(front)) return ImageFormat{"zst", ""};
  return std::nullopt;
}

std::string format_of_name(const std::string& path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSuffixes = {{
      {".qcow2", "qcow2"},
      {".vmdk", "vmdk"},
      {".vhdx", "vhdx"},
      {".vdi", "vdi"},
      {".vhd", "vpc"},
      {".zst", "zst"},
  }};
  std::string lower = path;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& [suffix, format] : kSuffixes)
    if (lower.ends_with(suffix)) return std::string(format);
  return {};
}

std::optional<ImageFormat> recognise_file(const std::string& path) {
  struct stat status = {};
  if (path.ends_with(".raw") || stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    return std::nullopt;
  const Fd fd = open_path(path, O_RDONLY | O_NONBLOCK);
  if (!fd) throw system_error(path, "open it", errno);
  std::vector<std::byte> front(kImageFront);
  const Transfer got = read_fully(fd.get(), 0, front);
  if (got.error != 0) throw io_error(path, "read", 0, front.size(), got.error);
  front.resize(got.bytes);
  auto format = recognise_image(front);
  if (format && format->name == "vmdk" && format->objection.empty() && names_parent(fd, front))
    format->objection = kBacking;
  return format;
}

}  // namespace san
