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

namespace san::iscsi {

/// The pairs KEY=VALUE of a login PDU, each ended by a zero byte (RFC 7143, 6.1); what is no pair is left
/// out.
std::vector<std::pair<std::string, std::string>> parse_login_text(std::span<const std::byte> bytes);

/// The bytes of a binary value "0x…" or "0b…" (RFC 7143, 6.1); nothing for anything else.
std::optional<std::string> decode_binary(std::string_view text);

/// The login phase as iPXE's initiator leads it (its src/net/tcp/iscsi.c): the keys that it offers, in its
/// order, and what it makes of the answers. No connection is part of it: request() is what to send, take()
/// gets what came.
class IpxeNegotiation {
 public:
  struct Request {
    std::uint8_t flags = 0;  ///< byte 1 of the Login Request (RFC 7143, 11.12)
    std::string text;
  };

  /// `challenge`: what a target has to answer in mutual CHAP: an identifier and 16 bytes, random.
  IpxeNegotiation(Credentials who, std::string target, std::string challenge);

  Request request() const;
  /// A Login Response: byte 1, status class and detail, text.
  void take(std::uint8_t flags, std::uint16_t status, std::span<const std::byte> text);

  /// Nothing more is to be sent: it is logged in, refused, sent elsewhere, or iPXE would give up.
  bool over() const { return logged_in_ || status_ != 0 || !fault_.empty(); }
  bool logged_in() const { return logged_in_; }
  /// Status class and detail (RFC 7143, 11.13.5); 0 while there was no refusal.
  std::uint16_t status() const { return status_; }
  /// Why iPXE would give up, a clause; empty: it would not.
  const std::string& fault() const { return fault_; }
  /// Whether the target asked for CHAP.
  bool chap() const { return chap_; }
  /// What the target answered; keys of CHAP are left out.
  const LoginKeys::Keys& answered() const { return answered_; }

 private:
  enum class Next { security, algorithm, response, operational, nothing };

  void take_key(const std::string& key, const std::string& value);
  void take_chap(const std::string& key, const std::string& value);
  void respond();
  void arrive();
  std::string operational() const;

  Credentials who_;
  std::string target_, challenge_;
  Next next_ = Next::security;
  std::uint8_t stage_ = 0;  ///< 0 security, 1 operational
  bool logged_in_ = false, chap_ = false, target_proven_ = false;
  std::uint16_t status_ = 0;
  std::string fault_, identifier_, their_challenge_, their_name_, response_;
  LoginKeys::Keys answered_;
};

}  // namespace san::iscsi
