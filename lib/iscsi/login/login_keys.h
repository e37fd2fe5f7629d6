// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

struct iscsi_context;

namespace san::iscsi {

/// The keys with which a target answers a login (RFC 7143, 13). libiscsi 1.19 has no function that returns
/// the negotiated values, but it logs each key; so this class reads its log. A context for which
/// LIBISCSI_DEBUG is set keeps its log, and no key is collected.
class LoginKeys {
 public:
  using Keys = std::map<std::string, std::string>;

  explicit LoginKeys(iscsi_context* context) : context_(context) {}

  /// Returns the keys collected so far, without those of CHAP.
  const Keys& keys() const { return keys_; }

  /// Sends the context's log to `keys` (if not null) for the lifetime of the object. libiscsi composes
  /// messages in a static buffer, so one thread at a time may listen; the others block.
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
