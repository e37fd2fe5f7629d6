// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "core/error.h"
#include "iscsi/login/credentials.h"

namespace san::iscsi {

/// The error of a login that the target refused.
class LoginRefused : public Error {
 public:
  using Error::Error;
  /// True if a later login may succeed: status 0301h, service unavailable.
  bool passing = false;
};

/// Returns true if libiscsi's text reports that the target has moved (status class 1).
bool is_redirection(const std::string& libiscsi_text);

/// Returns the error of a TCP connection to `address` that failed: after `timeout` if `timed_out`, else for
/// the reason in libiscsi's text.
Error connect_error(const std::string& url, const std::string& address, bool timed_out,
                    std::chrono::milliseconds timeout, const std::string& libiscsi_text);

/// Returns the error of a login without an answer: it timed out, or the target closed the connection.
Error login_silent_error(const std::string& url, const std::string& address, bool timed_out,
                         std::chrono::milliseconds timeout);

/// Returns the error of a login that was answered by a status (RFC 7143, 11.13.5), which libiscsi gives as
/// "…(513)" at the end of its text, or that failed in this initiator's own CHAP check of the target.
LoginRefused login_error(const std::string& url, const Credentials& credentials,
                         const std::string& libiscsi_text);

}  // namespace san::iscsi
