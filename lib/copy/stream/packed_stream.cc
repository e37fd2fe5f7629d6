// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/packed_stream.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "core/process/log.h"
#include "core/units.h"

namespace san::copy {
namespace {

/// Returns the first bytes of another compressed file, if the program ignores other data; else nothing.
std::string_view magic_of(Container::Packing packing) {
  using namespace std::string_view_literals;
  if (packing == Container::Packing::gzip) return "\x1F\x8B\x08"sv;
  if (packing == Container::Packing::bzip2) return "BZh"sv;
  return packing == Container::Packing::lzip ? "LZIP"sv : ""sv;
}

}  // namespace

const char* program_of(Container::Packing packing) {
  using Packing = Container::Packing;
  switch (packing) {
    case Packing::none:
      break;
    case Packing::gzip:
      return "gzip";
    case Packing::bzip2:
      return "bzip2";
    case Packing::xz:
      return "xz";
    case Packing::lzma:
      return "lzma";
    case Packing::lzip:
      return "lzip";
    case Packing::lz4:
      return "lz4";
    case Packing::zst:
      return "zstd";
  }
  return "";
}

PackedStream::PackedStream(std::unique_ptr<InputStream> packed, Container::Packing packing)
    : InputStream(packed->name(), -1), packed_(std::move(packed)), packing_(packing), buffer_(256 * KiB) {}

std::optional<std::span<const std::byte>> PackedStream::next(const KeepGoing& keep_going) {
  if (all_given_) return std::span<const std::byte>();
  const auto got = packed_->read(buffer_, keep_going);
  if (!got) return std::nullopt;
  all_given_ = *got < buffer_.size();
  given_ += *got;
  return std::span(buffer_).first(*got);
}

bool PackedStream::pass_over(std::span<const std::byte> rest, const KeepGoing& keep_going) {
  const auto magic = std::as_bytes(std::span(magic_of(packing_)));
  std::vector<std::byte> first;  // the first bytes behind the zeros, as many as the magic has
  std::uint64_t ignored = 0;
  while (true) {
    for (const std::byte one : rest) {
      if (first.empty() && one == std::byte{0}) continue;
      if (first.size() < magic.size()) first.push_back(one);
      ++ignored;
    }
    if (all_given_) break;
    const auto more = next(keep_going);
    if (!more) return false;
    rest = *more;
  }
  if (ignored == 0) return true;
  // A file that was cut off within the first bytes of its next member.
  if (!magic.empty() && std::equal(first.begin(), first.end(), magic.begin())) throw cut_off();
  if (magic.empty()) throw damaged(given_ - ignored, "other data follow the end");
  log::warning("{0}: {1} after the end of the {2} data are ignored, as {2} itself does", name(),
               format_size_exact(ignored), program_of(packing_));
  return true;
}

Error PackedStream::damaged(std::uint64_t taken, const char* text) const {
  const std::string program = program_of(packing_);
  return {
      Exit::failed, name(),
      fmt::format("cannot be decompressed at byte {}: {}", taken, text != nullptr ? text : "it is damaged"),
      program +
          " -t finds a damaged file, too; make it again: what was written of it is not a complete clone"};
}

Error PackedStream::cut_off() const {
  return {Exit::failed, name(),
          fmt::format("ends at byte {}, in the middle of the {} data: it has been cut off", given_,
                      program_of(packing_)),
          "make the file again; what was written of it is not a complete clone"};
}

}  // namespace san::copy
