// SPDX-License-Identifier: Apache-2.0
// floor PORTAL TARGET LUN IMAGE SESSIONS DEPTH: the plainest libiscsi writer. The data of the image (not its
// holes) are in memory before the clock starts; then each session writes its share in requests of 1 MiB,
// DEPTH at a time, and a SYNCHRONIZE CACHE ends it. No hash, no zero test, no retry, no check of the target:
// what is left is what libiscsi, the kernel and the target cost. Prints the seconds from before the login to
// after the flush.
#include <fcntl.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::uint32_t kRequest = 1 << 20, kBlock = 512;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "floor: %s\n", what.c_str());
  std::exit(3);
}

struct Piece {
  std::uint64_t offset;
  std::vector<unsigned char> bytes;
};

std::vector<Piece> load(const char* path) {
  const int fd = open(path, O_RDONLY);
  struct stat status = {};
  if (fd < 0 || fstat(fd, &status) != 0) die(std::string("cannot open ") + path);
  std::vector<Piece> pieces;
  for (off_t at = 0; (at = lseek(fd, at, SEEK_DATA)) >= 0;) {
    const off_t end = lseek(fd, at, SEEK_HOLE);
    for (; at < end; at += static_cast<off_t>(pieces.back().bytes.size())) {
      const auto length = static_cast<std::size_t>(std::min<off_t>(kRequest, end - at));
      pieces.push_back({static_cast<std::uint64_t>(at), std::vector<unsigned char>(length)});
      if (pread(fd, pieces.back().bytes.data(), length, at) != static_cast<ssize_t>(length))
        die("short read");
    }
  }
  close(fd);
  return pieces;
}

class Writer {
 public:
  Writer(const char* portal, const char* target, int lun, unsigned depth)
      : context_(iscsi_create_context("iqn.2026-11.org.example:floor")), lun_(lun), depth_(depth) {
    iscsi_set_session_type(context_, ISCSI_SESSION_NORMAL);
    iscsi_set_targetname(context_, target);
    if (iscsi_full_connect_sync(context_, portal, lun) != 0) die(iscsi_get_error(context_));
  }
  ~Writer() { iscsi_destroy_context(context_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Every `step`th piece from `first` on.
  void write(std::vector<Piece>& pieces, std::size_t first, std::size_t step) {
    next_ = first;
    while (next_ < pieces.size() || under_way_ > 0) {
      for (; under_way_ < depth_ && next_ < pieces.size(); next_ += step) submit(pieces[next_]);
      pollfd one = {iscsi_get_fd(context_), static_cast<short>(iscsi_which_events(context_)), 0};
      if (poll(&one, 1, 10'000) <= 0) die("no answer for 10 s");
      if (iscsi_service(context_, one.revents) != 0) die(iscsi_get_error(context_));
    }
  }

  void flush() {
    scsi_task* task = iscsi_synchronizecache10_sync(context_, lun_, 0, 0, 0, 0);
    if (task == nullptr || task->status != SCSI_STATUS_GOOD) die("SYNCHRONIZE CACHE failed");
    scsi_free_scsi_task(task);
  }

 private:
  struct Write {
    Writer& owner;
    scsi_iovec iov;
  };

  void submit(Piece& piece) {
    auto write = std::make_unique<Write>(Write{*this, {piece.bytes.data(), piece.bytes.size()}});
    const auto length = static_cast<std::uint32_t>(piece.bytes.size());
    if (iscsi_write16_iov_task(context_, lun_, piece.offset / kBlock, nullptr, length, kBlock, 0, 0, 0, 0, 0,
                               done, write.get(), &write->iov, 1) == nullptr)
      die(iscsi_get_error(context_));
    static_cast<void>(write.release());  // done() has it
    ++under_way_;
  }

  static void done(iscsi_context*, int status, void* data, void* private_data) {
    const std::unique_ptr<Write> write(static_cast<Write*>(private_data));
    if (status != SCSI_STATUS_GOOD) die("a write failed");
    scsi_free_scsi_task(static_cast<scsi_task*>(data));
    --write->owner.under_way_;
  }

  iscsi_context* context_;
  int lun_;
  unsigned depth_, under_way_ = 0;
  std::size_t next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) die("usage: floor PORTAL TARGET LUN IMAGE SESSIONS DEPTH");
  const int lun = std::stoi(argv[3]);
  const auto sessions = std::stoul(argv[5]);
  const auto depth = static_cast<unsigned>(std::stoul(argv[6]));
  auto pieces = load(argv[4]);

  const auto began = std::chrono::steady_clock::now();
  std::vector<std::unique_ptr<Writer>> writers;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < sessions; ++i)
    writers.push_back(std::make_unique<Writer>(argv[1], argv[2], lun, depth));
  for (std::size_t i = 0; i < sessions; ++i)
    threads.emplace_back([&, i] { writers[i]->write(pieces, i, sessions); });
  for (auto& thread : threads) thread.join();
  writers[0]->flush();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  std::printf("%.3f\n", seconds.count());
}
