// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace san::os {

/// Reads a stream of cpio archives in the "new ASCII" form of initramfs images, piece by piece, as the kernel
/// does: archives follow each other, zeros may stand between them (Documentation/driver-api/early-userspace/
/// buffer-format.rst). Holds one name and the content of at most one file that is wanted.
class CpioReader {
 public:
  struct File {
    std::string name;
    std::uint64_t size = 0;
    std::uint32_t mode = 0;  ///< type and permissions, as stat(2) has them
    std::int64_t mtime = 0;
    std::vector<std::byte> content;  ///< of files that are wanted; the target of a symbolic link
  };

  /// `wanted`: whether the content of a file is to be kept; `found` gets every file, the ends of archives
  /// excepted.
  CpioReader(std::function<bool(const File&)> wanted, std::function<void(File&&)> found);

  /// Takes the next bytes. Returns how many of them belong to cpio archives: less than all where something
  /// else begins behind the end of an archive, or the stream is damaged.
  std::size_t feed(std::span<const std::byte> bytes);

  /// At the end of an archive, or before the first one.
  bool between_archives() const { return state_ == State::between; }
  /// What is wrong; empty where nothing is.
  const std::string& damage() const { return damage_; }
  /// Archives that came to their end.
  unsigned archives() const { return archives_; }
  static constexpr std::size_t kMaxName = 4096;

 private:
  enum class State { between, header, name, content, broken };

  bool step();
  bool read_header();
  bool read_name();
  void finish_file();
  void expect(State state, std::uint64_t length, bool keep);

  std::function<bool(const File&)> wanted_;
  std::function<void(File&&)> found_;
  State state_ = State::between;
  std::uint64_t missing_ = 0;  // bytes until this state is complete
  bool keep_ = true;
  std::vector<std::byte> buffer_;
  File file_;
  std::uint32_t name_size_ = 0;
  unsigned archives_ = 0;
  std::string damage_;
};

}  // namespace san::os
