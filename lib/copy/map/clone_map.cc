// SPDX-License-Identifier: Apache-2.0
#include "copy/map/clone_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "block/zero_detection.h"
#include "copy/copy_options.h"
#include "core/endian.h"
#include "core/error.h"
#include "core/hint_id.h"
#include "core/units.h"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

namespace san::copy {
namespace {

using map_format::apply;
using map_format::batch_length;
using map_format::check_magic;
using map_format::damaged;
using map_format::Header;
using map_format::kBatchFront;
using map_format::kMaxHeader;
using map_format::kMaxRecords;
using map_format::kSlotBytes;
using map_format::kStandingBytes;
using map_format::read_batch;
using map_format::read_header;
using map_format::read_standing;
using map_format::Record;
using map_format::record_of;
using map_format::Slot;
using map_format::Standing;
using map_format::State;
using map_format::write_batch;
using map_format::write_header;
using map_format::write_standing;

constexpr std::size_t kPiece = std::size_t{1024} * 1024;

/// Returns XXH3-64 of `length` bytes of a file from `offset` on; nothing if it ends before.
std::optional<std::uint64_t> checksum(const MapFile& file, std::uint64_t offset, std::uint64_t length) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
  XXH3_64bits_reset(state.get());
  std::vector<std::byte> piece(kPiece);
  while (length > 0) {
    const auto wanted = std::span(piece).first(std::min<std::uint64_t>(length, piece.size()));
    if (file.read(offset, wanted) < wanted.size()) return std::nullopt;
    XXH3_64bits_update(state.get(), wanted.data(), wanted.size());
    offset += wanted.size();
    length -= wanted.size();
  }
  return XXH3_64bits_digest(state.get());
}

bool zeros_to_the_end(const MapFile& file, std::uint64_t from, std::uint64_t size) {
  std::vector<std::byte> piece(kPiece);
  while (from < size) {
    const auto part = std::span(piece).first(std::min<std::uint64_t>(size - from, piece.size()));
    const std::size_t got = file.read(from, part);
    if (got == 0) break;
    if (!all_zero(part.first(got))) return false;
    from += got;
  }
  return true;
}

/// Calls `take` for every record of the journal at byte `at`.
template <typename Take>
void read_journal(const MapFile& file, const Header& header, std::uint64_t at, Take&& take) {
  const std::uint64_t size = file.size();
  std::vector<std::byte> bytes;
  for (std::uint64_t sequence = 0;; ++sequence) {
    bytes.resize(std::min<std::uint64_t>(size - std::min(size, at), kBatchFront));
    bytes.resize(file.read(at, bytes));
    bytes.resize(std::min<std::uint64_t>(size - std::min(size, at), batch_length(bytes)));
    bytes.resize(file.read(at, bytes));
    const auto batch = read_batch(header, sequence, bytes, file.name());
    if (!batch) {
      // A crash tears only the last batch. A batch behind a torn one may record that its blocks are unknown.
      if (!zeros_to_the_end(file, at + bytes.size(), size))
        throw damaged(file.name(), fmt::format("batch {} is torn, and is not the last", sequence));
      return;
    }
    for (const Record& record : batch->records) take(record);
    at += batch->length;
  }
}

}  // namespace

CloneMap::CloneMap(MapFile file, Header header) : file_(std::move(file)), header_(std::move(header)) {}

std::unique_ptr<CloneMap> CloneMap::open(const std::string& path, const MapSubject& subject, bool fresh) {
  MapFile file = MapFile::open(path);
  std::vector<std::byte> front(std::min<std::uint64_t>(file.size(), kMaxHeader));
  front.resize(file.read(0, front));
  // A typing error must not replace a disk image by a map, --fresh or not.
  if (!front.empty()) check_magic(front, path);
  if (fresh || front.empty()) {
    Header header;
    header.id = (std::uint64_t{std::random_device()()} << 32) | std::random_device()();
    header.bytes = subject.bytes;
    header.block = subject.block;
    header.source = subject.source;
    header.note = subject.note;
    header.destinations = subject.destinations;
    std::unique_ptr<CloneMap> map(new CloneMap(std::move(file), std::move(header)));
    map->check_subject(subject);
    map->create();
    map->check_generations(subject);
    return map;
  }
  auto [header, length] = read_header(front, path);
  std::unique_ptr<CloneMap> map(new CloneMap(std::move(file), std::move(header)));
  map->check_subject(subject);
  map->load(length, subject.note);
  map->check_generations(subject);
  return map;
}

void CloneMap::check_generations(const MapSubject& subject) {
  replaced_.assign(subject.destinations.size(), false);
  for (std::size_t i = 0; i < subject.generations.size(); ++i) {
    const std::string& text = subject.generations[i];
    const std::uint64_t now = text.empty() ? 0 : XXH3_64bits(text.data(), text.size());
    const std::uint64_t before = standing(i).generation;
    replaced_[i] = before != 0 && now != 0 && before != now;
    if (now == 0 || now == before) continue;
    // Committed together with the changes that follow from it.
    add(record_of(i, Record::Kind::generation, {{}, now}));
  }
}

void CloneMap::check_subject(const MapSubject& subject) {
  const auto refuse = [this](const char* end, const std::string& there, const std::string& here) {
    throw Error(Exit::refused, name(),
                fmt::format("is the map of another clone: its {} is {}, not {}", end, there, here),
                Hint(HintId::other_map, "name the map of this clone, or start again with a new one"));
  };
  const auto source = [](const std::string& identity, std::uint64_t bytes) {
    return fmt::format("{} of {}", identity, format_size_exact(bytes));
  };
  if (header_.source != subject.source || header_.bytes != subject.bytes)
    refuse("source", source(header_.source, header_.bytes), source(subject.source, subject.bytes));
  if (header_.block != subject.block)
    throw Error(Exit::refused, name(),
                fmt::format("counts in blocks of {}, this clone in blocks of {}", format_size(header_.block),
                            format_size(subject.block)),
                Hint(HintId::map_block, "use blocks of the same size, or start again with a new map",
                     {std::to_string(header_.block)}));
  index_.clear();
  for (const std::string& destination : subject.destinations) {
    const auto found = std::find(header_.destinations.begin(), header_.destinations.end(), destination);
    if (found == header_.destinations.end())
      refuse("destination", fmt::format("{}", fmt::join(header_.destinations, " and ")), destination);
    const auto index = static_cast<std::size_t>(found - header_.destinations.begin());
    if (std::find(index_.begin(), index_.end(), index) != index_.end())
      throw Error(Exit::refused, name(),
                  fmt::format("cannot tell two destinations apart: both are {}", destination),
                  Hint(HintId::no_map, "leave out one of them, or clone without a map"));
    index_.push_back(index);
  }
}

std::uint64_t CloneMap::head() const {
  return std::min(round_up(kHead, block()), bytes());
}

void CloneMap::create() {
  MapFile fresh = file_.successor();
  header_.base = false;
  const auto bytes = write_header(header_);
  fresh.write(0, bytes);
  file_.replace(std::move(fresh));
  end_ = bytes.size();
  known_.assign(header_.destinations.size(), {0, 0, header_.blocks()});
  standings_.assign(header_.destinations.size(), {});
}

std::uint64_t CloneMap::base_bytes() const {
  return header_.destinations.size() * (kStandingBytes + header_.blocks() * kSlotBytes);
}

void CloneMap::verify_base(std::uint64_t offset) {
  const std::uint64_t length = base_bytes();
  std::array<std::byte, 8> sum = {};
  const auto found = length < file_.size() ? checksum(file_, offset, length) : std::nullopt;
  if (!found || file_.read(offset + length, sum) < sum.size()) throw damaged(name(), "it is cut short");
  if (*found != *read_at<le64>(sum, 0)) throw damaged(name(), "the checksum of its blocks is wrong");
}

void CloneMap::load(std::size_t header_bytes, const std::string& note) {
  std::uint64_t journal = header_bytes;
  if (header_.base) {
    verify_base(header_bytes);
    journal += base_bytes() + sizeof(le64);
  }
  if (!header_.base || journal != file_.size() || header_.note != note) {
    header_.note = note;
    rewrite(header_bytes, journal);
  } else {
    standings_at_ = header_bytes;
    end_ = journal;
    read_standings(file_, standings_at_);
  }
  open_slots();
}

void CloneMap::rewrite(std::uint64_t base, std::uint64_t journal) {
  const Header old = header_;
  MapFile next = file_.successor();
  // Batches of the old file must not be valid in the new one.
  ++header_.id;
  header_.base = true;
  const auto front = write_header(header_);
  next.write(0, front);
  const std::uint64_t length = base_bytes(), at = front.size();
  next.resize(at + length);
  if (old.base) {
    std::vector<std::byte> piece(kPiece);
    for (std::uint64_t done = 0; done < length;) {
      const auto part = std::span(piece).first(std::min<std::uint64_t>(length - done, piece.size()));
      if (file_.read(base + done, part) < part.size()) throw damaged(name(), "it is cut short");
      next.write(at + done, part);
      done += part.size();
    }
  }
  read_standings(next, at);
  SlotFile slots(next, at + standings_.size() * kStandingBytes,
                 header_.destinations.size() * header_.blocks());
  read_journal(file_, old, journal, [&](const Record& record) {
    if (record.kind == Record::Kind::blocks)
      slots.set(record.destination * header_.blocks() + record.first, record.count, record.slot);
    else
      apply(standings_[record.destination], record);
  });
  slots.write_back();
  for (std::size_t i = 0; i < standings_.size(); ++i)
    next.write(at + i * kStandingBytes, write_standing(standings_[i]));
  std::array<std::byte, 8> sum = {};
  write_at(sum, 0, le64(*checksum(next, at, length)));
  next.write(at + length, sum);
  file_.replace(std::move(next));
  standings_at_ = at;
  end_ = at + length + sum.size();
  sequence_ = 0;
}

void CloneMap::read_standings(const MapFile& file, std::uint64_t offset) {
  std::vector<std::byte> bytes(header_.destinations.size() * kStandingBytes);
  file.read(offset, bytes);
  standings_.clear();
  for (std::size_t at = 0; at < bytes.size(); at += kStandingBytes)
    standings_.push_back(read_standing(std::span(bytes).subspan(at)));
}

void CloneMap::open_slots() {
  slots_.reserve(header_.destinations.size());
  for (std::size_t i = 0; i < header_.destinations.size(); ++i) {
    SlotFile& slots =
        slots_.emplace_back(file_, slots_at() + i * header_.blocks() * kSlotBytes, header_.blocks());
    Known& known = known_.emplace_back();
    for (std::uint64_t block = 0; block < header_.blocks(); ++block) {
      const State state = slots.get(block).state;
      ++(state == State::data ? known.data : state == State::zero ? known.zero : known.unknown);
    }
  }
}

bool CloneMap::boot_region_known(std::size_t destination) {
  for (std::uint64_t offset = 0; offset < head(); offset += block())
    if (at(destination, offset / block()).state == State::unknown) return false;
  return true;
}

Slot CloneMap::at(std::size_t destination, std::uint64_t block) {
  return slots_.empty() ? Slot{} : slots_[index_[destination]].get(block);
}

Standing CloneMap::standing(std::size_t destination) const {
  const std::scoped_lock lock(mutex_);
  return standings_[index_[destination]];
}

Token CloneMap::begin_epoch(std::size_t destination, bool from_hidden) {
  const Token token = Token::random();
  add(record_of(destination, from_hidden ? Record::Kind::new_epoch : Record::Kind::first_epoch, {token, 0}));
  return token;
}

void CloneMap::set_silent_changes(std::size_t destination, bool may_be) {
  add(record_of(destination, may_be ? Record::Kind::silent_changes : Record::Kind::no_silent_changes));
}

void CloneMap::add(Record record) {
  record.destination = static_cast<std::uint32_t>(index_[record.destination]);
  const std::scoped_lock lock(mutex_);
  if (record.kind != Record::Kind::blocks) {
    apply(standings_[record.destination], record);
  } else if (!added_.empty() && added_.back().kind == Record::Kind::blocks) {
    Record& last = added_.back();
    if (record.slot.state != State::data && last.slot.state == record.slot.state &&
        last.destination == record.destination && last.first + last.count == record.first) {
      last.count += record.count;
      return;
    }
  }
  added_.push_back(record);
}

void CloneMap::commit() {
  const std::scoped_lock writing(commit_mutex_);
  // A thread that waited here for another one's commit may have had its records in that, and relies on them.
  if (broken_) throw Error(*broken_);
  std::vector<Record> records;
  {
    const std::scoped_lock lock(mutex_);
    records.swap(added_);
  }
  if (records.empty()) return;
  try {
    write_batches(records);
  } catch (const Error& error) {
    broken_ = error;
    throw;
  }
}

void CloneMap::write_batches(const std::vector<Record>& records) {
  for (std::size_t done = 0; done < records.size();) {
    const auto part = std::span(records).subspan(done, std::min(kMaxRecords, records.size() - done));
    const auto batch = write_batch(header_, sequence_, part);
    file_.write(end_, batch);
    end_ += batch.size();
    ++sequence_;
    done += part.size();
  }
  file_.sync();
}

void CloneMap::seal() {
  commit();
  if (sequence_ == 0 && header_.base) return;
  const std::uint64_t base = standings_at_, journal = header_.base
                                                          ? standings_at_ + base_bytes() + sizeof(le64)
                                                          : write_header(header_).size();
  slots_.clear();
  rewrite(base, journal);
}

}  // namespace san::copy
