// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>

namespace san {

/// Exit codes of every tool. Scripts depend on them; they never change meaning.
enum class Exit : int {
  ok = 0,             ///< done; READY; identical
  no = 1,             ///< the answer is no: NOT READY, images differ, verification failed
  usage = 2,          ///< an option, a profile or an argument is wrong
  failed = 3,         ///< the work could not be done: I/O, target, network, missing program
  refused = 4,        ///< refused to protect data
  resumable = 5,      ///< stopped before the end; the same command goes on from there
  interrupted = 130,  ///< SIGINT, SIGTERM or SIGHUP
};

/// The one exception type that the library throws on purpose. `what()` reads "object: cause; hint", so that a
/// user learns which thing failed, why, and what to do next.
class Error : public std::exception {
 public:
  /// `object` is what the user typed or would recognise (a path, a URL, an option); `cause` is a clause
  /// without a final full stop; `hint` is the next step, empty where there is none worth saying.
  Error(Exit code, std::string object, std::string cause, std::string hint = {});

  const char* what() const noexcept override { return text_.c_str(); }
  Exit code() const noexcept { return code_; }
  const std::string& object() const noexcept { return object_; }
  const std::string& cause() const noexcept { return cause_; }
  const std::string& hint() const noexcept { return hint_; }

 private:
  Exit code_;
  std::string object_, cause_, hint_, text_;
};

/// Text of an errno value, in words and without the number: "Permission denied".
std::string errno_text(int value);

/// An Error with exit code `failed` for a system call that set errno: "object: cannot DOING: TEXT".
Error system_error(std::string object, const std::string& doing, int errno_value, std::string hint = {});

}  // namespace san
