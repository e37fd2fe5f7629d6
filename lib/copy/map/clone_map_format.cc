// SPDX-License-Identifier: Apache-2.0
#include "copy/map/clone_map_format.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "core/endian.h"
#include "core/error.h"
#include "core/hint_id.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace san::copy::map_format {
namespace {

constexpr char kMagic[8] = {'S', 'A', 'N', 'C', 'L', 'M', 'A', 'P'};
constexpr std::uint32_t kVersion = 2;
constexpr std::uint32_t kBaseFlag = 1;
constexpr char kBatchMagic[4] = {'B', 'A', 'T', 'C'};

struct HeaderFront {
  char magic[8] = {};
  le32 version, header_bytes;
  le64 id, bytes;
  le32 block, destinations, flags;
};
static_assert(sizeof(HeaderFront) == 44);

struct BatchFront {
  char magic[4] = {};
  le32 records;
  le64 sequence;
  le64 checksum;  ///< of the fields before: a wrong number of records must not look like a torn end
};
static_assert(sizeof(BatchFront) == kBatchFront);
constexpr std::size_t kChecked = offsetof(BatchFront, checksum);

struct RawRecord {
  le32 destination;
  std::uint8_t state = 0;
  std::uint8_t reserved[3] = {};
  le64 first, count;
  std::array<std::uint8_t, 16> hash = {};
};
static_assert(sizeof(RawRecord) == kRecordBytes);

template <typename T>
void append(std::vector<std::byte>& out, const T& value) {
  const auto at = out.size();
  out.resize(at + sizeof(T));
  write_at(out, at, value);
}

void append_text(std::vector<std::byte>& out, const std::string& text) {
  append(out, le16(static_cast<std::uint16_t>(std::min<std::size_t>(text.size(), 0xFFFF))));
  for (const char c : text.substr(0, 0xFFFF)) out.push_back(static_cast<std::byte>(c));
}

std::uint64_t checksum(std::span<const std::byte> bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

/// Reads the texts of a header one after another.
class Texts {
 public:
  Texts(std::span<const std::byte> bytes, std::size_t at, const std::string& file)
      : bytes_(bytes), at_(at), file_(file) {}

  std::string next() {
    const auto length = read_at<le16>(bytes_, at_);
    if (!length || bytes_.size() - at_ - 2 < *length) throw damaged(file_, "its header ends within a name");
    at_ += 2;
    std::string text(*length, '\0');
    std::memcpy(text.data(), bytes_.data() + at_, text.size());
    at_ += text.size();
    return text;
  }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_;
  const std::string& file_;
};

struct RawStanding {
  std::array<std::uint8_t, 16> epoch = {}, before = {};
  le64 counter, counter_before;
  std::uint8_t silent_changes = 0;
  std::uint8_t reserved[7] = {};
  le64 generation;
};
static_assert(sizeof(RawStanding) == kStandingBytes);

bool is_known(Record::Kind kind) {
  return kind == Record::Kind::new_epoch || kind == Record::Kind::first_epoch ||
         kind == Record::Kind::progress || kind == Record::Kind::silent_changes ||
         kind == Record::Kind::no_silent_changes || kind == Record::Kind::generation;
}

Record to_record(const Header& header, const RawRecord& raw, const std::string& file) {
  Record record;
  record.destination = raw.destination;
  if (const auto kind = static_cast<Record::Kind>(raw.state); is_known(kind)) {
    if (record.destination >= header.destinations.size())
      throw damaged(file, "a record is about a destination that it does not have");
    record.kind = kind;
    record.count = 0;
    record.epoch = {{raw.hash}, raw.first};
    return record;
  }
  record.first = raw.first;
  record.count = raw.count;
  if (raw.state > static_cast<std::uint8_t>(State::zero) ||
      record.destination >= header.destinations.size() || record.first > header.blocks() ||
      record.count > header.blocks() - record.first)
    throw damaged(file, "a record is about a block that the source does not have");
  record.slot = {static_cast<State>(raw.state), {raw.hash}};
  return record;
}

}  // namespace

Error damaged(const std::string& file, const std::string& what) {
  return {Exit::refused, file, "is a damaged clone map: " + what,
          Hint(HintId::fresh_map, "start again with a new map, which copies everything")};
}

std::vector<std::byte> write_header(const Header& header) {
  std::vector<std::byte> out;
  HeaderFront front = {};
  std::memcpy(front.magic, kMagic, sizeof kMagic);
  front.version = kVersion;
  front.id = header.id;
  front.bytes = header.bytes;
  front.block = header.block;
  front.destinations = static_cast<std::uint32_t>(header.destinations.size());
  front.flags = header.base ? kBaseFlag : 0;
  append(out, front);
  append_text(out, header.source);
  append_text(out, header.note);
  for (const std::string& destination : header.destinations) append_text(out, destination);
  const std::size_t length = out.size() + sizeof(le64);
  if (length > kMaxHeader || header.destinations.size() > kMaxDestinations)
    throw Error(Exit::usage, setting("map"), "cannot hold so many destinations with such long names");
  front.header_bytes = static_cast<std::uint32_t>(length);
  write_at(out, 0, front);
  append(out, le64(checksum(out, kVersion)));
  return out;
}

void check_magic(std::span<const std::byte> bytes, const std::string& file) {
  if (bytes.size() < sizeof kMagic || std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0)
    throw Error(Exit::refused, file, "is not a clone map", "name another file, or remove this one");
}

std::pair<Header, std::size_t> read_header(std::span<const std::byte> bytes, const std::string& file) {
  check_magic(bytes, file);
  const auto front = read_at<HeaderFront>(bytes, 0);
  if (!front) throw damaged(file, "its header is cut short");
  if (front->version != kVersion)
    throw Error(Exit::refused, file,
                fmt::format("is a clone map of version {}, and this program knows version {}",
                            std::uint32_t{front->version}, kVersion),
                Hint(HintId::fresh_map, "start again with a new map, which copies everything"));
  const std::size_t length = front->header_bytes;
  if (length < sizeof(HeaderFront) + sizeof(le64) || length > std::min(bytes.size(), kMaxHeader))
    throw damaged(file, "its header is cut short");
  const auto content = bytes.first(length - sizeof(le64));
  if (checksum(content, kVersion) != *read_at<le64>(bytes, content.size()))
    throw damaged(file, "the checksum of its header is wrong");

  Header header;
  header.id = front->id;
  header.bytes = front->bytes;
  header.block = front->block;
  header.base = (front->flags & kBaseFlag) != 0;
  Texts texts(content, sizeof(HeaderFront), file);
  header.source = texts.next();
  header.note = texts.next();
  if (front->destinations == 0 || front->destinations > kMaxDestinations || header.block < 4096 ||
      header.block % 4096 != 0 || header.blocks() > kMaxBlocks)
    throw damaged(file, "the numbers in its header make no sense");
  for (std::uint32_t i = 0; i < front->destinations; ++i) header.destinations.push_back(texts.next());
  if (!texts.at_end()) throw damaged(file, "its header is longer than its content");
  return {header, length};
}

Record record_of(std::size_t destination, Record::Kind kind, const Epoch& epoch) {
  Record record;
  record.destination = static_cast<std::uint32_t>(destination);
  record.count = 0;
  record.kind = kind;
  record.epoch = epoch;
  return record;
}

void apply(Standing& standing, const Record& record) {
  switch (record.kind) {
    case Record::Kind::blocks:
      break;
    case Record::Kind::new_epoch:
      standing.before = standing.epoch;
      standing.epoch = record.epoch;
      break;
    case Record::Kind::first_epoch:
      standing.before = {};
      standing.epoch = record.epoch;
      break;
    case Record::Kind::progress:
      // Otherwise another epoch has begun meanwhile. A destination with a mark of the present epoch holds the
      // blocks of this one as well, because they were written before.
      if (standing.epoch.token != record.epoch.token) break;
      standing.epoch.counter = std::max(standing.epoch.counter, record.epoch.counter);
      standing.before = {};
      break;
    case Record::Kind::silent_changes:
      standing.silent_changes = true;
      break;
    case Record::Kind::no_silent_changes:
      standing.silent_changes = false;
      break;
    case Record::Kind::generation:
      standing.generation = record.epoch.counter;
      break;
  }
}

std::vector<std::byte> write_standing(const Standing& standing) {
  RawStanding raw;
  raw.epoch = standing.epoch.token.bytes;
  raw.before = standing.before.token.bytes;
  raw.counter = standing.epoch.counter;
  raw.counter_before = standing.before.counter;
  raw.silent_changes = standing.silent_changes ? 1 : 0;
  raw.generation = standing.generation;
  std::vector<std::byte> bytes(kStandingBytes);
  write_at(bytes, 0, raw);
  return bytes;
}

Standing read_standing(std::span<const std::byte> bytes) {
  const auto raw = read_at<RawStanding>(bytes, 0).value_or(RawStanding());
  return {{{raw.epoch}, raw.counter},
          {{raw.before}, raw.counter_before},
          raw.silent_changes != 0,
          raw.generation};
}

std::vector<std::byte> write_batch(const Header& header, std::uint64_t sequence,
                                   std::span<const Record> records) {
  std::vector<std::byte> out;
  out.reserve(sizeof(BatchFront) + records.size() * kRecordBytes + sizeof(le64));
  BatchFront front = {};
  std::memcpy(front.magic, kBatchMagic, sizeof kBatchMagic);
  front.records = static_cast<std::uint32_t>(records.size());
  front.sequence = sequence;
  append(out, front);
  front.checksum = checksum(std::span(out).first(kChecked), header.id);
  write_at(out, 0, front);
  for (const Record& record : records) {
    RawRecord raw = {};
    raw.destination = record.destination;
    if (record.kind == Record::Kind::blocks) {
      raw.state = static_cast<std::uint8_t>(record.slot.state);
      raw.first = record.first;
      raw.count = record.count;
      raw.hash = record.slot.hash.bytes;
    } else {
      raw.state = static_cast<std::uint8_t>(record.kind);
      raw.first = record.epoch.counter;
      raw.hash = record.epoch.token.bytes;
    }
    append(out, raw);
  }
  append(out, le64(checksum(out, header.id ^ sequence)));
  return out;
}

std::size_t batch_length(std::span<const std::byte> bytes) {
  const auto front = read_at<BatchFront>(bytes, 0);
  if (!front || front->records > kMaxRecords) return kBatchFront;
  return kBatchFront + front->records * kRecordBytes + sizeof(le64);
}

std::optional<Batch> read_batch(const Header& header, std::uint64_t sequence,
                                std::span<const std::byte> bytes, const std::string& file) {
  const auto zeros_from = [&](std::size_t at) {
    return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at, bytes.size())), bytes.end(),
                       [](std::byte b) { return b == std::byte{0}; });
  };
  const auto front = read_at<BatchFront>(bytes, 0);
  if (!front) return std::nullopt;
  if (std::memcmp(front->magic, kBatchMagic, sizeof kBatchMagic) != 0 || front->records > kMaxRecords ||
      front->sequence != sequence || front->checksum != checksum(bytes.first(kChecked), header.id)) {
    // A part of the batch's front may have reached the disk, and nothing behind it.
    if (zeros_from(kChecked)) return std::nullopt;
    throw damaged(file, fmt::format("the header of batch {} is wrong", sequence));
  }
  const std::size_t content = sizeof(BatchFront) + front->records * kRecordBytes;
  Batch batch;
  batch.length = content + sizeof(le64);
  if (batch.length > bytes.size()) return std::nullopt;
  if (checksum(bytes.first(content), header.id ^ sequence) != *read_at<le64>(bytes, content)) {
    if (zeros_from(content)) return std::nullopt;
    throw damaged(file, fmt::format("the checksum of batch {} is wrong", sequence));
  }
  for (std::size_t at = sizeof(BatchFront); at < content; at += kRecordBytes)
    batch.records.push_back(to_record(header, *read_at<RawRecord>(bytes, at), file));
  return batch;
}

}  // namespace san::copy::map_format
