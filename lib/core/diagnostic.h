// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace san {

/// Weight of a diagnostic, the worst first.
enum class Severity {
  error,            ///< wrong or dangerous: content is lost, or something will not work
  blocker = error,  ///< what checks call it: the machine does not boot
  warning,          ///< unusual, incomplete or slow; it works for now
  info,             ///< worth knowing
};
/// Returns "error", "warning" or "info".
const char* severity_name(Severity severity);

/// Something wrong or notable, to be told to the user; nothing is thrown for it. What ends an operation is an
/// Error.
struct Diagnostic {
  /// Not an aggregate: one without an object has to say so, or its text would be taken for the object.
  Diagnostic(Severity weight, std::string object, std::string cause, std::string next_step = {},
             std::vector<std::string> lines = {}, std::string name = {})
      : severity(weight),
        where(std::move(object)),
        text(std::move(cause)),
        remedy(std::move(next_step)),
        commands(std::move(lines)),
        id(std::move(name)) {}

  Severity severity;
  std::string where;                  ///< the object: "word 0x3D", "READ CAPACITY(16)"; may be empty
  std::string text;                   ///< what is wrong with it: a clause, or a sentence
  std::string remedy;                 ///< next step; empty if there is none
  std::vector<std::string> commands;  ///< lines that do it; `remedy` says where and when to enter them
  std::string id;                     ///< for scripts: "small_segments"; empty if they need none

  bool operator==(const Diagnostic&) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

/// Returns true if one of them is an error.
bool has_errors(const Diagnostics& diagnostics);
/// Puts the worst first, and leaves those of one severity in their order.
void sort_worst_first(Diagnostics& diagnostics);

}  // namespace san
