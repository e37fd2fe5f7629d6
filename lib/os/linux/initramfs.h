// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace san::os {

enum class InitramfsTool { unknown, initramfs_tools, dracut, mkinitcpio };

/// "initramfs-tools", "dracut" …
const char* to_string(InitramfsTool tool);

/// What is in an initramfs. Names are without "/" or "./" in front, and without "usr/": on some systems
/// /sbin is a link to /usr/sbin, on others it is not, and a path is found in either.
struct Initramfs {
  /// How each segment is packed, in their order: "cpio" for what is uncompressed, "gzip", "xz", "lzma",
  /// "bzip2", "lz4", "zstd", "lzop".
  std::vector<std::string> segments;
  std::map<std::string, std::uint64_t, std::less<>> files;   ///< all but directories, with their sizes
  std::map<std::string, std::string, std::less<>> contents;  ///< of the small files that decide something
  /// Modules of each kernel release, by name with "_" for "-".
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> modules;
  /// Why not all of it is known: it is damaged, or packed in a way that cannot be read here. Empty where all
  /// is.
  std::string damage;
  bool beyond_us = false;  ///< `damage` is about this program only: the kernel may well read it
  InitramfsTool tool = InitramfsTool::unknown;

  bool has(std::string_view name) const { return files.contains(name); }
  /// In one of the directories of programs.
  bool has_program(std::string_view name) const;
  /// Empty where there is no such file.
  std::string_view content(std::string_view name) const;
  /// Modules that dracut put in ("iscsi", "network-manager"), as lib/dracut/modules.txt says.
  bool has_dracut_module(std::string_view name) const;
};

/// Opens an image: any number of cpio archives, the last of them perhaps compressed. Never throws on what the
/// bytes say: `damage` tells. Keeps at most 48 MiB, unpacks at most 2 GiB.
Initramfs read_initramfs(std::span<const std::byte> image);

/// The name of the module in a file: "kernel/drivers/net/e1000-x.ko.xz" gives "e1000_x"; empty for another
/// file.
std::string module_name(std::string_view path);

}  // namespace san::os
