// SPDX-License-Identifier: Apache-2.0
// The files that tools write beside clones: reports, pictures, scripts, maps of bad sectors, exports,
// backups.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/hint.h"
#include "core/hint_id.h"

namespace san {

/// A kind of file: the existing files that it may replace, and its mode.
struct OutputKind {
  const char* name;    ///< "an SVG of sanlun"
  const char* marker;  ///< text in the first 512 bytes of each; null: none is replaced without Overwrite::yes
  HintId advice;       ///< what is advised if something is in the way
  const char* hint;    ///< the same, in the library's words
  mode_t mode = 0666;  ///< before the umask of the user

  Hint in_the_way() const { return {advice, hint}; }
};
inline constexpr OutputKind kSvg = {"an SVG of sanlun", "class=\"sandisk\"", HintId::other_svg,
                                    "name a new file, or such an SVG to be replaced"};
inline constexpr OutputKind kHtml = {"a report of sanboot-check", "content=\"sanboot-check\"", HintId::none,
                                     "name a new file, or such a report to be replaced"};
/// Only maps of sanclone are replaced: one of ddrescue may be the result of hours.
inline constexpr OutputKind kBadMap = {"a map of bad places of sanclone", "# Mapfile. Created by sanclone",
                                       HintId::none, "name a new file, or such a map to be replaced"};
/// Commands that root runs.
inline constexpr OutputKind kRemedy = {"a remedy script", nullptr, HintId::none,
                                       "give another name, or remove it first", 0700};
inline constexpr OutputKind kRom = {"an option ROM", nullptr, HintId::overwrite, "choose another name"};
inline constexpr OutputKind kExport = {"an export", nullptr, HintId::overwrite, "choose another name"};
inline constexpr OutputKind kSecretExport = {"an export", nullptr, kExport.advice, kExport.hint, 0600};
inline constexpr OutputKind kBackup = {"a backup", nullptr, HintId::none, "choose another name, or remove it",
                                       0600};

/// Permission of the user to replace a regular file of any kind.
enum class Overwrite { no, yes };

/// Throws Error(refused) if `path` exists and must not be replaced: if it is not a regular file, is a
/// symbolic link, or is a file that is neither empty nor of this kind. So a disk image whose name was given
/// by mistake is not lost. Call it before starting the work whose result is written there.
void check_output(const std::string& path, const OutputKind& kind, Overwrite overwrite = Overwrite::no);

/// Writes `content` as an AtomicFile with a random name. Replaces the files that check_output() allows.
/// Throws Error.
void write_output(const std::string& path, const OutputKind& kind, std::span<const std::byte> content,
                  Overwrite overwrite = Overwrite::no);
void write_output(const std::string& path, const OutputKind& kind, std::string_view text,
                  Overwrite overwrite = Overwrite::no);

/// A file of a run and its role: "--report", "SOURCE".
struct NamedFile {
  std::string role, path;
};

/// Throws Error(refused) if an output is also an input of the same run, or another output: by name, through
/// links and other names of the directories, and by hard links. profile:FILE means FILE. Inputs that are not
/// files (URLs, -) and empty names are skipped.
void check_apart(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs);

}  // namespace san
