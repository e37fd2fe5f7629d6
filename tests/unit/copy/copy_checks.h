// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "block/file/file_device.h"
#include "copy/engine/boot_region.h"
#include "copy/engine/copier.h"
#include "core/process/log.h"
#include "core/units.h"
#include "devices/memory_device.h"
#include "temp_dir.h"

using Content = std::vector<std::byte>;

/// What `work` throws, or nothing.
template <typename Work>
std::optional<san::Error> error_of(Work&& work) {
  try {
    work();
  } catch (const san::Error& error) {
    return error;
  }
  return std::nullopt;
}

/// Its code, where there is one.
inline std::optional<san::Exit> code_of(const std::optional<san::Error>& error) {
  return error ? std::optional(error->code()) : std::nullopt;
}

inline Content random_bytes(std::size_t count, std::uint_fast64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> words(count / 8 + 1);
  for (std::uint64_t& word : words) word = random();
  const auto bytes = std::as_bytes(std::span(words));
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}

inline Content bytes_of(std::span<const std::byte> span) {
  return {span.begin(), span.end()};
}

/// A device in memory with that content.
inline std::shared_ptr<san::MemoryDevice> disk_of(const Content& content, std::string name = "source",
                                                  std::uint32_t block = 512) {
  auto disk = std::make_shared<san::MemoryDevice>(std::move(name), content.size(), std::byte{0}, block);
  std::copy(content.begin(), content.end(), disk->bytes().begin());
  return disk;
}

/// A disk of random data with a boot signature.
inline Content bootable_disk(std::size_t size, std::uint_fast64_t seed = 1) {
  Content content = random_bytes(size, seed);
  content[510] = std::byte{0x55};
  content[511] = std::byte{0xAA};
  return content;
}

inline bool bootable(std::span<const std::byte> disk) {
  return disk[510] == std::byte{0x55} && disk[511] == std::byte{0xAA};
}

/// Whether the first MiB is zeros and the mark of a run.
inline bool boot_region_is_hidden(std::span<const std::byte> disk) {
  san::MemoryDevice head("head", san::MiB);
  std::copy_n(disk.begin(), san::MiB, head.bytes().begin());
  return san::copy::read_boot_region_content(head, san::MiB).hidden;
}

/// Copies, shows nothing.
inline san::copy::CopyResult run_copy(std::variant<san::ReadableDevice*, san::copy::InputStream*> source,
                                      const std::vector<san::Device*>& destinations,
                                      const san::copy::CopyOptions& options = {}) {
  san::Progress progress(nullptr);
  return san::copy::Copier(source, destinations, options, progress).run();
}

/// Catches the log as long as it lives.
class LogCapture {
 public:
  LogCapture() {
    san::log::set_sink([this](san::log::Level level, std::string_view text) {
      const std::scoped_lock lock(mutex_);
      messages_.emplace_back(level, text);
    });
  }
  ~LogCapture() { san::log::set_sink({}); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  std::vector<std::string> warnings() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> found;
    for (const auto& [level, text] : messages_)
      if (level == san::log::Level::warning) found.push_back(text);
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<san::log::Level, std::string>> messages_;
};

/// As sanclone opens a destination: made where it does not exist, extended where it is smaller than `size`.
inline std::unique_ptr<san::Device> open_image(const std::string& path, std::uint64_t size = 0) {
  san::FileOptions options;
  options.writable = true;
  options.create_size = size;
  options.resize = san::FileOptions::Resize::at_least;
  return san::open_file(path, options);
}

inline Content file_content(const std::string& path) {
  Content content(std::filesystem::file_size(path));
  std::ifstream in(path, std::ios::binary);
  in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
  REQUIRE(in.gcount() == static_cast<std::streamsize>(content.size()));
  return content;
}
