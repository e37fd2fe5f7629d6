// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <memory>
#include <string>

#if __cplusplus < 202002L
#error "libsanboot's headers are C++20: compile with -std=c++20, or a later standard"
#endif

namespace san {

/// Kinds of errors, for programs that act on them. Values that are added later have new numbers.
enum class ErrorCode : int {
  invalid = 1,    ///< the request makes no sense, or names what is not there: nothing was touched
  refused = 2,    ///< refused to protect data; the advice says what overrides it, if anything may
  failed = 3,     ///< a device, a file, a target or the network failed
  resumable = 4,  ///< likewise; the same request, with the same clone map, goes on where this one ended
  wrong = 5,      ///< the data are not right: not what was written, or the source changed meanwhile
  stopped = 6,    ///< the caller asked for it (CloneRequest::stop)
};

/// Exception for everything that the library foresees. Other exceptions are std::bad_alloc, and those of the
/// caller's own functions.
///
/// An error is told in parts, all of them in UTF-8 as far as the names in them are, and with whatever those
/// names hold: escape them before a terminal sees them. `cause` and `advice` are clauses without a full stop.
/// Settings appear by the names of the options that `sanclone` has for them, without hyphens: "force=live".
/// Copies share what they hold, and may be read from any thread.
class CloneError : public std::exception {
 public:
  /// Makes an error; for tests of programs that handle them. Throws std::bad_alloc.
  CloneError(ErrorCode code, const std::string& object, const std::string& cause, const std::string& advice);
  CloneError(const CloneError& other) noexcept;
  CloneError& operator=(const CloneError& other) noexcept;
  ~CloneError() override;

  /// Returns "object: cause; advice".
  const char* what() const noexcept override;
  /// Returns the kind of error.
  ErrorCode code() const noexcept;
  /// Returns the path, URL or setting that it is about, as it was given; empty if it is about none.
  const std::string& object() const noexcept;
  /// Returns the reason.
  const std::string& cause() const noexcept;
  /// Returns the next step; empty if there is none.
  const std::string& advice() const noexcept;

 private:
  struct Facts;
  std::shared_ptr<const Facts> facts_;
};

}  // namespace san
