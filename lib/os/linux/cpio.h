// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace san::os {

/// Incremental reader for the cpio archives of an initramfs, in the "new ASCII" form. As in the kernel,
/// archives follow one another, and zeros may stand between them
/// (Documentation/driver-api/early-userspace/buffer-format.rst). Memory: one name and the content of at most
/// one wanted file.
class CpioReader {
 public:
  struct File {
    std::string name;
    std::uint64_t size = 0;
    std::uint32_t mode = 0;  ///< type and permissions, as in stat(2)
    std::int64_t mtime = 0;
    std::vector<std::byte> content;  ///< of wanted files; the target of a symbolic link
  };

  /// Sets the callbacks: `wanted` returns true if the content of a file is to be kept, `found` receives every
  /// file but the trailers of archives.
  CpioReader(std::function<bool(const File&)> wanted, std::function<void(File&&)> found);

  /// Consumes the next bytes of the stream. Returns the number of bytes that belong to cpio archives; fewer
  /// than given if other data begin after the end of an archive, or if the stream is damaged.
  std::size_t feed(std::span<const std::byte> bytes);

  /// True at the end of an archive, and before the first one.
  bool between_archives() const { return state_ == State::between; }
  /// Returns a description of the damage; empty if there is none.
  const std::string& damage() const { return damage_; }
  /// Returns the number of complete archives.
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
