// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace fake {

/// The content of the LUN: a sparse file, or memory behaving like one. Its holes are the deallocated blocks.
class Store {
 public:
  /// `path` empty: memory. A file is created if it is not there, and grown to `size` if it is smaller; its
  /// content stays. `fill` other than 0 is written over all of it first. Throws san::Error.
  Store(const std::string& path, std::uint64_t size, std::byte fill);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  std::uint64_t size() const { return size_; }
  void read(std::uint64_t offset, std::span<std::byte> into) const;
  void write(std::uint64_t offset, std::span<const std::byte> from);
  void punch(std::uint64_t offset, std::uint64_t length);

  /// How far the run that begins at `offset` goes, and whether it is a hole.
  struct Run {
    std::uint64_t length;
    bool hole;
  };
  Run run(std::uint64_t offset) const;

 private:
  int file_;
  std::uint64_t size_;
};

}  // namespace fake
