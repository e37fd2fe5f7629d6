// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/first_session.h"

#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "iscsi/connection/lost_session.h"
#include "iscsi/connection/scsi_transport.h"
#include "iscsi/login/login_error.h"
#include "iscsi/lun/query_lun.h"
#include "iscsi/session/buffer_warm_up.h"

namespace san::iscsi {
namespace {

/// Maximum number of attempts.
constexpr int kTries = 5;

/// Makes the first login. A target that is just starting, or failing over, reports it and gets a few more
/// attempts.
std::unique_ptr<CommandChannel> log_in_patiently(const LogIn& log_in, const SessionClock& clock) {
  for (int tries = 1;; ++tries) {
    try {
      return log_in([] { return !Interrupt::requested(); });
    } catch (const LoginRefused& refused) {
      if (!refused.passing || tries == kTries) throw;
      log::info("{}", refused.what());
    } catch (const Error&) {
      Interrupt::check("");  // if the login was given up for that
      throw;
    }
    Interrupt::check("");
    clock.wait(-1, std::chrono::seconds(tries));
  }
}

}  // namespace

std::unique_ptr<CommandChannel> begin_session(const LogIn& log_in, const std::string& name,
                                              const SessionClock& clock, Reserver& reserver, LunInfo& lun) {
  std::unique_ptr<CommandChannel> connection;
  over_lost_sessions(name, std::nullopt, [&] {
    connection.reset();  // before the next login: there are targets that allow an initiator only one session
    connection = log_in_patiently(log_in, clock);
    ConnectionTransport transport(*connection);
    lun = query_lun(transport, LunDepth::device);
    warm_up_buffers(transport, lun.inquiry.value());
    if (!lun.mode.write_protected.value_or(false)) reserver.take(transport);
    if (reserver.holds() || connection->run(std::chrono::milliseconds(0))) return;
    throw ConnectionLost(name, describe(Answer{}), "check the target and the network, then start again");
  });
  return connection;
}

}  // namespace san::iscsi
