// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

struct iscsi_context;

namespace san::iscsi {

/// The keys with which a target answers a login (RFC 7143, 13). libiscsi 1.19 has no function that tells what
/// was negotiated, but it logs each key; so the log is listened to. A context for which LIBISCSI_DEBUG is set
/// keeps its log, and no key is heard.
class LoginKeys {
 public:
  using Keys = std::map<std::string, std::string>;

  explicit LoginKeys(iscsi_context* context) : context_(context) {}

  /// What was heard. Keys of CHAP are left out.
  const Keys& keys() const { return keys_; }

  /// While it lives the context's log goes to `keys` (if not null). libiscsi composes messages in a static
  /// buffer, so one thread at a time may listen; the others wait.
  class Listening {
   public:
    explicit Listening(LoginKeys* keys);
    ~Listening();
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

   private:
    LoginKeys* keys_;
  };

 private:
  void hear(const std::string& message);

  iscsi_context* context_;
  Keys keys_;
};

}  // namespace san::iscsi
