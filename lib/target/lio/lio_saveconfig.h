// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "target/driver/driver.h"
#include "target/lio/configfs.h"

// Functions that take the Json of another library are hidden, so that the shared library shows no name of it.
namespace san::target {

/// Returns the target as the kernel has it, with its secrets, in the format that rtslib-fb's
/// RTSRoot.restore() reads: a saveconfig.json (saveconfig.json(5) of rtslib-fb) with the "storage_objects"
/// and "targets" of this target alone; null if there is none.
Json dump_target(const Configfs& configfs, const std::string& target);

/// Parses a saveconfig.json. Throws Error(failed) about `name` if it is not JSON, is nested too deeply or
/// lacks the lists of objects that rtslib-fb expects.
Json parse_saveconfig(std::span<const std::byte> text, const std::string& name);

/// Replaces the entry of `target` in the configuration by the one in `saved`, a result of dump_target(), or
/// removes it if that is null.
/// The target's storage objects are replaced or removed with it unless another target uses them. Everything
/// else stays as it is.
[[gnu::visibility("hidden")]] void replace_target(Json& config, const std::string& target, const Json& saved);

/// Replaces the target in the file by the kernel's state of it, and writes the file anew (mode 0600) under
/// its name. Returns false if nothing has changed. A missing file is made, with its directory.
bool save_target(const Configfs& configfs, const std::string& target, const std::string& path);

/// Reads the file; returns an empty object if there is none. Throws Error(failed).
Json read_saveconfig(const std::string& path);

/// Returns the access rules of a target in the configuration, with the secrets; nothing if it has no such
/// target.
[[gnu::visibility("hidden")]] std::optional<AccessRule> saved_access(const Json& config,
                                                                     const std::string& target);
/// Returns the target that has the file or device as a LUN in the configuration; empty if there is none.
[[gnu::visibility("hidden")]] std::string saved_with(const Json& config, const std::string& volume);

/// Returns the path of this machine's file: Debian has moved it to /etc/rtslib-fb-target, elsewhere it is in
/// /etc/target.
std::string saveconfig_path();

}  // namespace san::target
