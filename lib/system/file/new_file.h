// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>

namespace san {

/// A file that this process has made, and that is removed again unless it is wanted in the end: what is
/// refused must not leave anything behind.
class NewFile {
 public:
  explicit NewFile(std::string path) : path_(std::move(path)) {}
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  /// From any thread.
  void keep() { kept_ = true; }

 private:
  const std::string path_;
  std::atomic<bool> kept_{false};
};

}  // namespace san
