// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/file_stream.h"

#include "block/file/file_open.h"
#include "system/file_io.h"

namespace san::copy {
namespace {

/// File that is read from front to back.
class FileStream final : public InputStream {
 public:
  FileStream(const std::string& path, bool force_in_use)
      : InputStream(path, -1), file_(open_source(path, force_in_use)) {}

 protected:
  std::optional<std::size_t> fetch(std::span<std::byte> into, const std::function<bool()>&) override {
    const Transfer got = read_fully(file_.fd.get(), at_, into);
    if (got.error != 0) throw io_error(name(), "read", at_, into.size(), got.error);
    at_ += got.bytes;
    return got.bytes;
  }

 private:
  static OpenFile open_source(const std::string& path, bool force_in_use) {
    FileOptions options;
    options.force_in_use = force_in_use;
    return open_checked(path, options);
  }

  OpenFile file_;
  std::uint64_t at_ = 0;
};

}  // namespace

std::unique_ptr<InputStream> open_front_to_back(const std::string& path, bool force_in_use) {
  return std::make_unique<FileStream>(path, force_in_use);
}

}  // namespace san::copy
