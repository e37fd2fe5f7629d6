// SPDX-License-Identifier: Apache-2.0
#include "copy/zst_stream.h"

#include <fmt/format.h>

#include "block/file_io.h"
#include "core/units.h"

namespace san {
namespace {

OpenFile open_source(const std::string& path, bool force_in_use) {
  FileOptions options;
  options.force_in_use = force_in_use;
  return open_checked(path, options);
}

}  // namespace

ZstStream::ZstStream(const std::string& path, bool force_in_use)
    : InputStream(path, -1), file_(open_source(path, force_in_use)), buffer_(128 * KiB) {}

void ZstStream::fill() {
  const Transfer got = read_fully(file_.fd.get(), at_, buffer_);
  if (got.error != 0) throw io_error(name(), "read", at_, buffer_.size(), got.error);
  at_ += got.bytes;
  rest_ = std::span(buffer_).first(got.bytes);
}

std::optional<std::size_t> ZstStream::fetch(std::span<std::byte> into,
                                            const std::function<bool()>& keep_going) {
  const std::size_t wanted = into.size();
  while (!into.empty()) {
    if (!keep_going()) return std::nullopt;
    if (rest_.empty()) fill();
    const bool end = rest_.empty();
    const std::size_t before = into.size();
    if (end && decompress_.at_end()) break;
    const std::string wrong = decompress_.step(rest_, into);
    if (!wrong.empty())
      throw Error(Exit::failed, name(),
                  fmt::format("cannot be decompressed at byte {} of the file: {}", at_ - rest_.size(), wrong),
                  "zstd -t says the same of a damaged file; where only more memory is needed, zstd -dc "
                  "--long=31 FILE | sanclone - DEST does it");
    if (end && into.size() == before)
      throw Error(Exit::failed, name(), "ends within a frame: it has been cut off",
                  "make the file anew; what was written of it is not a complete clone");
  }
  return wanted - into.size();
}

}  // namespace san
