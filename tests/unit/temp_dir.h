// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

/// A directory that goes away with everything in it.
class TempDir {
 public:
  enum class Where { disk, memory };
  /// In memory, if there is a place: a test that flushes a file a thousand times waits for no disk.
  explicit TempDir(Where where = Where::disk) {
    const bool memory = where == Where::memory && access("/dev/shm", W_OK) == 0;
    std::string name =
        (memory ? "/dev/shm" : std::filesystem::temp_directory_path().string()) + "/sanboot-test-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TempDir() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

  /// Creates the file `name` with that content; its path.
  std::string file(const std::string& name, std::span<const std::byte> content) const {
    std::ofstream out(*this / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    return *this / name;
  }
  std::string text_file(const std::string& name, const std::string& content, mode_t mode = 0600) const {
    std::ofstream(*this / name, std::ios::binary) << content;
    REQUIRE(chmod((*this / name).c_str(), mode) == 0);
    return *this / name;
  }
  /// Creates the file `name` as a hole of `size` bytes; its path.
  std::string sparse_file(const std::string& name, std::uintmax_t size) const {
    file(name, {});
    std::filesystem::resize_file(*this / name, size);
    return *this / name;
  }

 private:
  std::string path_;
};
