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

/// Returns the name of a tool: "initramfs-tools", "dracut" …
const char* to_string(InitramfsTool tool);

/// The content of an initramfs. Names are without a leading "/" or "./", and without "usr/": /sbin is a link
/// to /usr/sbin on some systems only, and a path is found either way.
struct Initramfs {
  /// Compression of each segment, in file order: "cpio" if it is uncompressed, else "gzip", "xz", "lzma",
  /// "bzip2", "lz4", "zstd", "lzop".
  std::vector<std::string> segments;
  std::map<std::string, std::uint64_t, std::less<>> files;   ///< all but directories; sizes in bytes
  std::map<std::string, std::string, std::less<>> contents;  ///< of the small files that checks read
  /// Modules by kernel release; names have "_" for "-".
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> modules;
  /// Reason why part of the content is missing: the image is damaged, or compressed in a way that cannot be
  /// read here. Empty if all was read.
  std::string damage;
  bool beyond_us = false;  ///< `damage` is a limit of this program only: the kernel may well read it
  InitramfsTool tool = InitramfsTool::unknown;

  bool has(std::string_view name) const { return files.contains(name); }
  /// Returns true if a program of that name is in one of the directories of programs.
  bool has_program(std::string_view name) const;
  /// Returns the kept content of a file; empty if there is none.
  std::string_view content(std::string_view name) const;
  /// Returns true if dracut added its module `name` ("iscsi", "network-manager"), by lib/dracut/modules.txt.
  bool has_dracut_module(std::string_view name) const;
};

/// Reads an image: any number of cpio archives, of which the last may be compressed. Malformed content never
/// throws; `damage` describes it. Keeps at most 48 MiB, unpacks at most 2 GiB.
Initramfs read_initramfs(std::span<const std::byte> image);

/// Returns the name of the module in a file: "e1000_x" for "kernel/drivers/net/e1000-x.ko.xz"; empty for any
/// other file.
std::string module_name(std::string_view path);

}  // namespace san::os
