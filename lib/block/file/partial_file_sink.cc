// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>

#include "block/byte_sink.h"
#include "system/file/atomic_file.h"
#include "system/file/file_name.h"
#include "system/file_io.h"

namespace san {
namespace {

constexpr AtomicFile::Options kOptions = {.mode = 0600,
                                          .temporary = AtomicFile::Temporary::partial,
                                          .link = AtomicFile::Link::followed,
                                          .busy = "in use: another clone writes it",
                                          .busy_hint = ""};

class PartialFileSink final : public ByteSink {
 public:
  explicit PartialFileSink(const std::string& path) : name_(path), file_(path, kOptions) {}

  void put(std::span<const std::byte> bytes) override {
    const Transfer put = write_fully(file_.fd(), position_, bytes);
    if (put.error != 0) throw io_error(name_, "write", position_, bytes.size(), put.error);
    position_ += bytes.size();
  }
  void flush() override {
    if (fdatasync(file_.fd()) == 0 || errno == EINTR) return;
    throw Error(Exit::failed, name_,
                fmt::format("cannot bring what was written to stable storage: {}", errno_text(errno)),
                "some of it is lost: see the kernel's log (dmesg), and clone again");
  }
  void commit() override { file_.replace(); }
  int readable() const override { return file_.fd(); }

 private:
  const std::string name_;
  AtomicFile file_;
  std::uint64_t position_ = 0;
};

}  // namespace

std::unique_ptr<ByteSink> partial_file_sink(const std::string& path) {
  check_directory_of(path);
  return std::make_unique<PartialFileSink>(path);
}

}  // namespace san
