// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "iscsi/login/credentials.h"
#include "iscsi/login/login_keys.h"

namespace san::preflight {

/// Returns the pairs KEY=VALUE of a login PDU, each ended by a zero byte (RFC 7143, 6.1). Malformed pairs are
/// skipped.
std::vector<std::pair<std::string, std::string>> parse_login_text(std::span<const std::byte> bytes);

/// Decodes a binary value "0x…" or "0b…" (RFC 7143, 6.1); nothing for any other text.
std::optional<std::string> decode_binary(std::string_view text);

/// The login phase of iPXE's initiator (its src/net/tcp/iscsi.c): the keys that it offers, in its order, and
/// its reactions to the answers. No connection is involved: request() returns the PDU to send, take()
/// processes the response.
class IpxeNegotiation {
 public:
  struct Request {
    std::uint8_t flags = 0;  ///< byte 1 of the Login Request (RFC 7143, 11.12)
    std::string text;
  };

  /// Starts a negotiation. `challenge` is sent to the target in mutual CHAP: an identifier and 16 random
  /// bytes.
  IpxeNegotiation(iscsi::Credentials who, std::string target, std::string challenge);

  Request request() const;
  /// Processes a Login Response: byte 1, status class and detail, text.
  void take(std::uint8_t flags, std::uint16_t status, std::span<const std::byte> text);

  /// True if no further request is to be sent: the login is complete, refused or redirected, or iPXE would
  /// give up.
  bool over() const { return logged_in_ || status_ != 0 || !fault_.empty(); }
  bool logged_in() const { return logged_in_; }
  /// Returns status class and detail (RFC 7143, 11.13.5); 0 unless the login was refused or redirected.
  std::uint16_t status() const { return status_; }
  /// Returns the reason why iPXE would give up, a clause; empty if it would not.
  const std::string& fault() const { return fault_; }
  /// True if the target asked for CHAP.
  bool chap() const { return chap_; }
  /// Returns the keys that the target answered, without those of CHAP.
  const iscsi::LoginKeys::Keys& answered() const { return answered_; }

 private:
  enum class Next { security, algorithm, response, operational, nothing };

  void take_key(const std::string& key, const std::string& value);
  void take_chap(const std::string& key, const std::string& value);
  void respond();
  void arrive();
  std::string operational() const;

  iscsi::Credentials who_;
  std::string target_, challenge_;
  Next next_ = Next::security;
  std::uint8_t stage_ = 0;  ///< 0 security, 1 operational
  bool logged_in_ = false, chap_ = false, target_proven_ = false;
  std::uint16_t status_ = 0;
  std::string fault_, identifier_, their_challenge_, their_name_, response_;
  iscsi::LoginKeys::Keys answered_;
};

}  // namespace san::preflight
