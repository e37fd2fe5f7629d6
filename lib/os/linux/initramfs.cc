// SPDX-License-Identifier: Apache-2.0
#include "os/linux/initramfs.h"

#include <algorithm>

#include "os/linux/cpio.h"
#include "os/linux/text.h"
#include "os/linux/unpack.h"

namespace san::os {
namespace {

constexpr std::size_t kMaxFiles = 500'000, kMaxNames = std::size_t{128} << 20;
constexpr std::uint64_t kMaxUnpacked = std::uint64_t{2} << 30;
constexpr std::size_t kMaxKept = std::size_t{48} << 20;
constexpr std::uint64_t kMaxSmall = std::uint64_t{256} << 10, kMaxIndex = std::uint64_t{8} << 20;
constexpr std::uint32_t kTypeMask = 0170000, kDirectory = 0040000;  // inode(7)

std::string normal_name(std::string_view name) {
  while (name.starts_with("./")) name.remove_prefix(2);
  while (name.starts_with("/")) name.remove_prefix(1);
  if (name.starts_with("usr/")) name.remove_prefix(4);
  return std::string(name);
}

constexpr std::string_view kWanted[] = {
    "etc/iscsi.initramfs",
    "etc/initiatorname.iscsi",
    "etc/iscsi/initiatorname.iscsi",
    "etc/iscsi/iscsid.conf",
    "etc/cmdline",
    "conf/initramfs.conf",
    "conf/modules",
    "conf/param.conf",
    "lib/dracut/modules.txt",
    "lib/dracut/build-parameter.txt",
    "buildconfig",
    "config",
    "etc/crypttab",
    "cryptroot/crypttab",
    "etc/initrd-release",
    "lib/net-lib.sh",
    "lib/systemd/system/iscsid.service",
    "etc/systemd/system/iscsid.service",
};
constexpr std::string_view kWantedBelow[] = {"conf/conf.d/", "etc/cmdline.d/", "etc/conf.d/",
                                             "lib/systemd/system/iscsid.service.d/",
                                             "etc/systemd/system/iscsid.service.d/"};

/// True for files whose content checks read.
bool decides(const std::string& name, std::uint64_t size) {
  if (name.starts_with("lib/modules/")) {
    const auto base = name.substr(name.rfind('/') + 1);
    return size <= kMaxIndex && (base == "modules.dep" || base == "modules.alias" ||
                                 base == "modules.builtin" || base == "modules.builtin.modinfo");
  }
  if (size > kMaxSmall) return false;
  return std::ranges::find(kWanted, name) != std::end(kWanted) ||
         std::ranges::any_of(kWantedBelow, [&](auto directory) { return name.starts_with(directory); });
}

InitramfsTool tool_of(const Initramfs& image) {
  if (image.has("lib/dracut/modules.txt") || image.has("lib/dracut/build-parameter.txt") ||
      image.has("lib/dracut-lib.sh"))
    return InitramfsTool::dracut;
  if (image.has("conf/initramfs.conf") || image.has("scripts/functions"))
    return InitramfsTool::initramfs_tools;
  if (image.has("buildconfig") || image.has("init_functions")) return InitramfsTool::mkinitcpio;
  return InitramfsTool::unknown;
}

/// Puts what the archives hold into the result.
class Collector {
 public:
  explicit Collector(Initramfs& image)
      : image_(image),
        reader_([this](const CpioReader::File& file) { return wanted(file); },
                [this](CpioReader::File&& file) { take(std::move(file)); }) {}

  CpioReader& reader() { return reader_; }
  /// Returns false if no more bytes are wanted.
  bool feed_unpacked(std::span<const std::byte> bytes) {
    unpacked_ += bytes.size();
    if (unpacked_ > kMaxUnpacked) {
      image_.damage = "it unpacks to more than 2 GiB";
      image_.beyond_us = true;
      return false;
    }
    return reader_.feed(bytes) == bytes.size();
  }

 private:
  bool wanted(const CpioReader::File& file) const {
    return kept_ + file.size <= kMaxKept && decides(normal_name(file.name), file.size);
  }

  void take(CpioReader::File&& file) {
    if ((file.mode & kTypeMask) == kDirectory) return;
    names_ += file.name.size();
    if (image_.files.size() >= kMaxFiles || names_ > kMaxNames) {
      image_.damage = "it holds more files than an initramfs would";
      image_.beyond_us = true;
      return;
    }
    auto name = normal_name(file.name);
    if (!file.content.empty()) {
      kept_ += file.content.size();
      image_.contents[name] = as_text(file.content);
    }
    constexpr std::string_view modules = "lib/modules/";
    const auto module = module_name(name);
    if (!module.empty() && name.starts_with(modules)) {
      const auto slash = name.find('/', modules.size());
      if (slash != std::string::npos)
        image_.modules[name.substr(modules.size(), slash - modules.size())].insert(module);
    }
    image_.files[std::move(name)] = file.size;
  }

  Initramfs& image_;
  CpioReader reader_;
  std::uint64_t unpacked_ = 0;
  std::size_t kept_ = 0, names_ = 0;
};

void read_segments(std::span<const std::byte> image, Initramfs& result, Collector& collector) {
  for (std::size_t at = 0; at < image.size();) {
    if (image[at] == std::byte{0}) {  // padding between segments
      ++at;
      continue;
    }
    const auto rest = image.subspan(at);
    if (rest[0] == std::byte{'0'}) {
      result.segments.emplace_back("cpio");
      at += collector.reader().feed(rest);
      if (!collector.reader().damage().empty()) return;
      if (at == image.size() || collector.reader().between_archives()) continue;
      return;
    }
    const auto packing = packing_of(rest);
    if (packing.empty()) {
      result.damage =
          "the data at byte " + std::to_string(at) + " is neither cpio nor compressed in a known way";
      return;
    }
    result.segments.push_back(packing);
    result.beyond_us = packing == "lzop";
    const auto archives = collector.reader().archives();
    const auto problem =
        unpack(rest, [&](std::span<const std::byte> bytes) { return collector.feed_unpacked(bytes); });
    // Bytes after the archive in its last block do not matter: the kernel stops there, too.
    if (!problem.empty() && result.damage.empty() &&
        !(collector.reader().between_archives() && collector.reader().archives() > archives))
      result.damage = problem;
    else if (result.damage.empty() && collector.reader().archives() == archives)
      result.damage = "it ends in the middle of an archive";
    return;
  }
}

}  // namespace

const char* to_string(InitramfsTool tool) {
  switch (tool) {
    case InitramfsTool::initramfs_tools:
      return "initramfs-tools";
    case InitramfsTool::dracut:
      return "dracut";
    case InitramfsTool::mkinitcpio:
      return "mkinitcpio";
    case InitramfsTool::unknown:
      break;
  }
  return "unknown";
}

std::string module_name(std::string_view path) {
  if (const auto slash = path.rfind('/'); slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const auto end = path.rfind(".ko");
  if (end == std::string_view::npos || end == 0) return {};
  const auto suffix = path.substr(end + 3);
  if (!suffix.empty() && suffix != ".xz" && suffix != ".zst" && suffix != ".gz") return {};
  std::string name(path.substr(0, end));
  std::ranges::replace(name, '-', '_');
  return name;
}

bool Initramfs::has_program(std::string_view name) const {
  return has("sbin/" + std::string(name)) || has("bin/" + std::string(name));
}

std::string_view Initramfs::content(std::string_view name) const {
  const auto found = contents.find(name);
  return found == contents.end() ? std::string_view{} : std::string_view(found->second);
}

bool Initramfs::has_dracut_module(std::string_view name) const {
  const auto names = blank_separated(content("lib/dracut/modules.txt"));
  return std::ranges::find(names, name) != names.end();
}

Initramfs read_initramfs(std::span<const std::byte> image) {
  Initramfs result;
  Collector collector(result);
  read_segments(image, result, collector);
  const auto& reader = collector.reader();
  if (result.damage.empty() && !reader.damage().empty()) result.damage = reader.damage();
  if (result.damage.empty()) result.beyond_us = false;
  if (result.damage.empty() && image.empty()) result.damage = "it is empty";
  if (result.damage.empty() && (!reader.between_archives() || reader.archives() == 0))
    result.damage = "it ends in the middle of an archive";
  result.tool = tool_of(result);
  for (const auto* packed : {"squash-root.img", "squashfs-root.img", "erofs-root.img", "squash/root.img"})
    if (result.has(packed) && result.damage.empty()) {
      result.damage = "its files are in " + std::string(packed) + ", which is not read here";
      result.beyond_us = true;
    }
  return result;
}

}  // namespace san::os
