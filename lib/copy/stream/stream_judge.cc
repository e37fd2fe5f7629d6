// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/stream_judge.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "block/device_base.h"
#include "copy/copy_options.h"
#include "core/units.h"

namespace san::copy {
namespace {

constexpr std::uint64_t kPage = 64 * KiB;
constexpr std::size_t kMaxPages = 1024;
/// Bytes at the front and at the end of a partition: probe() looks for ZFS up to there, and for the
/// superblocks of arrays at the end.
constexpr std::uint64_t kFront = 256 * KiB, kBack = 128 * KiB;
constexpr std::uint64_t kNone = ~std::uint64_t{0};

}  // namespace

/// The kept parts as a disk on which all else is zeros.
class StreamJudge::Pages final : public ReadableBase {
 public:
  explicit Pages(std::string name) : name_(std::move(name)) { want(0, kHead); }

  const std::string& name() const override { return name_; }
  /// While more may come the size is unlimited, so that any table fits.
  std::uint64_t size() const override { return ended_ ? round_up(position_, kImageBlock) : MiB * TiB; }
  std::uint64_t content_size() const override { return ended_ ? position_ : size(); }
  Limits limits() const override {
    Limits limits;
    limits.max_transfer = GiB;
    return limits;
  }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return {{offset, length, Extent::Kind::unknown}};
  }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    std::fill(into.begin(), into.end(), std::byte{0});
    each_page(offset, into.size(),
              [&](std::uint64_t page, std::uint64_t from, std::uint64_t at, std::uint64_t length) {
                const auto found = kept_.find(page);
                if (found != kept_.end())
                  std::copy_n(found->second.begin() + static_cast<std::ptrdiff_t>(from), length,
                              into.begin() + static_cast<std::ptrdiff_t>(at));
              });
    done(nullptr);
  }

  std::uint64_t position() const { return position_; }
  void end() { ended_ = true; }

  /// Marks a range to be kept when it comes. True if that is new.
  bool want(std::uint64_t offset, std::uint64_t length) {
    bool news = false;
    if (offset > MiB * TiB) return false;
    for (std::uint64_t page = offset / kPage; page * kPage < offset + length; ++page)
      if (wanted_.size() < kMaxPages) news = wanted_.insert(page).second || news;
    return news;
  }

  /// Keeps the marked parts of `bytes`, the next ones of the stream, and their end.
  void keep(std::span<const std::byte> bytes) {
    const std::uint64_t end = position_ + bytes.size();
    each_page(position_, bytes.size(),
              [&](std::uint64_t page, std::uint64_t to, std::uint64_t at, std::uint64_t length) {
                const bool last = (page + 1) * kPage + kBack > end;
                if (!last && !wanted_.contains(page)) return;
                auto& content = kept_[page];
                content.resize(kPage);
                std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), length,
                            content.begin() + static_cast<std::ptrdiff_t>(to));
              });
  }

  /// Counts the bytes as read, and drops the former end of the stream unless it was marked.
  void advance(std::uint64_t bytes) {
    position_ += bytes;
    std::erase_if(kept_, [&](const auto& page) {
      return !wanted_.contains(page.first) && (page.first + 1) * kPage + kBack <= position_;
    });
  }

 private:
  /// Calls `piece` for each page of a range, with the page's number, the offset in it, the offset in the
  /// range, and the length.
  template <typename Piece>
  static void each_page(std::uint64_t offset, std::uint64_t length, const Piece& piece) {
    for (std::uint64_t done = 0; done < length;) {
      const std::uint64_t at = offset + done, from = at % kPage;
      const std::uint64_t part = std::min(length - done, kPage - from);
      piece(at / kPage, from, done, part);
      done += part;
    }
  }

  const std::string name_;
  std::map<std::uint64_t, std::vector<std::byte>> kept_;  ///< by page number
  std::set<std::uint64_t> wanted_;
  std::uint64_t position_ = 0;
  bool ended_ = false;
};

StreamJudge::StreamJudge(std::string name)
    : pages_(std::make_unique<Pages>(std::move(name))), next_record_(kNone) {}
StreamJudge::~StreamJudge() = default;

std::uint64_t StreamJudge::length() const {
  return pages_->position();
}

void StreamJudge::take(std::span<const std::byte> bytes) {
  const std::uint64_t begin = pages_->position(), end = begin + bytes.size();
  pages_->keep(bytes);
  if (begin < kHead || next_record_ < end)
    while (plan(end)) pages_->keep(bytes);
  pages_->advance(bytes.size());
}

bool StreamJudge::plan(std::uint64_t end) {
  const partition::PartitionTable table = partition::read_partition_table(*pages_);
  bool news = false;
  for (const partition::Partition& p : table.partitions) {
    if (p.extended || p.length == 0) continue;
    news = pages_->want(p.offset, std::min(kFront, p.length)) || news;
    news = pages_->want(p.end() - std::min(kBack, p.length), std::min(kBack, p.length)) || news;
  }
  const auto record = filesystem::broken_chain(table);
  if (record) news = pages_->want(*record, table.sector_size) || news;
  const std::uint64_t last = record ? *record + table.sector_size - 1 : kNone;
  next_record_ = last >= end ? last : kNone;
  return news;
}

filesystem::NeededLength StreamJudge::judge() {
  pages_->end();
  return filesystem::needed_length(*pages_, partition::read_partition_table(*pages_));
}

}  // namespace san::copy
