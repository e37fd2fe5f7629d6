// SPDX-License-Identifier: Apache-2.0
#include "system/file/name_promise.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "core/hint_id.h"

namespace san {
namespace {

struct Suffix {
  std::string_view suffix;
  const char* what;
  const char* program;  ///< program that compresses stdin to stdout; null if there is none
  bool compressed;
};
constexpr std::array<Suffix, 29> kSuffixes = {{
    {".gz", "a gzip file", "gzip", true},
    {".xz", "an xz file", "xz", true},
    {".bz2", "a bzip2 file", "bzip2", true},
    {".lz4", "an lz4 file", "lz4", true},
    {".lz", "an lzip file", "lzip", true},
    {".lzo", "an lzop file", "lzop", true},
    {".lzma", "an lzma file", "lzma", true},
    {".zip", "a zip archive", "zip", true},
    {".7z", "a 7z archive", nullptr, true},
    {".rar", "a rar archive", nullptr, true},
    {".tgz", "a tar archive", nullptr, true},
    {".txz", "a tar archive", nullptr, true},
    {".tbz2", "a tar archive", nullptr, true},
    {".tar", "a tar archive", nullptr, true},
    {".ova", "an OVA", nullptr, true},
    {".ovf", "a description of a virtual machine (OVF)", nullptr, false},
    {".vpc", "a Virtual PC image", nullptr, false},
    {".qcow", "a qcow image of version 1", nullptr, false},
    {".qed", "a QED image", nullptr, false},
    {".hdd", "a Parallels image", nullptr, false},
    {".hds", "a Parallels image", nullptr, false},
    {".avhd", "a differencing VHD", nullptr, false},
    {".avhdx", "a differencing VHDX", nullptr, false},
    {".dmg", "an Apple disk image", nullptr, false},
    {".simg", "an Android sparse image", nullptr, false},
    {".wim", "a Windows image", nullptr, false},
    {".esd", "a Windows image", nullptr, false},
    {".e01", "an EWF image", nullptr, false},
    {".tib", "an Acronis image", nullptr, false},
}};

}  // namespace

std::optional<NamePromise> promise_of_name(const std::string& path) {
  std::string lower = path;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const Suffix& one : kSuffixes) {
    if (!lower.ends_with(one.suffix)) continue;
    const std::string instead =
        one.program != nullptr ? Hint(HintId::clone_to_program, "name it .zst", {one.program, path}).text()
                               : "name it .img, .zst, .qcow2, .vmdk or .vhd";
    return NamePromise{one.what, Hint(HintId::raw_output, instead), one.compressed};
  }
  return std::nullopt;
}

}  // namespace san
