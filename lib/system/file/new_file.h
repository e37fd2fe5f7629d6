// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>

namespace san {

/// A file that this process created, removed by the destructor unless keep() was called: an operation that is
/// refused must not leave files behind.
class NewFile {
 public:
  explicit NewFile(std::string path) : path_(std::move(path)) {}
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  /// Keeps the file. From any thread.
  void keep() { kept_ = true; }

 private:
  const std::string path_;
  std::atomic<bool> kept_{false};
};

}  // namespace san
