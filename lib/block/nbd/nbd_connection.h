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

/// Settings shared by all connections to a server.
struct NbdContext {
  NbdServer server;
  std::string name;  ///< name for messages
  /// Returns the reason for the end of a server ("it was killed by signal 9"), or an empty text; may be null.
  std::function<std::string()> why_gone;
  /// True to ask for each read in one piece (NBD_CMD_FLAG_DF), if the server supports it: then qemu-nbd
  /// answers a failed read, where it would otherwise end the connection.
  bool whole_answers = false;
  /// Advice for a request that the server failed.
  Hint advice = "look at the log of the NBD server";

  std::chrono::milliseconds connect_timeout{30'000};
  /// Time without progress after which a stall is reported.
  std::chrono::milliseconds silence{4'000};
  /// Time without progress after which the connection fails.
  std::chrono::milliseconds timeout{45'000};
  /// Timeout if only flushes are pending: a slow disk behind a large cache takes minutes.
  std::chrono::milliseconds flush_timeout{600'000};
};

/// A request. Only the fields that `op` needs are used.
struct NbdRequest {
  enum class Op { read, write, zero, zero_allocated, flush, status };
  Op op = Op::read;
  std::uint64_t offset = 0, length = 0;
  std::byte* into = nullptr;
  const std::byte* from = nullptr;
  /// Result of `status`: pairs of a length and the flags of base:allocation.
  std::vector<std::uint32_t>* status = nullptr;
  Completion done;
};

/// One connection to an NBD server, with its own thread that sends, receives and completes. Thread-safe.
class NbdConnection {
 public:
  /// Connects and does the handshake. Throws Error(failed), and Error(interrupted) after a signal.
  explicit NbdConnection(NbdContext context);
  /// Waits for the pending requests, disconnects and closes.
  ~NbdConnection();
  NbdConnection(const NbdConnection&) = delete;
  NbdConnection& operator=(const NbdConnection&) = delete;

  void submit(NbdRequest request);
  /// Returns the number of requests that are not yet complete.
  std::size_t pending() const { return pending_; }
  /// Fails all requests, also later ones, with Error(interrupted).
  void cancel();

  /// Properties of the export, as reported by the server.
  struct Properties {
    std::uint64_t size = 0;
    std::uint64_t min_block = 0, preferred_block = 0, max_transfer = 0;  ///< 0: not reported
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
  /// Waits for the socket or for a request, at most `timeout`, and has libnbd process the socket. Returns
  /// false if that failed.
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
  // Used by the thread only.
  std::map<std::uint64_t, NbdRequest> in_flight_;
  std::vector<std::pair<std::uint64_t, int>> answered_;  ///< id of each answered request, and its errno
  std::uint64_t ids_ = 0;
  Clock::time_point progress_, reported_;
  std::thread thread_;
};

}  // namespace san
