// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/text/table.h"
#include "target/driver/driver.h"
#include "target/lio/configfs.h"

namespace san::target {

/// The parts of a saveconfig.json (saveconfig.json(5) of rtslib-fb) that belong to one target.
struct SavedTarget {
  Json storage_objects = nlohmann::ordered_json::array();
  Json target;  ///< null where there is none
};

/// The target as the kernel has it, with its secrets, in the words that rtslib-fb's RTSRoot.restore() takes.
SavedTarget dump_target(const Configfs& configfs, const std::string& target);

/// Reads a saveconfig.json. Throws Error(failed) about `name` for what is no JSON, is nested too deeply or
/// has other things where rtslib-fb expects lists of objects.
Json parse_saveconfig(std::span<const std::byte> text, const std::string& name);

/// Puts `saved` in the place of what the configuration has of `target`; without a target it is taken away.
/// The target's storage objects go with it unless another target has them. Everything else stays as it is.
void replace_target(Json& config, const std::string& target, const SavedTarget& saved);

/// Reads the file, replaces the target in it by what the kernel has, and puts the new file (mode 0600) in the
/// old one's place. False where nothing has changed. A file that is missing is made, with its directory.
bool save_target(const Configfs& configfs, const std::string& target, const std::string& path);

/// What is in the file; an empty object where there is none. Throws Error(failed).
Json read_saveconfig(const std::string& path);

/// Who may log in to a target by the configuration, with the secrets; nothing where it has no such target.
std::optional<AccessRule> saved_access(const Json& config, const std::string& target);
/// The target that has the file or device as a LUN there; empty where none has.
std::string saved_with(const Json& config, const std::string& volume);

/// The file of this machine: Debian has moved it to /etc/rtslib-fb-target, elsewhere it is in /etc/target.
std::string saveconfig_path();

}  // namespace san::target
