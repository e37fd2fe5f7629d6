// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "block/device.h"
#include "block/nbd/nbd_url.h"
#include "system/fd.h"

struct nbd_handle;

namespace san {

/// What is common to all connections to a server.
struct NbdContext {
  NbdServer server;
  std::string name;  ///< for messages
  /// What is known of the end of a server that went away ("it was killed by signal 9"); may be empty.
  std::function<std::string()> why_gone;
  /// Ask for each read in one piece (NBD_CMD_FLAG_DF), where the server can: qemu-nbd then answers a read
  /// that fails, and ends the connection otherwise.
  bool whole_answers = false;
  /// What to do about a request that the server failed.
  std::string advice = "look at the log of the NBD server";

  std::chrono::milliseconds connect_timeout{30'000};
  /// Time without any answer after which a stall is reported…
  std::chrono::milliseconds silence{4'000};
  /// …and after which it is given up…
  std::chrono::milliseconds timeout{45'000};
  /// …also where only a flush is pending: a slow disk behind a large cache takes minutes.
  std::chrono::milliseconds flush_timeout{600'000};
};

struct NbdRequest {
  enum class Op { read, write, zero, zero_allocated, flush, status };
  Op op = Op::read;
  std::uint64_t offset = 0, length = 0;
  std::byte* into = nullptr;
  const std::byte* from = nullptr;
  /// For `status`: pairs of a length and the flags of base:allocation are put here.
  std::vector<std::uint32_t>* status = nullptr;
  Completion done;
};

/// One connection to an NBD server, with a thread of its own that sends, receives and completes. Thread-safe.
class NbdConnection {
 public:
  /// Connects and shakes hands. Throws Error(failed), and Error(interrupted) after a signal.
  explicit NbdConnection(NbdContext context);
  /// Waits for what is under way, says goodbye and closes.
  ~NbdConnection();
  NbdConnection(const NbdConnection&) = delete;
  NbdConnection& operator=(const NbdConnection&) = delete;

  void submit(NbdRequest request);
  /// Requests not yet done.
  std::size_t pending() const { return pending_; }
  /// Ends everything with an error, now and from now on.
  void cancel();

  /// What the server said of the disk.
  struct Properties {
    std::uint64_t size = 0;
    std::uint64_t min_block = 0, preferred_block = 0, max_transfer = 0;  ///< 0: it did not say
    bool read_only = false, can_flush = false, can_zero = false, multi_conn = false, can_status = false;
    bool can_answer_whole = false;
  };
  const Properties& properties() const { return properties_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Close {
    void operator()(nbd_handle* handle) const;
  };
  struct Ticket;

  void connect();
  Properties ask() const;
  Error failure(const std::string& doing) const;
  void run();
  void start_queued();
  bool start(std::uint64_t id, const NbdRequest& request);
  /// Waits for the socket or for a request, and lets libnbd do what can be done.
  bool turn(std::chrono::milliseconds timeout);
  void complete();
  void watch();
  void end(const Error& error);
  void goodbye();
  bool alive() const;
  Error gone() const;

  const NbdContext context_;
  std::unique_ptr<nbd_handle, Close> handle_;
  Properties properties_;
  Fd wake_;
  std::atomic<std::size_t> pending_{0};
  std::mutex mutex_;
  std::deque<NbdRequest> queue_;
  std::optional<Error> ended_;
  bool quit_ = false, cancelled_ = false;
  // Of the thread alone.
  std::map<std::uint64_t, NbdRequest> in_flight_;
  std::vector<std::pair<std::uint64_t, int>> answered_;  ///< and the errno
  std::uint64_t ids_ = 0;
  Clock::time_point progress_, reported_;
  std::thread thread_;
};

}  // namespace san
