// SPDX-License-Identifier: Apache-2.0
#include "block/file/file_device.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/falloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <mutex>

#include "block/completion.h"
#include "block/device_base.h"
#include "block/file/file_extents.h"
#include "block/file/file_open.h"
#include "core/units.h"
#include "system/file/file_identity.h"
#include "system/file_io.h"
#include "system/sysfs.h"
#include "system/worker_pool.h"

namespace san {
namespace {

// Enough to keep a disk and the page cache busy; more threads only make the order of requests more random.
constexpr unsigned kThreads = 4;

/// Alignment of O_DIRECT requests, in memory and on the device. Whole pages, not only blocks: a direct and a
/// buffered write in flight at once that share a page of the page cache would overwrite each other.
constexpr std::uint64_t kDirectUnit = 4096;

alignas(kDirectUnit) std::array<std::byte, 256 * KiB> zeros;

/// True if the kernel or the file system has no such operation for this file; other errors are failures.
bool unsupported(int error) {
  return error == EOPNOTSUPP || error == ENOSYS || error == EINVAL || error == ENODEV || error == EREMOTEIO;
}

class FileDevice final : public DeviceBase {
 public:
  explicit FileDevice(OpenFile file) : file_(std::move(file)), bytes_(file_.bytes), pool_(kThreads) {}

  ~FileDevice() override;

  const std::string& name() const override { return file_.path; }
  std::uint64_t size() const override { return round_up(bytes_, file_.logical_block); }
  std::uint64_t content_size() const override { return bytes_; }
  DeviceIdentity identity() const override {
    const int fd = file_.fd.get();
    return {file_identity(fd), persistent_file_id(file_.path, fd), file_generation(fd)};
  }
  Limits limits() const override;
  Capabilities capabilities() const override;
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;

  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    submit(std::move(done), [this, offset, into] { read_now(offset, into); });
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    touch();
    submit(std::move(done), [this, offset, from] { write_now(offset, from); });
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    touch();
    submit(std::move(done), [this, offset, length] { zero_now(offset, length); });
  }
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override {
    touch();
    submit(std::move(done), [this, offset, length] { unmap_now(offset, length); });
  }
  void flush(Completion done) override {
    touch();
    submit(std::move(done), [this] { flush_now(); });
  }
  void resize(std::uint64_t size) override;

 private:
  /// Keeps the file and its size: the caller has used it.
  void touch() {
    touched_ = true;
    if (file_.made) file_.made->keep();
  }
  template <typename Work>
  void submit(Completion done, Work work) {
    pool_.submit(
        [done = std::move(done), work = std::move(work)]() mutable { complete_with(std::move(done), work); });
  }
  void read_now(std::uint64_t offset, std::span<std::byte> into);
  void write_now(std::uint64_t offset, std::span<const std::byte> from);
  void zero_now(std::uint64_t offset, std::uint64_t length);
  void unmap_now(std::uint64_t offset, std::uint64_t length);
  void flush_now();
  void check_writable(std::uint64_t offset, std::uint64_t length) const;
  bool goes_direct(std::uint64_t offset, std::span<const std::byte> buffer) const;

  OpenFile file_;
  std::atomic<std::uint64_t> bytes_;
  std::atomic<bool> touched_{false};
  std::atomic<bool> direct_works_{true}, zero_works_{true}, punch_works_{true};
  std::mutex flush_mutex_;
  std::optional<Error> flush_error_;
  WorkerPool pool_;  // Last: its destructor still runs requests.
};

FileDevice::~FileDevice() {
  // Only if the file still has the size that it was given: otherwise another process has changed it.
  struct stat status = {};
  if (file_.bytes_before && !file_.made && !touched_ && fstat(file_.fd.get(), &status) == 0 &&
      static_cast<std::uint64_t>(status.st_size) == file_.bytes)
    static_cast<void>(ftruncate(file_.fd.get(), static_cast<off_t>(*file_.bytes_before)) == 0);
}

Limits FileDevice::limits() const {
  Limits limits;
  limits.logical_block = file_.logical_block;
  limits.physical_block = file_.physical_block;
  limits.max_transfer = 64 * MiB;
  limits.queue_depth = 2 * kThreads;
  limits.unmap_granularity = file_.deallocates && punch_works_ ? file_.logical_block : 0;
  limits.max_unmap = file_.block_device ? 128 * MiB : GiB;
  limits.max_zero = 64 * MiB;
  limits.min_zero_run = file_.block_device ? 64 * KiB : 16 * KiB;
  limits.unmap_guaranteed = true;
  return limits;
}

std::vector<Extent> FileDevice::extents(std::uint64_t offset, std::uint64_t length) {
  check_range(*this, offset, length);
  if (length == 0) return {};
  if (file_.block_device) return {{offset, length, Extent::Kind::unknown}};
  return file_extents(name(), file_.fd.get(), bytes_, offset, length, file_.logical_block);
}

Capabilities FileDevice::capabilities() const {
  struct stat status = {};
  Capabilities result;
  result.read_only = !file_.writable;
  result.write_protected = !file_.writable && (access(file_.path.c_str(), W_OK) != 0 ||
                                               (file_.block_device && fstat(file_.fd.get(), &status) == 0 &&
                                                Sysfs().write_protected(status.st_rdev)));
  result.resizable = !file_.block_device;
  result.has_blocks = file_.block_device;
  return result;
}

void FileDevice::resize(std::uint64_t size) {
  if (file_.block_device || !file_.writable) return DeviceBase::resize(size);
  touch();
  if (ftruncate(file_.fd.get(), static_cast<off_t>(size)) != 0)
    throw system_error(name(), fmt::format("make it {} long", format_size_exact(size)), errno);
  bytes_ = size;
}

bool FileDevice::goes_direct(std::uint64_t offset, std::span<const std::byte> buffer) const {
  const auto address = reinterpret_cast<std::uintptr_t>(buffer.data());
  const std::uint64_t unit = std::max<std::uint64_t>(kDirectUnit, file_.logical_block);
  return file_.direct && direct_works_ && (offset | buffer.size() | address) % unit == 0;
}

void FileDevice::read_now(std::uint64_t offset, std::span<std::byte> into) {
  check_range(*this, offset, into.size());
  const auto stored = into.first(static_cast<std::size_t>(
      std::min<std::uint64_t>(into.size(), bytes_ - std::min<std::uint64_t>(offset, bytes_))));
  Transfer got;
  if (goes_direct(offset, stored)) {
    got = read_fully(file_.direct.get(), offset, stored);
    if (got.error == EINVAL) direct_works_ = false;
  }
  if (got.error == EINVAL || (got.error == 0 && got.bytes < stored.size())) {
    const std::size_t before = got.bytes;
    got = read_fully(file_.fd.get(), offset + before, stored.subspan(before));
    got.bytes += before;
  }
  if (got.error != 0) throw io_error(name(), "read", offset, into.size(), got.error);
  if (got.bytes < stored.size())
    throw Error(Exit::failed, name(),
                fmt::format("it ends before all of {} could be read: only {} came",
                            format_range(offset, into.size()), format_size_exact(got.bytes)),
                "it has become shorter while it was open; make sure that nothing else changes it");
  std::fill(into.begin() + static_cast<std::ptrdiff_t>(stored.size()), into.end(), std::byte{0});
}

void FileDevice::check_writable(std::uint64_t offset, std::uint64_t length) const {
  check_range(*this, offset, length);
  if (!file_.writable) throw only_read(*this);
}

void FileDevice::write_now(std::uint64_t offset, std::span<const std::byte> from) {
  check_writable(offset, from.size());
  Transfer put;
  if (goes_direct(offset, from)) {
    put = write_fully(file_.direct.get(), offset, from);
    if (put.error == EINVAL) direct_works_ = false;
    if (put.error != 0 && put.error != EINVAL)
      throw io_error(name(), "write", offset, from.size(), put.error);
  }
  put = write_fully(file_.fd.get(), offset + put.bytes, from.subspan(put.bytes));
  if (put.error != 0) throw io_error(name(), "write", offset, from.size(), put.error);
}

void FileDevice::zero_now(std::uint64_t offset, std::uint64_t length) {
  check_writable(offset, length);
  if (length == 0) return;
  if (zero_works_) {
    const int error =
        fallocate_fully(file_.fd.get(), FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, length);
    if (error == 0) return;
    if (!unsupported(error)) throw io_error(name(), "write zeros to", offset, length, error);
    zero_works_ = false;
  }
  for (std::uint64_t done = 0; done < length;) {
    const std::uint64_t part = std::min<std::uint64_t>(zeros.size(), length - done);
    write_now(offset + done, std::span(zeros).first(static_cast<std::size_t>(part)));
    done += part;
  }
}

void FileDevice::unmap_now(std::uint64_t offset, std::uint64_t length) {
  check_writable(offset, length);
  if (length > 0 && file_.deallocates && punch_works_) {
    // On a regular file, a hole. On a block device the kernel deallocates if that is sure to leave zeros,
    // and otherwise fails (block/fops.c: BLKDEV_ZERO_NOFALLBACK), unlike BLKDISCARD, which promises nothing.
    const int error =
        fallocate_fully(file_.fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
    if (error == 0) return;
    if (!unsupported(error)) throw io_error(name(), "deallocate", offset, length, error);
    punch_works_ = false;
  }
  zero_now(offset, length);
}

void FileDevice::flush_now() {
  // A failed fsync(2) marks the pages clean, and the next one succeeds although the data is lost.
  const std::scoped_lock lock(flush_mutex_);
  if (flush_error_) throw Error(*flush_error_);
  if (!file_.writable) return;
  int error = 0;
  while (fdatasync(file_.fd.get()) != 0) {
    if (errno == EINTR) continue;
    error = errno;
    break;
  }
  if (error == 0 && file_.created) {
    const std::filesystem::path parent = std::filesystem::path(name()).parent_path();
    const Fd directory = open_path(parent.empty() ? "." : parent.string(), O_RDONLY | O_DIRECTORY);
    // A directory that may not be read, or that cannot be synced at all, is not an error of the data.
    if (directory && fsync(directory.get()) != 0 && errno == EIO) error = errno;
    if (error == 0) file_.created = false;
  }
  if (error == 0) return;
  flush_error_ = Error(Exit::failed, name(),
                       fmt::format("cannot bring what was written to stable storage: {}", errno_text(error)),
                       "some of it is lost: see the kernel's log (dmesg), and clone again");
  throw Error(*flush_error_);
}

}  // namespace

std::unique_ptr<Device> open_file(const std::string& path, const FileOptions& options) {
  return std::make_unique<FileDevice>(open_checked(path, options));
}

}  // namespace san
