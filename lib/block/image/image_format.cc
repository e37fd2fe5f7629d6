// SPDX-License-Identifier: Apache-2.0
#include "block/image/image_format.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>
#include "core/ascii.h"
#include "system/file/file_marks.h"

#include "block/image/qcow2_header.h"
#include "block/zst/zst_frame.h"
#include "core/endian.h"
#include "core/text/table.h"
#include "system/file_io.h"

namespace san {
namespace {

using Bytes = std::span<const std::byte>;

/// True if `text` is anywhere in `bytes`.
bool contains(Bytes bytes, std::string_view text) {
  for (std::size_t at = 0; at + text.size() <= bytes.size(); ++at)
    if (holds(bytes, at, text)) return true;
  return false;
}

constexpr const char* kBacking = "names a backing file, which would be read as well";

/// QEMU, docs/interop/qcow2.txt: "Header"; block/qcow.c has the method of encryption elsewhere.
ImageFormat qcow(Bytes front) {
  const bool old = number_at<be32>(front, 4) == 1;
  ImageFormat format{old ? "qcow" : "qcow2", ""};
  constexpr std::uint64_t kExternalData = 4;
  if (number_at<be32>(front, old ? 36 : 32) != 0) {
    format.objection = "is encrypted";
    format.way =
        "serve it by qemu-nbd -r --object secret,id=key,file=KEYFILE --image-opts "
        "driver=" +
        format.name +
        ",encrypt.key-secret=key,file.filename=FILE -k /run/s, then name nbd+unix:///?socket=/run/s";
  } else if (number_at<be64>(front, 8) != 0) {
    const auto backing = backing_of(front);
    format.objection =
        backing.name.empty()
            ? kBacking
            : fmt::format("names the backing file {}, which would be read as well", printable(backing.name));
    format.backed = !old;
  } else if (number_at<be32>(front, 4) >= 3 && (number_at<be64>(front, 72) & kExternalData) != 0) {
    format.objection = "keeps its data in another file, which it names";
  }
  return format;
}

constexpr const char* kSeveral = "consists of several files, which it names";

/// VMware, Virtual Disk Format 5.0: "Hosted Sparse Extents". A capacity of 0 makes QEMU follow the
/// descriptor.
ImageFormat vmdk(Bytes front) {
  return {"vmdk", number_at<le64>(front, 12) == 0 ? kSeveral : ""};
}

/// True if the embedded descriptor of a VMDK names a parent. QEMU searches 20 sectors for it.
bool names_parent(const Fd& file, Bytes front) {
  constexpr std::size_t kDescriptor = std::size_t{20} * 512;
  const std::uint64_t sector = number_at<le64>(front, 28);
  if (sector > INT64_MAX / 1024) return false;
  std::vector<std::byte> text(kDescriptor);
  text.resize(read_fully(file.get(), sector * 512, text).bytes);
  return contains(text, "parentFileNameHint");
}

/// QEMU, docs/interop/qed_spec.txt.
ImageFormat qed(Bytes front) {
  return {"qed", (number_at<le64>(front, 16) & 1) != 0 ? kBacking : ""};
}

/// Microsoft, Virtual Hard Disk Image Format Specification: "Hard Disk Footer Format".
ImageFormat vhd(Bytes front) {
  constexpr std::uint32_t kDifferencing = 4;
  return {"vpc", number_at<be32>(front, 60) == kDifferencing ? kBacking : ""};
}

/// "Hard Disk Footer Format": the one's complement of the sum of its bytes, without those of the sum.
std::uint32_t footer_sum(Bytes footer) {
  constexpr std::size_t kSum = 64;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < footer.size(); ++i)
    if (i < kSum || i >= kSum + 4) sum += std::to_integer<std::uint32_t>(footer[i]);
  return ~sum;
}

}  // namespace

std::optional<ImageFormat> recognise_image(std::span<const std::byte> front) {
  using namespace std::string_view_literals;
  if (holds(front, 0, "QFI\xFB"sv) && number_at<be32>(front, 4) >= 1 && number_at<be32>(front, 4) <= 3)
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
  const std::string lower = to_lower(path);
  for (const auto& [suffix, format] : kSuffixes)
    if (lower.ends_with(suffix)) return std::string(format);
  return {};
}

std::optional<ImageFormat> recognise_footer(std::span<const std::byte> tail, std::uint64_t size) {
  constexpr std::uint32_t kFixed = 2;
  if (tail.size() != kTrailer || size < kTrailer || !begins_with(tail, "conectix") ||
      number_at<be32>(tail, 60) != kFixed || number_at<be64>(tail, 16) != UINT64_MAX ||
      number_at<be64>(tail, 48) != size - kTrailer || number_at<be32>(tail, 64) != footer_sum(tail))
    return std::nullopt;
  ImageFormat format{"vpc", ""};
  format.fixed = true;
  return format;
}

std::string shown_format(const std::string& name) {
  if (name == "qcow" || name == "qcow2" || name == "zst") return name;
  if (name == "parallels") return "Parallels";
  return to_upper(name == "vpc" ? "vhd" : name);
}

std::optional<ImageFormat> recognise_file(const std::string& path) {
  const auto marks = read_marks(path);
  if (!marks) return std::nullopt;
  auto format = recognise_image(marks->front);
  if (!format) return recognise_footer(marks->tail, marks->size);
  if (format->name == "vmdk" && format->objection.empty() && names_parent(marks->file, marks->front))
    format->objection = kBacking;
  return format;
}

}  // namespace san
