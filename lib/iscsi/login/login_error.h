// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "core/error.h"
#include "iscsi/login/credentials.h"

namespace san::iscsi {

/// The target answered the login, with a no.
class LoginRefused : public Error {
 public:
  using Error::Error;
  /// It said that it may be otherwise soon: status 0301h, service unavailable.
  bool passing = false;
};

/// Whether libiscsi's text says that the target has moved (status class 1).
bool is_redirection(const std::string& libiscsi_text);

/// The TCP connection to `address` did not come about; `timed_out` after `timeout`, else for the reason in
/// libiscsi's text.
Error connect_error(const std::string& url, const std::string& address, bool timed_out,
                    std::chrono::milliseconds timeout, const std::string& libiscsi_text);

/// Connected, but the login got no answer: in time, or because the target closed the connection.
Error login_silent_error(const std::string& url, const std::string& address, bool timed_out,
                         std::chrono::milliseconds timeout);

/// The login was answered by a status (RFC 7143, 11.13.5), which libiscsi gives as "…(513)" at the end of its
/// text, or failed in our own CHAP check of the target.
LoginRefused login_error(const std::string& url, const Credentials& credentials,
                         const std::string& libiscsi_text);

}  // namespace san::iscsi
