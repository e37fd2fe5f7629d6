// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/archive_stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <string_view>

namespace san::copy {
namespace {

using Packing = Container::Packing;

int filter_of(Packing packing) {
  switch (packing) {
    case Packing::bzip2:
      return ARCHIVE_FILTER_BZIP2;
    case Packing::xz:
      return ARCHIVE_FILTER_XZ;
    case Packing::lzma:
      return ARCHIVE_FILTER_LZMA;
    case Packing::lzip:
      return ARCHIVE_FILTER_LZIP;
    case Packing::lz4:
      return ARCHIVE_FILTER_LZ4;
    default:
      return ARCHIVE_FILTER_NONE;
  }
}

}  // namespace

struct ArchiveStream::Reader {
  explicit Reader(ArchiveStream& stream) : owner(stream), reader(archive_read_new(), archive_read_free) {}

  /// Called by libarchive, which no exception may cross.
  static la_ssize_t read(archive* /*reader*/, void* self, const void** bytes) {
    auto& r = *static_cast<Reader*>(self);
    try {
      if (const auto more = r.owner.next(*r.keep_going)) {
        if (!more->empty()) r.keep(*more);
        *bytes = more->data();
        return static_cast<la_ssize_t>(more->size());
      }
      r.stopped = true;
    } catch (...) {
      r.thrown = std::current_exception();
    }
    return ARCHIVE_FATAL;
  }

  /// Bytes that libarchive has read and not used are at the end of this piece, possibly with a few bytes
  /// before it.
  void keep(std::span<const std::byte> piece) {
    constexpr std::size_t kBefore = 64;
    last.erase(last.begin(), last.end() - static_cast<std::ptrdiff_t>(std::min(kBefore, last.size())));
    last.insert(last.end(), piece.begin(), piece.end());
  }

  ArchiveStream& owner;
  std::unique_ptr<archive, decltype(&archive_read_free)> reader;
  const KeepGoing* keep_going = nullptr;
  std::vector<std::byte> last;
  std::exception_ptr thrown;
  bool opened = false, stopped = false, ended = false;
};

ArchiveStream::ArchiveStream(std::unique_ptr<InputStream> packed, Packing packing)
    : PackedStream(std::move(packed), packing), reader_(std::make_unique<Reader>(*this)) {
  archive* const a = reader_->reader.get();
  archive_read_support_format_raw(a);
  archive_read_support_format_empty(a);
  // Only that filter: data that are compressed twice are the user's business.
  archive_read_append_filter(a, filter_of(packing));
}

ArchiveStream::~ArchiveStream() = default;

void ArchiveStream::fail() const {
  archive* const a = reader_->reader.get();
  if (reader_->thrown) std::rethrow_exception(reader_->thrown);
  const char* const text = archive_error_string(a);
  // If it needs several bytes at once it reports that, and has not used the bytes that there are.
  const bool truncated =
      text != nullptr && std::string_view(text).find("truncated") != std::string_view::npos;
  if (all_given() && (truncated || static_cast<std::uint64_t>(archive_filter_bytes(a, -1)) == given()))
    throw cut_off();
  throw damaged(static_cast<std::uint64_t>(archive_filter_bytes(a, -1)), text);
}

std::optional<std::size_t> ArchiveStream::unpacked(std::span<std::byte> into) {
  Reader& r = *reader_;
  archive* const a = r.reader.get();
  if (!r.opened) {
    archive_entry* entry = nullptr;
    int result = archive_read_open(a, &r, nullptr, Reader::read, nullptr);
    // It treats data that it cannot decompress at all as empty, and reports an error all the same.
    if (result == ARCHIVE_OK && archive_error_string(a) != nullptr) result = ARCHIVE_FATAL;
    if (result == ARCHIVE_OK) result = archive_read_next_header(a, &entry);
    if (r.stopped) return std::nullopt;
    if (result == ARCHIVE_EOF) return 0;
    if (result != ARCHIVE_OK) fail();
    r.opened = true;
  }
  const la_ssize_t got = archive_read_data(a, into.data(), into.size());
  if (r.stopped) return std::nullopt;
  if (got < 0) fail();
  return static_cast<std::size_t>(got);
}

std::optional<std::size_t> ArchiveStream::fetch(std::span<std::byte> into, const KeepGoing& keep_going) {
  Reader& r = *reader_;
  r.keep_going = &keep_going;
  std::size_t filled = 0;
  while (filled < into.size() && !r.ended) {
    if (!keep_going()) return std::nullopt;
    const auto got = unpacked(into.subspan(filled));
    if (!got) return std::nullopt;
    filled += *got;
    if (*got > 0) continue;
    // Bytes that libarchive has read and not used are the last ones that were given.
    const auto used = static_cast<std::uint64_t>(archive_filter_bytes(r.reader.get(), -1));
    const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(given() - used, r.last.size()));
    if (!pass_over(std::span(r.last).last(left), keep_going)) return std::nullopt;
    r.ended = true;
  }
  return filled;
}

}  // namespace san::copy
