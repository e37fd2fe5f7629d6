// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace san::os {

// The file format of the Windows registry ("regf") has no published standard. The reader follows the
// descriptions by M. Suhanov, "Windows registry file format specification", and by libhivex.

/// The base block of a hive, its first 4096 bytes.
struct HiveHeader {
  std::uint32_t primary = 0,
                secondary = 0;  ///< sequence numbers of the last write begun, and of the last one completed
  bool checksum_good = false;   ///< true if the exclusive-or of the first 127 words is right
  std::uint32_t minor = 0;      ///< of version 1.x
  std::uint32_t root = 0;       ///< cell of the root key, bytes after the base block
  std::uint32_t bins = 0;       ///< size of the cells after the base block, bytes

  /// True if Windows would apply changes from the hive's transaction logs.
  bool dirty() const { return primary != secondary || !checksum_good; }
};

/// Parses the base block, of which the first 512 bytes are enough. Returns nothing if it is not a registry
/// file.
std::optional<HiveHeader> parse_hive_header(std::span<const std::byte> bytes);

/// Types of values (winnt.h).
enum class HiveType : std::uint32_t {
  none = 0,
  text = 1,         ///< REG_SZ
  expand_text = 2,  ///< REG_EXPAND_SZ
  binary = 3,
  dword = 4,
  link = 6,
  texts = 7,  ///< REG_MULTI_SZ
  qword = 11
};

struct HiveValue {
  std::string name;  ///< safe to print; empty for the default value of the key
  HiveType type = HiveType::none;
  std::vector<std::byte> bytes;

  // Nothing if the value is of another type or length.
  std::optional<std::uint32_t> dword() const;
  std::optional<std::string> text() const;  ///< up to its first NUL, safe to print
  std::vector<std::string> texts() const;   ///< of a REG_MULTI_SZ, safe to print; one REG_SZ counts as one
};

class Hive;

/// A key of a hive, which must outlive it.
class HiveKey {
 public:
  HiveKey(const Hive& hive, std::uint32_t cell, std::string path)
      : hive_(&hive), cell_(cell), path_(std::move(path)) {}

  /// Returns the path from the root of the hive, in the hive's spelling: "ControlSet001\Services\iScsiPrt".
  const std::string& path() const { return path_; }
  /// Returns the last component of the path.
  std::string name() const;

  // Each throws Error(failed) if the hive is damaged there.

  /// Finds the key at `path` below this one, components separated by backslashes; nothing if there is none.
  /// Case is ignored for ASCII letters only.
  std::optional<HiveKey> key(std::string_view path) const;
  std::vector<HiveKey> keys() const;
  std::vector<HiveValue> values() const;
  std::optional<HiveValue> value(std::string_view name) const;

  // Value of that name; nothing (an empty list) if there is none of that type.
  std::optional<std::uint32_t> dword(std::string_view name) const;
  std::optional<std::string> text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

 private:
  const Hive* hive_;
  std::uint32_t cell_;
  std::string path_;
};

/// A registry hive, read-only and as stored in its file: transaction logs (.LOG1, .LOG2) are not replayed.
/// Only the parts that are asked for are read, because SOFTWARE is often larger than 100 MiB and three values
/// of it are wanted. libhivex reads every page of a hive before the first key. Not for use by two threads at
/// once.
class Hive {
 public:
  /// Reads bytes [offset, offset + length) of the file, fewer only at its end.
  using Read = std::function<std::vector<std::byte>(std::uint64_t offset, std::uint64_t length)>;

  /// Opens a hive file of `size` bytes. `name` is for messages: "SYSTEM". Throws Error(failed) if it is no
  /// registry hive or is larger than kMaxBytes.
  Hive(std::string name, std::uint64_t size, Read read);
  /// Opens a hive in memory; `whole` must outlive it.
  Hive(std::string name, std::span<const std::byte> whole);
  Hive(const Hive&) = delete;
  Hive& operator=(const Hive&) = delete;

  const std::string& name() const { return name_; }
  const HiveHeader& header() const { return header_; }
  HiveKey root() const { return {*this, header_.root, {}}; }
  std::optional<HiveKey> key(std::string_view path) const { return root().key(path); }

  static constexpr std::uint64_t kMaxBytes = std::uint64_t{512} << 20;
  /// Longest value accepted; a longer one counts as damage. The longest that Windows needs to boot are a few
  /// KiB.
  static constexpr std::uint32_t kMaxValue = 1U << 20;

 private:
  friend class HiveKey;
  struct KeyCell;

  [[noreturn]] void damaged(const std::string& what) const;
  std::vector<std::byte> bytes(std::uint64_t offset, std::uint64_t length) const;
  std::vector<std::byte> cell(std::uint32_t at, std::uint32_t at_least, std::string_view magic) const;
  KeyCell key_cell(std::uint32_t at) const;
  /// Returns the cells of the keys in a list of subkeys; with `hash`, only those whose name may have that
  /// hash.
  std::vector<std::uint32_t> subkeys(const KeyCell& key, std::optional<std::uint32_t> hash) const;
  void leaf(std::span<const std::byte> list, std::optional<std::uint32_t> hash,
            std::vector<std::uint32_t>& into) const;
  std::vector<std::uint32_t> value_cells(const KeyCell& key) const;
  struct ValueCell;
  ValueCell value_cell(std::uint32_t at) const;
  std::vector<std::byte> data(const ValueCell& value) const;

  std::string name_;
  std::uint64_t size_;
  Read read_;
  HiveHeader header_;
  mutable std::map<std::uint64_t, std::vector<std::byte>> chunks_;
};

/// Decodes UTF-16 up to its first NUL; safe to print.
std::string registry_text(std::span<const std::byte> utf16);

}  // namespace san::os
