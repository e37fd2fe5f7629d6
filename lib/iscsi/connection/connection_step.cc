// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/connection_step.h"

#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "iscsi/connection/service_watch.h"
#include "iscsi/connection/wire_tap.h"

namespace san::iscsi {
namespace {

using Clock = std::chrono::steady_clock;

/// Joins a header and its payload, which libiscsi sends by send() and writev(), into full segments. It sets
/// TCP_NODELAY, and for targets with PDUs of 8 KiB each PDU would take two packets.
class Cork {
 public:
  explicit Cork(int fd) : fd_(fd) { set(1); }
  ~Cork() { set(0); }
  Cork(const Cork&) = delete;
  Cork& operator=(const Cork&) = delete;

 private:
  void set(int on) const { setsockopt(fd_, IPPROTO_TCP, TCP_CORK, &on, sizeof(on)); }
  int fd_;
};

}  // namespace

void Step::on_done(iscsi_context* context, int status, void*, void* step) {
  auto* self = static_cast<Step*>(step);
  self->finished = true;
  self->status = status;
  if (status != SCSI_STATUS_GOOD) self->error = iscsi_get_error(context);
}

bool service(iscsi_context* context, WireCheck& wire, const std::string& name, int events) {
  const int fd = iscsi_get_fd(context);
  if (fd < 0) return false;
  const ServiceWatch::Call call(name);
  const WireTap tap(wire, fd);
  if ((events & POLLOUT) == 0) return iscsi_service(context, events) == 0;
  const Cork cork(fd);
  return iscsi_service(context, events) == 0;
}

bool wait_for(iscsi_context* context, WireCheck& wire, const std::string& name, const Step& step,
              Clock::time_point deadline, const std::function<bool()>& keep_going, LoginKeys* keys) {
  while (!step.finished) {
    if (Clock::now() >= deadline || (keep_going && !keep_going())) return false;
    pollfd one = {iscsi_get_fd(context), static_cast<short>(iscsi_which_events(context)), 0};
    if (poll(&one, 1, 200) <= 0) continue;
    const LoginKeys::Listening listening(keys);
    if (!service(context, wire, name, one.revents)) return step.finished;
  }
  return true;
}

}  // namespace san::iscsi
