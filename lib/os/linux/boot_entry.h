// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace san::os {

/// A kernel that a boot loader can start.
struct BootEntry {
  std::string loader;  ///< "GRUB", "systemd-boot", "BLS", "UKI"
  std::string title;   ///< of the menu; empty where there is none
  std::string id;      ///< by which a default may name it
  /// Titles, ids and numbers from the outermost menu to this entry, for defaults like "1>2".
  struct Place {
    unsigned number = 0;
    std::string title, id;
  };
  std::vector<Place> place;
  std::string where;                 ///< "/boot/grub/grub.cfg:120"
  std::string kernel;                ///< as the loader names it: "/vmlinuz-6.1.0", without a device
  std::vector<std::string> initrds;  ///< likewise
  std::string arguments;             ///< command line of the kernel
  bool is_default = false;
  std::string search;  ///< UUID, label or file by which the loader found the file system; empty for none
  bool fixed_device = false;  ///< the loader names the device itself: (hd0,gpt3)/…
};

/// What a configuration says by which a file system has to be found.
struct BootSearch {
  enum class By { uuid, label, file };
  By by = By::uuid;
  std::string value;
  unsigned line = 0;
};

/// What a script of GRUB can start (GRUB's manual, "Shell-like scripting").
struct GrubScript {
  std::vector<BootEntry> entries;     ///< `where` has the number of the line only
  std::vector<BootSearch> searches;   ///< every "search" that can be reached
  std::vector<std::string> includes;  ///< configfile, source: as named, variables expanded
  bool blscfg = false;                ///< it lists the entries in /loader/entries
  std::string chosen;                 ///< variable "default" in the end; empty for none
  std::map<std::string, std::string, std::less<>> variables;  ///< in the end
  std::string problem;  ///< why not all was understood; empty where all was
};

/// Reads a script. Conditions on what only GRUB knows count both ways. `variables`: those of grubenv and of
/// the script that leads here. Bounded: 1 MiB of words, 64 levels, 10000 entries,
/// 64 includes, 8 MiB of values.
GrubScript read_grub_script(std::string_view text,
                            std::map<std::string, std::string, std::less<>> variables = {});

/// The variables of a GRUB environment block (grubenv).
std::map<std::string, std::string, std::less<>> read_grubenv(std::string_view text);

/// A file of the Boot Loader Specification, type 1 (NAME.conf); `id` is NAME. "$kernelopts" and the like are
/// taken from `variables`.
BootEntry read_bls_entry(std::string_view text, std::string id,
                         const std::map<std::string, std::string, std::less<>>& variables);

/// Marks the entry that `chosen` names: a number, title or id, with ">" between levels; the first one where
/// that names none.
void mark_default(std::vector<BootEntry>& entries, std::string_view chosen);

}  // namespace san::os
