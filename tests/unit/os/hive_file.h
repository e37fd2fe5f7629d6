// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <hivex.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "../support/minimal_hive.h"

/// A hive in a file, filled by libhivex.
class HiveFile {
 public:
  explicit HiveFile(std::string path) : path_(std::move(path)) {
    const std::vector<std::byte> empty = minimal_hive();
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(empty.data()), static_cast<std::streamsize>(empty.size()));
    hive_ = hivex_open(path_.c_str(), HIVEX_OPEN_WRITE);
    REQUIRE(hive_ != nullptr);
  }
  HiveFile(const HiveFile&) = delete;
  HiveFile& operator=(const HiveFile&) = delete;
  ~HiveFile() { hivex_close(hive_); }

  /// Makes the key and those above it.
  hive_node_h key(std::string_view path) {
    hive_node_h at = hivex_root(hive_);
    while (!path.empty()) {
      const std::string part(path.substr(0, path.find('\\')));
      path.remove_prefix(std::min(path.size(), part.size() + 1));
      hive_node_h next = hivex_node_get_child(hive_, at, part.c_str());
      if (next == 0) next = hivex_node_add_child(hive_, at, part.c_str());
      REQUIRE(next != 0);
      at = next;
    }
    return at;
  }

  void remove(std::string_view path) { REQUIRE(hivex_node_delete_child(hive_, key(path)) == 0); }

  void bytes(std::string_view path, const std::string& name, std::string value, unsigned type = 3) {
    std::string copy = name;
    const hive_set_value set{copy.data(), static_cast<hive_type>(type), value.size(), value.data()};
    REQUIRE(hivex_node_set_value(hive_, key(path), &set, 0) == 0);
  }
  void dword(std::string_view path, const std::string& name, std::uint32_t value) {
    std::string out;
    for (unsigned i = 0; i < 4; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
    bytes(path, name, out, 4);
  }
  void text(std::string_view path, const std::string& name, std::string_view value, unsigned type = 1) {
    bytes(path, name, wide(value) + std::string(2, '\0'), type);
  }
  void texts(std::string_view path, const std::string& name, const std::vector<std::string>& values) {
    std::string out;
    for (const std::string& value : values) out += wide(value) + std::string(2, '\0');
    bytes(path, name, out + std::string(2, '\0'), 7);
  }

  /// Writes the file and returns what is in it.
  std::vector<std::byte> commit() {
    REQUIRE(hivex_commit(hive_, nullptr, 0) == 0);
    std::ifstream file(path_, std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    const auto view = std::as_bytes(std::span(all));
    return {view.begin(), view.end()};
  }

 private:
  static std::string wide(std::string_view text) {
    std::string out;
    for (const char c : text) out += {c, '\0'};
    return out;
  }

  std::string path_;
  hive_h* hive_;
};
