// SPDX-License-Identifier: Apache-2.0
// One attempt of a Connection to log in at one address.
#include <fmt/core.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

#include <algorithm>
#include <charconv>

#include "core/text/printable.h"
#include "iscsi/connection/connection.h"
#include "iscsi/connection/connection_step.h"
#include "iscsi/login/login_error.h"

namespace san::iscsi {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

void Connection::open(const Login& login, const Portal& address, std::string& redirect) {
  const std::string& url = name_;
  const bool discovery = login.target.empty();
  context_ = iscsi_create_context(login.credentials.initiator.c_str());
  if (context_ == nullptr) throw Error(Exit::failed, url, "libiscsi cannot make a context: out of memory");
  lost_ = false;
  wire_ = std::make_unique<WireCheck>();
  iscsi_set_noautoreconnect(context_, 1);
  iscsi_set_reconnect_max_retries(context_, 0);
  iscsi_set_isid_random(context_, login.isid, login.isid_qualifier);
  iscsi_set_session_type(context_, discovery ? ISCSI_SESSION_DISCOVERY : ISCSI_SESSION_NORMAL);
  iscsi_set_header_digest(context_, ISCSI_HEADER_DIGEST_NONE_CRC32C);
  // A target may answer a write before it has taken all of its data. libiscsi 1.19 then forgets the command's
  // PDU even if it has sent only half of it, and the target takes the next bytes for the other half. Without
  // immediate data that PDU is only a header, which cannot be answered before it is complete; Data-Out PDUs
  // are sent to their end.
  iscsi_set_immediate_data(context_, ISCSI_IMMEDIATE_DATA_NO);
  bool usable = discovery || iscsi_set_targetname(context_, login.target.c_str()) == 0;
  const Credentials& who = login.credentials;
  if (!who.user.empty())
    usable = usable && iscsi_set_initiator_username_pwd(context_, who.user.c_str(), who.secret.c_str()) == 0;
  if (!who.target_user.empty())
    usable = usable &&
             iscsi_set_target_username_pwd(context_, who.target_user.c_str(), who.target_secret.c_str()) == 0;
  if (!usable) throw Error(Exit::failed, url, fmt::format("libiscsi: {}", iscsi_get_error(context_)));

  const auto begun = Clock::now();
  const auto deadline = std::min(begun + login.timeout, login.until.value_or(Clock::time_point::max()));
  const auto allowed = std::chrono::ceil<milliseconds>(std::max(deadline - begun, Clock::duration::zero()));
  const std::string where = to_string(address);
  Step step;
  // Destroying the context calls the callbacks of pending operations, so it must happen while `step` is
  // alive.
  const auto fail = [this](const auto& error) {
    close();
    throw error;
  };
  const bool started = iscsi_connect_async(context_, where.c_str(), Step::on_done, &step) == 0;
  if (!started || !wait_for(context_, *wire_, name_, step, deadline, login.keep_going) ||
      step.status != SCSI_STATUS_GOOD)
    fail(connect_error(url, where, started && !step.finished && Clock::now() >= deadline, allowed,
                       step.finished ? step.error : iscsi_get_error(context_)));

  step = {};
  LoginKeys keys(context_);
  const bool sent = iscsi_login_async(context_, Step::on_done, &step) == 0;
  if (!sent || !wait_for(context_, *wire_, name_, step, deadline, login.keep_going, &keys)) {
    if (const std::string broken = fault(); !broken.empty())
      fail(Error(Exit::failed, url, broken, "look at the target's log"));
    fail(login_silent_error(url, where, sent && Clock::now() >= deadline, allowed));
  }
  if (step.status == SCSI_STATUS_REDIRECT || is_redirection(step.error)) {
    const char* address_given = iscsi_get_target_address(context_);
    redirect = address_given != nullptr ? address_given : "";
    if (redirect.empty())
      fail(Error(Exit::failed, url, "the target redirects the login without saying where"));
  } else if (step.status == SCSI_STATUS_CANCELLED) {
    fail(login_silent_error(url, where, false, allowed));
  } else if (step.status != SCSI_STATUS_GOOD) {
    fail(login_error(url, login.credentials, step.error));
  } else {
    if (!wire_->logged_in())
      fail(Error(Exit::failed, url, "this program cannot see what libiscsi reads, and so cannot judge it",
                 "link it with libsanboot in front of libc"));
    negotiated_ = keys.keys();
    check_negotiated(url);
  }
}

void Connection::check_negotiated(const std::string& url) const {
  const auto digest = negotiated_.find("DataDigest");
  if (digest != negotiated_.end() && digest->second != "None")
    throw Error(Exit::failed, url,
                fmt::format("the target insists on DataDigest={}, which is not known here",
                            printable(digest->second)),
                "let the target take DataDigest=None as well; digests of headers are known");
  // RFC 7143, 13.12. With a length of 0 libiscsi 1.19 would send Data-Out PDUs without data, endlessly.
  const auto found = negotiated_.find("MaxRecvDataSegmentLength");
  if (found == negotiated_.end()) return;
  const std::string& text = found->second;
  unsigned length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  if (length < 512 || length > 0xFFFFFF)
    throw Error(
        Exit::failed, url,
        fmt::format("the target negotiates a MaxRecvDataSegmentLength of {}, which no target may have",
                    printable(text)),
        "look at the target's configuration");
}

}  // namespace san::iscsi
