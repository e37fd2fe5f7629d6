// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "core/hint.h"

namespace san {

/// Exit codes of every tool. Scripts depend on them; their meaning never changes.
enum class Exit : int {
  ok = 0,             ///< success; READY; identical
  no = 1,             ///< the answer is no: NOT READY, images differ, verification failed
  usage = 2,          ///< an option, a profile or an argument is wrong
  failed = 3,         ///< the operation failed: I/O, target, network, missing program
  refused = 4,        ///< refused to protect data
  resumable = 5,      ///< stopped before the end; the same command resumes
  interrupted = 130,  ///< SIGINT, SIGTERM or SIGHUP
};

/// The exception that the library throws for every foreseen failure. `what()` reads "object: cause; hint":
/// which thing failed, why, and the next step.
class Error : public std::exception {
 public:
  /// Makes an error about `object`, the path, URL or option as the user typed it. `cause` is a clause without
  /// a final full stop; `hint` is the next step, empty if there is none.
  Error(Exit code, std::string object, std::string cause, Hint hint = {});

  /// Returns an error about the same object, with the same hint, but another code and cause.
  Error with(Exit code, std::string cause) const { return {code, object_, std::move(cause), hint_}; }

  const char* what() const noexcept override { return text_.c_str(); }
  Exit code() const noexcept { return code_; }
  const std::string& object() const noexcept { return object_; }
  const std::string& cause() const noexcept { return cause_; }
  const std::string& hint() const noexcept { return hint_.text(); }

  /// Returns the id of the hint and its facts, for programs that offer the next step in another way than as a
  /// sentence.
  HintId hint_id() const noexcept { return hint_.id(); }
  const std::vector<std::string>& hint_facts() const noexcept { return hint_.facts(); }

 private:
  Exit code_;
  std::string object_, cause_;
  Hint hint_;
  std::string text_;
};

/// Returns the text of an errno value without the number: "Permission denied".
std::string errno_text(int value);

/// Makes an Error with exit code `failed` for a system call that set errno: "object: cannot DOING: TEXT".
Error system_error(std::string object, const std::string& doing, int errno_value, Hint hint = {});

}  // namespace san
