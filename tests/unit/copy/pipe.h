// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <thread>
#include <vector>

/// A pipe into which a thread writes a content, `piece` bytes at a time, and then closes its end.
class Pipe {
 public:
  Pipe(std::vector<std::byte> content, std::size_t piece) {
    // Whoever reads may stop in the middle.
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    reader_ = ends[0];
    writer_ = std::thread([content = std::move(content), piece, end = ends[1]] {
      for (std::size_t at = 0; at < content.size();) {
        const ssize_t put = write(end, content.data() + at, std::min(piece, content.size() - at));
        if (put <= 0) break;
        at += static_cast<std::size_t>(put);
      }
      close(end);
    });
  }
  ~Pipe() {
    close(reader_);
    writer_.join();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reader() const { return reader_; }

 private:
  int reader_ = -1;
  std::thread writer_;
};
