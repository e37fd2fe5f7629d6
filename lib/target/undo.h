// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

namespace san::target {

/// What takes back the steps of a piece of work, the last first, unless all of it was done.
class Undo {
 public:
  Undo() = default;
  /// What cannot be taken back is warned of.
  ~Undo();
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;

  /// `step` takes back what was done just now.
  void add(std::function<void()> step) { steps_.push_back(std::move(step)); }
  /// `last` is done where everything could be taken back, and only there.
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
