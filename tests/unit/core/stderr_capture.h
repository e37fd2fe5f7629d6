// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

/// While it lives, stderr goes to a file without a name, or to `path`.
class StderrCapture {
 public:
  explicit StderrCapture(const char* path = nullptr) : saved_(dup(STDERR_FILENO)), file_(std::tmpfile()) {
    std::fflush(stderr);
    const int to = path != nullptr ? open(path, O_WRONLY | O_CLOEXEC) : dup(fileno(file_));
    dup2(to, STDERR_FILENO);
    close(to);
  }
  ~StderrCapture() {
    std::fflush(stderr);
    std::clearerr(stderr);
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    std::fclose(file_);
  }
  StderrCapture(const StderrCapture&) = delete;
  StderrCapture& operator=(const StderrCapture&) = delete;

  /// What came so far.
  std::string text() {
    std::fflush(stderr);
    std::string all(8 << 20, '\0');
    const ssize_t count = pread(fileno(file_), all.data(), all.size(), 0);
    all.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return all;
  }

 private:
  int saved_;
  std::FILE* file_;
};
