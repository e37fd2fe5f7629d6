// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace san {

/// What the name of a file says is in it, where that is neither a raw disk nor what format_of_name() knows.
struct NamePromise {
  std::string what;     ///< "an xz file", "an OVA"
  std::string instead;  ///< how to get it, or what to name a disk
  bool compressed = false;
};

/// By the suffix of `path`, in capitals too; nothing for every other.
std::optional<NamePromise> promise_of_name(const std::string& path);

}  // namespace san
