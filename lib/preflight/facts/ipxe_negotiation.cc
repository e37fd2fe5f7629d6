// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/ipxe_negotiation.h"

#include <fmt/core.h>

#include <charconv>

#include "core/md5.h"
#include "core/text/table.h"
#include "iscsi/scsi/bytes.h"

namespace san::preflight {
namespace {

// Login Request and Response, byte 1 (RFC 7143, 11.12.1 to 11.12.4).
constexpr std::uint8_t kTransit = 0x80, kContinue = 0x40;
constexpr std::uint8_t kOperational = 1, kFullFeature = 3;

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string with_hex(const std::string& bytes) {
  return "0x" + iscsi::hex(std::as_bytes(std::span(bytes)));
}

std::optional<std::string> decode_hex(std::string_view digits) {
  std::string bytes;
  // RFC 7143, 6.1: an odd number of digits lacks a zero in front.
  std::string padded = (digits.size() % 2 != 0 ? "0" : "") + std::string(digits);
  for (std::size_t i = 0; i < padded.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(padded.data() + i, padded.data() + i + 2, value, 16);
    if (error != std::errc() || end != padded.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

/// RFC 4648, 4.
std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  unsigned bits = 0, have = 0;
  for (const char c : text) {
    const auto value = kDigits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(value);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    bytes += static_cast<char>(bits >> have & 0xFF);
    bits &= (1U << have) - 1;
  }
  return bytes;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_login_text(std::span<const std::byte> bytes) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\0', at), all.size());
    const std::string_view pair = all.substr(at, end - at);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && equals != 0)
      pairs.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    at = end + 1;
  }
  return pairs;
}

std::optional<std::string> decode_binary(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return std::nullopt;
  if (text[1] == 'x' || text[1] == 'X') return decode_hex(text.substr(2));
  if (text[1] == 'b' || text[1] == 'B') return decode_base64(text.substr(2));
  return std::nullopt;
}

IpxeNegotiation::IpxeNegotiation(iscsi::Credentials who, std::string target, std::string challenge)
    : who_(std::move(who)), target_(std::move(target)), challenge_(std::move(challenge)) {}

std::string IpxeNegotiation::operational() const {
  std::string text;
  for (const char* const pair :
       {"HeaderDigest=None", "DataDigest=None", "MaxConnections=1", "InitialR2T=Yes", "ImmediateData=No",
        "MaxRecvDataSegmentLength=8192", "MaxBurstLength=262144", "FirstBurstLength=65536",
        "DefaultTime2Wait=0", "DefaultTime2Retain=0", "MaxOutstandingR2T=1", "DataPDUInOrder=Yes",
        "DataSequenceInOrder=Yes", "ErrorRecoveryLevel=0"})
    text.append(pair).push_back('\0');
  return text;
}

IpxeNegotiation::Request IpxeNegotiation::request() const {
  Request request;
  // It always asks to go on to the next stage; the target says when.
  request.flags = stage_ == 0 ? kTransit | kOperational : kTransit | kOperational << 2 | kFullFeature;
  const auto add = [&request](const std::string& pair) { request.text.append(pair).push_back('\0'); };
  switch (next_) {
    case Next::security:
      add("InitiatorName=" + who_.initiator);
      add("TargetName=" + target_);
      add("SessionType=Normal");
      add(!who_.target_user.empty() ? "AuthMethod=CHAP"
          : !who_.user.empty()      ? "AuthMethod=CHAP,None"
                                    : "AuthMethod=None");
      break;
    case Next::algorithm:
      add("CHAP_A=5");
      break;
    case Next::response:
      add("CHAP_N=" + who_.user);
      add("CHAP_R=" + with_hex(response_));
      if (who_.target_user.empty() || challenge_.empty()) break;
      add(fmt::format("CHAP_I={}", static_cast<unsigned char>(challenge_[0])));
      add("CHAP_C=" + with_hex(challenge_.substr(1)));
      break;
    case Next::operational:
      request.text = operational();
      break;
    case Next::nothing:
      break;
  }
  return request;
}

void IpxeNegotiation::take(std::uint8_t flags, std::uint16_t status, std::span<const std::byte> text) {
  if (over()) return;
  next_ = Next::nothing;
  for (const auto& [key, value] : parse_login_text(text))
    if (fault_.empty()) take_key(key, value);
  status_ = status;
  if (over()) return;
  if ((flags & kContinue) != 0)
    fault_ = "spreads its answer over several PDUs, which iPXE does not put together";
  if ((flags & kTransit) == 0 || !fault_.empty()) return;
  switch (flags & 3) {
    case kOperational:
      stage_ = 1;
      next_ = Next::operational;
      break;
    case kFullFeature:
      arrive();
      break;
    default:
      fault_ = fmt::format("goes on to a stage that does not exist (flags {:02X}h)", flags);
  }
}

void IpxeNegotiation::take_key(const std::string& key, const std::string& value) {
  if (value == "Reject") {
    fault_ = fmt::format("rejects {}", printable(key));
    return;
  }
  if (key.starts_with("CHAP_")) {
    take_chap(key, value);
    return;
  }
  answered_[key] = value;
  if (key == "AuthMethod" && value == "CHAP") {
    chap_ = true;
    if (who_.user.empty())
      fault_ = "wants CHAP, for which there is no user";
    else
      next_ = Next::algorithm;
  } else if (key == "AuthMethod" && value != "None") {
    fault_ = fmt::format("wants the authentication method {}; iPXE has CHAP only", printable(value));
  } else if (key == "MaxBurstLength" && number(value).value_or(0) == 0) {
    fault_ = fmt::format("answers MaxBurstLength={}, which is not a number", printable(value));
  }
}

void IpxeNegotiation::take_chap(const std::string& key, const std::string& value) {
  if (key == "CHAP_A" && value != "5") {
    fault_ = fmt::format("wants CHAP with algorithm {}; iPXE has MD5 (5) only", printable(value));
  } else if (key == "CHAP_I") {
    const auto identifier = number(value);
    if (!identifier || *identifier > 255)
      fault_ = fmt::format("answers CHAP_I={}, which is not an identifier", printable(value));
    else
      identifier_ = std::string(1, static_cast<char>(*identifier));
    if (!their_challenge_.empty()) respond();
  } else if (key == "CHAP_C") {
    const auto challenge = decode_binary(value);
    if (!challenge || challenge->empty())
      fault_ = "sends a CHAP challenge that makes no sense";
    else
      their_challenge_ = *challenge;
    if (!identifier_.empty()) respond();
  } else if (key == "CHAP_N") {
    their_name_ = value;
  } else if (key == "CHAP_R" && !challenge_.empty()) {
    const auto proof = decode_binary(value);
    target_proven_ = proof && *proof == md5(challenge_[0] + who_.target_secret + challenge_.substr(1));
  }
}

void IpxeNegotiation::respond() {
  if (!fault_.empty()) return;
  response_ = md5(identifier_ + who_.secret + their_challenge_);
  identifier_.clear();
  their_challenge_.clear();
  next_ = Next::response;
}

void IpxeNegotiation::arrive() {
  if (!who_.target_user.empty() && !(target_proven_ && their_name_ == who_.target_user)) {
    fault_ = "could not prove who it is (mutual CHAP)";
    return;
  }
  // Settings that iPXE does not support, whatever it offers in the negotiation.
  for (const char* const digest : {"HeaderDigest", "DataDigest"}) {
    const auto found = answered_.find(digest);
    if (found != answered_.end() && found->second != "None")
      fault_ = fmt::format("wants {}={}; iPXE has no digests", digest, printable(found->second));
  }
  logged_in_ = fault_.empty();
}

}  // namespace san::preflight
