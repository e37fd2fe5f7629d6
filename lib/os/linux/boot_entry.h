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
  std::string title;   ///< in the menu; empty if there is none
  std::string id;      ///< identifier by which a default may name the entry
  /// One level of the menu. BootEntry::menu_path has all levels from the outermost menu to this entry, for
  /// defaults like "1>2".
  struct MenuLevel {
    unsigned number = 0;
    std::string title, id;
  };
  std::vector<MenuLevel> menu_path;
  std::string where;                 ///< file and line: "/boot/grub/grub.cfg:120"
  std::string kernel;                ///< as the loader names it: "/vmlinuz-6.1.0", without a device
  std::vector<std::string> initrds;  ///< named like `kernel`
  std::string arguments;             ///< kernel command line
  bool is_default = false;
  std::string search;  ///< UUID, label or file that the loader searched for; empty if it did not search
  bool fixed_device = false;  ///< true if the loader names the device by its number: (hd0,gpt3)/…
};

/// A search for a file system in a boot loader's configuration.
struct BootSearch {
  enum class By { uuid, label, file };
  By by = By::uuid;
  std::string value;
  unsigned line = 0;
};

/// Boot entries and settings of a GRUB script (GRUB's manual, "Shell-like scripting").
struct GrubScript {
  std::vector<BootEntry> entries;     ///< `where` holds the line number only
  std::vector<BootSearch> searches;   ///< every "search" command that can be reached
  std::vector<std::string> includes;  ///< arguments of configfile and source, variables expanded
  bool blscfg = false;                ///< the script lists the entries in /loader/entries
  std::string chosen;                 ///< final value of the variable "default"; empty if unset
  std::map<std::string, std::string, std::less<>> variables;  ///< final values
  std::string problem;  ///< reason why part of the script was not understood; empty if all was
};

/// Reads a GRUB script. Conditions on state that only GRUB knows count as both true and false. `variables`
/// are those of grubenv and of the including script. Limits: 1 MiB of words, 64 levels, 10000 entries, 64
/// includes, 8 MiB of values.
GrubScript read_grub_script(std::string_view text,
                            std::map<std::string, std::string, std::less<>> variables = {});

/// Returns the variables of a GRUB environment block (grubenv).
std::map<std::string, std::string, std::less<>> read_grubenv(std::string_view text);

/// Parses a file of the Boot Loader Specification, type 1 (NAME.conf); `id` is NAME. "$kernelopts" and other
/// variables are expanded from `variables`.
BootEntry read_bls_entry(std::string_view text, std::string id,
                         const std::map<std::string, std::string, std::less<>>& variables);

/// Marks the entry that `chosen` names: a number, title or id, with ">" between levels. Marks the first entry
/// if none matches; does nothing if an entry is marked already.
void mark_default(std::vector<BootEntry>& entries, std::string_view chosen);

}  // namespace san::os
