// SPDX-License-Identifier: Apache-2.0
// The files that tools write beside clones: reports, pictures, scripts, maps of bad places, exports, backups.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace san {

/// A kind of file: what a file in its place must be for it to be replaced, and who may read it.
struct OutputKind {
  const char* name;    ///< "an SVG of sanlun"
  const char* marker;  ///< stands in the first 512 bytes of each; nullptr: none is ever replaced
  const char* hint;    ///< what to do where something is in the way
  mode_t mode = 0666;  ///< before the user's umask
};
inline constexpr OutputKind kSvg = {
    "an SVG of sanlun", "class=\"sandisk\"",
    "name a new file, or such an SVG to be replaced; --svg - writes to standard output"};
inline constexpr OutputKind kHtml = {"a report of sanboot-check", "content=\"sanboot-check\"",
                                     "name a new file, or such a report to be replaced"};
/// Of sanclone: one of ddrescue has been hours of work.
inline constexpr OutputKind kBadMap = {"a map of bad places of sanclone", "# Mapfile. Created by sanclone",
                                       "name a new file, or such a map to be replaced"};
/// A script that root starts.
inline constexpr OutputKind kRemedy = {"a remedy script", nullptr, "give another name, or remove it first",
                                       0700};
inline constexpr OutputKind kRom = {"an option ROM", nullptr, "choose another name, or give --overwrite"};
inline constexpr OutputKind kExport = {"an export", nullptr, "choose another name, or give --overwrite"};
inline constexpr OutputKind kSecretExport = {"an export", nullptr, kExport.hint, 0600};
inline constexpr OutputKind kBackup = {"a backup", nullptr, "choose another name, or remove it", 0600};

/// Says that the user lets a file of any kind be replaced.
enum class Overwrite { no, yes };

/// Throws Error(refused) where something is in the place of `path` that must not be replaced: anything but a
/// regular file, a symbolic link, and a file that is neither empty nor of this kind. The name of a disk image
/// that was typed in the wrong place must not cost the image. To be called before the work whose result goes
/// there.
void check_output(const std::string& path, const OutputKind& kind, Overwrite overwrite = Overwrite::no);

/// Writes `content` to another name in the same directory, brings it to stable storage, and gives it its
/// name: nobody ever sees half of it, and no byte of a file that was there is changed, whatever other names
/// or loop devices it has. Replaces what check_output() allows. Throws Error.
void write_output(const std::string& path, const OutputKind& kind, std::span<const std::byte> content,
                  Overwrite overwrite = Overwrite::no);
void write_output(const std::string& path, const OutputKind& kind, std::string_view text,
                  Overwrite overwrite = Overwrite::no);

/// A file of a run, and what it is there: "--report", "SOURCE".
struct NamedFile {
  std::string role, path;
};

/// Throws Error(refused) where an output is an input of the same run, or another output: by name, through
/// links and other names of the directories, and by hard links. profile:FILE is FILE. Inputs that are no
/// files (URLs, -) and empty names are passed over.
void check_apart(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs);

}  // namespace san
