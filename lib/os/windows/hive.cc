// SPDX-License-Identifier: Apache-2.0
#include "os/windows/hive.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/ascii.h"
#include "core/endian.h"
#include "core/error.h"
#include "core/utf16.h"

namespace san::os {
namespace {

constexpr std::uint32_t kBase = 4096;                      // bytes of the base block
constexpr std::uint32_t kMaxCell = 4U << 20;               // more than any list of subkeys needs
constexpr std::uint32_t kMaxValues = 1U << 16;             // of a key
constexpr std::uint64_t kMaxData = 64ULL << 20;            // of all values of a key
constexpr std::size_t kMaxChunks = 512;                    // kept in memory: 32 MiB
constexpr std::uint64_t kChunk = std::uint64_t{64} << 10;  // read at a time: one round trip to a LUN
constexpr std::uint32_t kNowhere = 0xffffffff;             // an offset that points to nothing
constexpr std::uint32_t kInline = 0x80000000;              // vk: the data stand in the offset
constexpr std::uint32_t kSegment = 16344;                  // bytes in a segment of big data
constexpr std::uint16_t kKeyLatin1 = 0x20, kValueLatin1 = 1;

/// The hash in "lh" lists; of ASCII names, which are all that is looked for.
std::uint32_t name_hash(std::string_view name) {
  std::uint32_t hash = 0;
  for (const char c : name) hash = hash * 37 + static_cast<unsigned char>(to_upper(c));
  return hash;
}

std::string decode_name(std::span<const std::byte> bytes, bool latin1) {
  if (!latin1) return registry_text(bytes);
  std::vector<std::byte> wide;
  for (const std::byte b : bytes) {
    wide.push_back(b);
    wide.push_back(std::byte{0});
  }
  return registry_text(wide);
}

}  // namespace

std::string registry_text(std::span<const std::byte> utf16) {
  std::vector<le16> units;
  for (std::size_t at = 0; at + 2 <= utf16.size(); at += 2) units.push_back(*read_at<le16>(utf16, at));
  return utf16_to_printable(units);
}

std::optional<HiveHeader> parse_hive_header(std::span<const std::byte> bytes) {
  constexpr std::uint32_t kRegf = 0x66676572;
  if (bytes.size() < 512 || *read_at<le32>(bytes, 0) != kRegf || *read_at<le32>(bytes, 20) != 1) return {};
  HiveHeader header;
  header.primary = *read_at<le32>(bytes, 4);
  header.secondary = *read_at<le32>(bytes, 8);
  header.minor = *read_at<le32>(bytes, 24);
  header.root = *read_at<le32>(bytes, 36);
  header.bins = *read_at<le32>(bytes, 40);
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < 508; at += 4) sum ^= *read_at<le32>(bytes, at);
  if (sum == 0) sum = 1;  // two values are never written
  if (sum == 0xffffffff) sum = 0xfffffffe;
  header.checksum_good = sum == *read_at<le32>(bytes, 508);
  return header;
}

std::optional<std::uint32_t> HiveValue::dword() const {
  if (type != HiveType::dword || bytes.size() != 4) return {};
  return *read_at<le32>(bytes, 0);
}

std::optional<std::string> HiveValue::text() const {
  if (type != HiveType::text && type != HiveType::expand_text) return {};
  return registry_text(bytes);
}

std::vector<std::string> HiveValue::texts() const {
  std::vector<std::string> out;
  if (const auto one = text()) return {*one};
  if (type != HiveType::texts) return out;
  std::span<const std::byte> rest = bytes;
  while (rest.size() >= 2 && *read_at<le16>(rest, 0) != 0) {
    std::size_t end = 0;
    while (end + 2 <= rest.size() && *read_at<le16>(rest, end) != 0) end += 2;
    out.push_back(registry_text(rest.first(end)));
    rest = rest.subspan(std::min(rest.size(), end + 2));
  }
  return out;
}

struct Hive::KeyCell {
  std::string name;
  std::uint32_t subkeys = 0, subkey_list = kNowhere, values = 0, value_list = kNowhere;
};

struct Hive::ValueCell {
  std::string name;
  std::uint32_t length = 0, data = 0, type = 0;
};

Hive::Hive(std::string name, std::uint64_t size, Read read)
    : name_(std::move(name)), size_(size), read_(std::move(read)) {
  if (size_ > kMaxBytes)
    throw Error(Exit::failed, name_, fmt::format("the registry hive is larger than {} MiB", kMaxBytes >> 20));
  const auto header = size_ < 512 ? std::nullopt : parse_hive_header(bytes(0, 512));
  if (!header) throw Error(Exit::failed, name_, "it is not a registry hive");
  header_ = *header;
  if (header_.bins > size_ - std::min<std::uint64_t>(size_, kBase)) damaged("it is cut off");
}

Hive::Hive(std::string name, std::span<const std::byte> whole)
    : Hive(std::move(name), whole.size(), [whole](std::uint64_t offset, std::uint64_t length) {
        const auto part = whole.subspan(std::min<std::uint64_t>(offset, whole.size()));
        const auto end =
            part.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(length, part.size()));
        return std::vector<std::byte>(part.begin(), end);
      }) {}

void Hive::damaged(const std::string& what) const {
  throw Error(Exit::failed, name_, "the registry hive is damaged: " + what,
              "let Windows load it once, or restore it from a backup");
}

std::vector<std::byte> Hive::bytes(std::uint64_t offset, std::uint64_t length) const {
  if (offset > size_ || length > size_ - offset) damaged("it points beyond its end");
  std::vector<std::byte> out;
  while (length > 0) {
    const std::uint64_t start = offset / kChunk * kChunk;
    auto found = chunks_.find(start);
    if (found == chunks_.end()) {
      const std::uint64_t want = std::min(kChunk, size_ - start);
      std::vector<std::byte> chunk = read_(start, want);
      if (chunk.size() != want) damaged("it is cut off");
      if (chunks_.size() >= kMaxChunks) chunks_.clear();
      found = chunks_.emplace(start, std::move(chunk)).first;
    }
    const auto from = found->second.begin() + static_cast<std::ptrdiff_t>(offset - start);
    const std::uint64_t part = std::min(length, found->second.size() - (offset - start));
    out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(part));
    offset += part;
    length -= part;
  }
  return out;
}

/// The content of the cell at `at`, which begins with `magic`.
std::vector<std::byte> Hive::cell(std::uint32_t at, std::uint32_t at_least, std::string_view magic) const {
  if (at % 8 != 0 || at >= header_.bins || header_.bins - at < 4) damaged("it points beyond its end");
  // The length is negative if the cell is in use.
  const std::uint32_t raw = *read_at<le32>(bytes(std::uint64_t{kBase} + at, 4), 0);
  const std::uint32_t length = 0U - raw;
  if ((raw & 0x80000000) == 0) damaged("it points to a cell that is not in use");
  if (length < 4 || length > kMaxCell || length > header_.bins - at) damaged("a cell of impossible length");
  std::vector<std::byte> content = bytes(std::uint64_t{kBase} + at + 4, length - 4);
  if (content.size() < std::max<std::size_t>(at_least, magic.size())) damaged("a cell is too short");
  for (std::size_t i = 0; i < magic.size(); ++i)
    if (std::to_integer<char>(content[i]) != magic[i]) damaged("a cell is not what it should be");
  return content;
}

Hive::KeyCell Hive::key_cell(std::uint32_t at) const {
  const std::vector<std::byte> nk = cell(at, 76, "nk");
  KeyCell key;
  key.subkeys = *read_at<le32>(nk, 20);
  key.subkey_list = *read_at<le32>(nk, 28);
  key.values = *read_at<le32>(nk, 36);
  key.value_list = *read_at<le32>(nk, 40);
  const std::size_t length = *read_at<le16>(nk, 72);
  if (length > nk.size() - 76) damaged("the name of a key is longer than its cell");
  key.name = decode_name(std::span(nk).subspan(76, length), (*read_at<le16>(nk, 2) & kKeyLatin1) != 0);
  return key;
}

void Hive::leaf(std::span<const std::byte> list, std::optional<std::uint32_t> hash,
                std::vector<std::uint32_t>& into) const {
  const char kind = std::to_integer<char>(list[1]);
  const std::size_t count = *read_at<le16>(list, 2), step = kind == 'i' ? 4 : 8;
  if (count * step > list.size() - 4) damaged("a list of keys is longer than its cell");
  for (std::size_t i = 0; i < count; ++i) {
    if (kind == 'h' && hash && *read_at<le32>(list, 4 + i * step + 4) != *hash) continue;
    into.push_back(*read_at<le32>(list, 4 + i * step));
  }
}

std::vector<std::uint32_t> Hive::subkeys(const KeyCell& key, std::optional<std::uint32_t> hash) const {
  std::vector<std::uint32_t> out;
  if (key.subkeys == 0 || key.subkey_list == kNowhere) return out;
  const auto read_list = [this](std::uint32_t at) {
    std::vector<std::byte> list = cell(at, 4, {});
    const char kind = std::to_integer<char>(list[1]);
    if (std::to_integer<char>(list[0]) == 'r' && kind == 'i') return list;
    if (std::to_integer<char>(list[0]) != 'l' || (kind != 'f' && kind != 'h' && kind != 'i'))
      damaged("a list of keys of an unknown kind");
    return list;
  };
  const std::vector<std::byte> list = read_list(key.subkey_list);
  if (std::to_integer<char>(list[0]) == 'l') {
    leaf(list, hash, out);
    return out;
  }
  // "ri": a list of such lists, never of lists of lists.
  const std::size_t count = *read_at<le16>(list, 2);
  if (count * 4 > list.size() - 4) damaged("a list of keys is longer than its cell");
  constexpr std::size_t kMaxKeys = std::size_t{1} << 20;
  for (std::size_t i = 0; i < count && out.size() < kMaxKeys; ++i) {
    const std::vector<std::byte> part = read_list(*read_at<le32>(list, 4 + i * 4));
    if (std::to_integer<char>(part[0]) != 'l') damaged("lists of keys are nested too deeply");
    leaf(part, hash, out);
  }
  return out;
}

std::vector<std::uint32_t> Hive::value_cells(const KeyCell& key) const {
  std::vector<std::uint32_t> out;
  if (key.values == 0 || key.value_list == kNowhere) return out;
  if (key.values > kMaxValues) damaged("a key has an impossible number of values");
  const std::vector<std::byte> list = cell(key.value_list, key.values * 4, {});
  for (std::size_t i = 0; i < key.values; ++i) out.push_back(*read_at<le32>(list, i * 4));
  return out;
}

Hive::ValueCell Hive::value_cell(std::uint32_t at) const {
  const std::vector<std::byte> vk = cell(at, 20, "vk");
  const std::size_t length = *read_at<le16>(vk, 2);
  if (length > vk.size() - 20) damaged("the name of a value is longer than its cell");
  ValueCell value;
  value.name = decode_name(std::span(vk).subspan(20, length), (*read_at<le16>(vk, 16) & kValueLatin1) != 0);
  value.length = *read_at<le32>(vk, 4);
  value.data = *read_at<le32>(vk, 8);
  value.type = *read_at<le32>(vk, 12);
  return value;
}

std::vector<std::byte> Hive::data(const ValueCell& value) const {
  if ((value.length & kInline) != 0) {
    const std::uint32_t length = value.length & ~kInline;
    if (length > 4) damaged("a value is longer than its space");
    std::vector<std::byte> out;
    for (std::uint32_t i = 0; i < length; ++i) out.push_back(static_cast<std::byte>(value.data >> 8 * i));
    return out;
  }
  if (value.length == 0) return {};
  if (value.length > kMaxValue) damaged("a value is too long");
  // Since version 1.4 what is longer than a segment stands in several cells.
  if (value.length <= kSegment || header_.minor < 4) {
    std::vector<std::byte> out = cell(value.data, value.length, {});
    out.resize(value.length);
    return out;
  }
  const std::vector<std::byte> db = cell(value.data, 8, "db");
  const std::uint32_t count = *read_at<le16>(db, 2);
  const std::vector<std::byte> list = cell(*read_at<le32>(db, 4), count * 4, {});
  std::vector<std::byte> out;
  for (std::uint32_t i = 0; i < count && out.size() < value.length; ++i) {
    const std::size_t part = std::min<std::size_t>(kSegment, value.length - out.size());
    const std::vector<std::byte> segment =
        cell(*read_at<le32>(list, std::size_t{i} * 4), static_cast<std::uint32_t>(part), {});
    out.insert(out.end(), segment.begin(), segment.begin() + static_cast<std::ptrdiff_t>(part));
  }
  if (out.size() != value.length) damaged("a value is cut off");
  return out;
}

std::string HiveKey::name() const {
  const std::size_t last = path_.rfind('\\');
  return last == std::string::npos ? path_ : path_.substr(last + 1);
}

std::optional<HiveKey> HiveKey::key(std::string_view path) const {
  HiveKey at = *this;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('\\'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (part.empty()) continue;
    std::optional<HiveKey> next;
    for (const std::uint32_t child : hive_->subkeys(hive_->key_cell(at.cell_), name_hash(part))) {
      const std::string child_name = hive_->key_cell(child).name;
      if (!same_without_case(child_name, part)) continue;
      next.emplace(*hive_, child, at.path_.empty() ? child_name : at.path_ + '\\' + child_name);
      break;
    }
    if (!next) return {};
    at = *next;
  }
  return at;
}

std::vector<HiveKey> HiveKey::keys() const {
  std::vector<HiveKey> out;
  for (const std::uint32_t child : hive_->subkeys(hive_->key_cell(cell_), {})) {
    const std::string child_name = hive_->key_cell(child).name;
    out.emplace_back(*hive_, child, path_.empty() ? child_name : path_ + '\\' + child_name);
  }
  return out;
}

std::vector<HiveValue> HiveKey::values() const {
  std::vector<HiveValue> out;
  std::uint64_t length = 0;
  for (const std::uint32_t at : hive_->value_cells(hive_->key_cell(cell_))) {
    const Hive::ValueCell value = hive_->value_cell(at);
    length += value.length & ~kInline;
    if (length > kMaxData) hive_->damaged("the values of a key are too long");
    out.push_back({value.name, static_cast<HiveType>(value.type), hive_->data(value)});
  }
  return out;
}

std::optional<HiveValue> HiveKey::value(std::string_view name) const {
  for (const std::uint32_t at : hive_->value_cells(hive_->key_cell(cell_))) {
    const Hive::ValueCell value = hive_->value_cell(at);
    if (same_without_case(value.name, name))
      return HiveValue{value.name, static_cast<HiveType>(value.type), hive_->data(value)};
  }
  return {};
}

std::optional<std::uint32_t> HiveKey::dword(std::string_view name) const {
  const auto found = value(name);
  return found ? found->dword() : std::nullopt;
}

std::optional<std::string> HiveKey::text(std::string_view name) const {
  const auto found = value(name);
  return found ? found->text() : std::nullopt;
}

std::vector<std::string> HiveKey::texts(std::string_view name) const {
  const auto found = value(name);
  return found ? found->texts() : std::vector<std::string>();
}

}  // namespace san::os
