// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_device.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "block/device_base.h"
#include "block/file/file_open.h"
#include "block/zst/zst_frames.h"
#include "block/zst/zst_marks.h"
#include "core/units.h"
#include "system/file_io.h"

namespace san {
namespace {

class ZstDevice final : public ReadableBase {
 public:
  ZstDevice(OpenFile file, SeekTable table)
      : file_(std::move(file)),
        frames_(file_.path, file_.fd.get(), std::move(table)),
        content_(frames_.size()) {}

  bool readable() { return frames_.readable(); }

  const std::string& name() const override { return file_.path; }
  std::uint64_t size() const override { return round_up(content_, kImageBlock); }
  std::uint64_t content_size() const override { return content_; }
  Limits limits() const override {
    Limits limits;
    limits.max_transfer = 64 * MiB;
    limits.max_zero = 64 * MiB;
    limits.queue_depth = 8;
    limits.unmap_guaranteed = true;  // what extents() calls zero is zero
    return limits;
  }
  DeviceIdentity identity() const override {
    DeviceIdentity result = ReadableBase::identity();
    struct stat status = {};
    if (fstat(file_.fd.get(), &status) == 0)
      result.id =
          fmt::format("file {} on device {}:{}", status.st_ino, major(status.st_dev), minor(status.st_dev));
    return result;
  }

  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    check_range(*this, offset, length);
    return frames_.extents(offset, length, kImageBlock);
  }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    try {
      check_range(*this, offset, into.size());
    } catch (const Error& error) {
      return done(&error);
    }
    frames_.read(offset, into, std::move(done));
  }

 private:
  OpenFile file_;
  ZstFrames frames_;
  const std::uint64_t content_;
};

/// Reads the last `length` bytes of the file.
std::vector<std::byte> tail(const OpenFile& file, std::uint64_t length) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(length));
  const Transfer got = read_fully(file.fd.get(), file.bytes - length, bytes);
  if (got.error != 0) throw io_error(file.path, "read", file.bytes - length, length, got.error);
  if (got.bytes < length) throw became_shorter(file.path, file.bytes - length + got.bytes, file.bytes);
  return bytes;
}

std::unique_ptr<ReadableDevice> by_seek_table(OpenFile file) {
  if (file.block_device || file.bytes < SeekTable::kFooterSize) return nullptr;
  const auto length = SeekTable::stored_size(tail(file, SeekTable::kFooterSize), file.bytes);
  if (!length) return nullptr;
  auto table = SeekTable::parse(tail(file, *length), file.bytes);
  if (!table || table->size() == 0) return nullptr;
  auto device = std::make_unique<ZstDevice>(std::move(file), std::move(*table));
  if (!device->readable()) return nullptr;
  return device;
}

}  // namespace

std::unique_ptr<ReadableDevice> open_zst(const std::string& path, bool force_in_use) {
  FileOptions options;
  options.force_in_use = force_in_use;
  OpenFile file = open_checked(path, options);
  std::vector<std::byte> front(zst::kMarkSize);
  const Transfer got = read_fully(file.fd.get(), 0, front);
  if (got.error != 0) throw io_error(path, "read", 0, front.size(), got.error);
  auto device = by_seek_table(std::move(file));
  if (!device && zst::is_begin_mark(std::span(front).first(got.bytes)))
    throw Error(Exit::failed, path, "lacks the end that its beginning announces: it has been cut off",
                "make it again, or get a complete copy");
  return device;
}

}  // namespace san
