// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

namespace san::target {

/// Undo list of an operation of several steps: unless keep() was called, the destructor undoes the steps, the
/// last first.
class Undo {
 public:
  Undo() = default;
  /// Undoes the steps; logs a warning for each that fails.
  ~Undo();
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;

  /// Adds the function that undoes the step just done.
  void add(std::function<void()> step) { steps_.push_back(std::move(step)); }
  /// Sets a function to be called after all steps were undone without an error.
  void when_undone(std::function<void()> last) { last_ = std::move(last); }
  void keep() {
    steps_.clear();
    last_ = nullptr;
  }

 private:
  std::vector<std::function<void()>> steps_;
  std::function<void()> last_;
};

}  // namespace san::target
