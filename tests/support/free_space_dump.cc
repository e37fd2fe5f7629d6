// SPDX-License-Identifier: Apache-2.0
// free-space-dump [--min-run BYTES] [--max-ranges N] [--fill COPY] FILE [OFFSET [LENGTH]]: what
// read_free_space() says of a partition, and with --fill, 0xFF into all that is free, in COPY. First a line
// of "key=value" fields (why last, it has spaces), then "OFFSET LENGTH" for every free range.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "filesystem/free_space.h"

namespace {

/// A file, read in the calling thread. Whatever writes is a mistake of the reader.
class ReadOnlyFile final : public san::Device {
 public:
  explicit ReadOnlyFile(const char* path) : name_(path), fd_(open(path, O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (fd_ < 0 || fstat(fd_, &status) != 0) throw san::system_error(name_, "open it", errno);
    size_ = static_cast<std::uint64_t>(status.st_size) / 512 * 512;
  }
  ~ReadOnlyFile() override { close(fd_); }
  ReadOnlyFile(const ReadOnlyFile&) = delete;
  ReadOnlyFile& operator=(const ReadOnlyFile&) = delete;

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  san::Limits limits() const override {
    san::Limits limits;
    limits.max_transfer = san::MiB;
    return limits;
  }
  bool read_only() const override { return true; }
  std::vector<san::Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return {{offset, length, san::Extent::Kind::unknown}};
  }
  void read(std::uint64_t offset, std::span<std::byte> into, san::Completion done) override {
    san::check_range(*this, offset, into.size());
    const ssize_t got = pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got == static_cast<ssize_t>(into.size())) return done(nullptr);
    const san::Error error = san::system_error(name_, "read it", errno);
    done(&error);
  }
  void write(std::uint64_t, std::span<const std::byte>, san::Completion) override { std::abort(); }
  void zero(std::uint64_t, std::uint64_t, san::Completion) override { std::abort(); }
  void unmap(std::uint64_t, std::uint64_t, san::Completion) override { std::abort(); }
  void flush(san::Completion) override { std::abort(); }

 private:
  std::string name_;
  int fd_;
  std::uint64_t size_ = 0;
};

void fill(const char* path, const std::vector<san::ByteRange>& ranges) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  const std::vector<std::byte> ones(san::MiB, std::byte{0xff});
  for (const san::ByteRange& range : ranges) {
    for (std::uint64_t done = 0; done < range.length;) {
      const std::size_t size = std::min<std::uint64_t>(ones.size(), range.length - done);
      const ssize_t put = pwrite(fd, ones.data(), size, static_cast<off_t>(range.offset + done));
      if (put <= 0) throw san::system_error(path, "write it", errno);
      done += static_cast<std::uint64_t>(put);
    }
  }
  close(fd);
}

}  // namespace

int main(int argc, char** argv) try {
  san::FreeSpaceOptions options;
  const char* copy = nullptr;
  int at = 1;
  for (; at + 1 < argc && std::string_view(argv[at]).starts_with("--"); at += 2) {
    const std::string_view option = argv[at];
    if (option == "--fill") {
      copy = argv[at + 1];
      continue;
    }
    const std::uint64_t value = std::strtoull(argv[at + 1], nullptr, 0);
    if (option == "--min-run")
      options.min_run = value;
    else if (option == "--max-ranges")
      options.max_ranges = value;
    else
      return 2;
  }
  if (at >= argc) return 2;
  ReadOnlyFile file(argv[at]);
  const std::uint64_t offset = at + 1 < argc ? std::strtoull(argv[at + 1], nullptr, 0) : 0;
  const std::uint64_t length = at + 2 < argc ? std::strtoull(argv[at + 2], nullptr, 0) : file.size() - offset;
  const san::FreeSpace space = san::read_free_space(file, offset, length, options);
  std::string type = space.type;
  std::replace(type.begin(), type.end(), ' ', '-');
  fmt::print("type={} known={} dirty={} size={} free={} min_run={} ranges={} uuid={} label={} why={}\n", type,
             space.known, space.dirty, space.size, space.free_bytes, space.min_run, space.free.size(),
             space.uuid, space.label, space.why_whole);
  for (const san::ByteRange& range : space.free) fmt::print("{} {}\n", range.offset, range.length);
  if (copy != nullptr) fill(copy, space.free);
  return 0;
} catch (const san::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return static_cast<int>(error.code());
}
