// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/hint.h"

namespace san {

/// Format that the suffix of a file name promises, if it is neither a raw disk nor a format that
/// format_of_name() has.
struct NamePromise {
  std::string what;  ///< completes "named like …": "what xz makes", "an OVA"
  Hint instead;      ///< advice: how to get that format, or which names to use for a disk
  bool compressed = false;
};

/// Looks up the suffix of `path`, in upper or lower case. Returns nothing for any other suffix.
std::optional<NamePromise> promise_of_name(const std::string& path);

}  // namespace san
