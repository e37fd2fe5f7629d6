// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/iscsi_attempt.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "boot/ip_address.h"
#include "core/endian.h"
#include "core/error.h"

namespace san::flash {
namespace {

/// ISCSI_ATTEMPT_CONFIG_NVDATA, packed.
struct AttemptBytes {
  std::uint8_t link[16];
  std::uint8_t nic_index, index, dhcp_success, valid_ibft_path, valid_path, auto_configure_mode;
  std::uint8_t tokens[4];
  char name[12];
  char mac[96];
  std::uint8_t dns1[16], dns2[16], dhcp_server[16];
  le16 port;
  std::uint8_t enabled, ip_mode;
  std::uint8_t local[16], mask[4], gateway[16];
  std::uint8_t initiator_dhcp, target_dhcp;
  char target[iscsi::kMaxNameBytes + 1];
  std::uint8_t target_address[16];
  std::uint8_t prefix;
  std::uint8_t lun[8];
  le16 timeout;
  std::uint8_t retries;
  std::uint8_t isid[6];
  std::uint8_t redirected;
  le16 original_port;
  std::uint8_t original_address[16];
  std::uint8_t by_url;
  char url[255];
  std::uint8_t auth, mutual;
  char user[127], secret[17], target_user[127], target_secret[17];
  std::uint8_t auto_configured, active;
};
static_assert(sizeof(AttemptBytes) == kAttemptSize && alignof(AttemptBytes) == 1);
static_assert(offsetof(AttemptBytes, mac) == 38 && offsetof(AttemptBytes, port) == 182 &&
              offsetof(AttemptBytes, target) == 224 && offsetof(AttemptBytes, lun) == 465 &&
              offsetof(AttemptBytes, auth) == 757 && offsetof(AttemptBytes, user) == 759);

template <std::size_t N>
std::string text_of(const char (&field)[N]) {
  return {field, std::find(field, field + N, '\0')};
}

template <std::size_t N>
void put_text(char (&field)[N], const std::string& text, const char* what) {
  if (text.size() >= N)
    throw Error(
        Exit::usage, what,
        fmt::format("it has {} bytes, and the firmware's iSCSI initiator takes {}", text.size(), N - 1));
  std::copy(text.begin(), text.end(), field);
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes_of(const std::uint8_t (&field)[N]) {
  std::array<std::uint8_t, N> out{};
  std::copy(field, field + N, out.begin());
  return out;
}

template <std::size_t N>
void put_bytes(std::uint8_t (&field)[N], const std::array<std::uint8_t, N>& value) {
  std::copy(value.begin(), value.end(), field);
}

/// ISCSI_AUTH_TYPE of EDK2; for CHAP, another field says whether it is mutual.
enum AuthByte : std::uint8_t { kNone = 0, kChap = 1, kKerberos = 2 };

std::optional<Auth> auth_of(std::uint8_t byte, bool mutual) {
  switch (byte) {
    case kNone:
      return Auth::none;
    case kChap:
      return mutual ? Auth::mutual_chap : Auth::chap;
    case kKerberos:
      return Auth::kerberos;
    default:
      return std::nullopt;
  }
}

std::uint8_t auth_byte(Auth auth) {
  if (auth == Auth::kerberos) return kKerberos;
  return auth == Auth::none ? kNone : kChap;
}

std::string vlan_suffix(std::uint16_t vlan) {
  return vlan == 0 ? std::string() : fmt::format("\\{:04X}", vlan);
}

/// Takes address and VLAN from the text of a variable. A text that the driver does not write stays whole.
void put_nic(const std::string& text, IscsiAttempt& attempt) {
  constexpr std::size_t kMac = 17;
  unsigned vlan = 0;
  if (text.size() > kMac + 1) std::from_chars(text.data() + kMac + 1, text.data() + text.size(), vlan, 16);
  attempt.vlan = static_cast<std::uint16_t>(vlan & 0xFFF);
  attempt.mac = text.substr(0, kMac);
  if (stored_nic(attempt) == text) return;
  attempt.vlan = 0;
  attempt.mac = text;
}

}  // namespace

std::optional<IscsiAttempt> decode_attempt(std::span<const std::byte> data) {
  const auto record = read_at<AttemptBytes>(data, 0);
  if (!record || data.size() != kAttemptSize) return std::nullopt;
  IscsiAttempt a;
  a.index = record->index;
  a.active = record->active != 0;
  a.name = text_of(record->name);
  put_nic(text_of(record->mac), a);
  a.mode = static_cast<IscsiAttempt::Mode>(record->enabled);
  a.ip = static_cast<IscsiAttempt::Ip>(record->ip_mode);
  a.port = record->port;
  a.local = bytes_of(record->local);
  a.gateway = bytes_of(record->gateway);
  a.target_address = bytes_of(record->target_address);
  a.mask = bytes_of(record->mask);
  a.prefix = record->prefix;
  a.initiator_dhcp = record->initiator_dhcp != 0;
  a.target_dhcp = record->target_dhcp != 0;
  a.target = text_of(record->target);
  if (record->by_url != 0) a.url = text_of(record->url);
  a.lun = bytes_of(record->lun);
  a.timeout = record->timeout;
  a.retries = record->retries;
  a.isid = bytes_of(record->isid);
  a.auth = auth_of(record->auth, record->mutual != 0);
  a.user = text_of(record->user);
  a.secret = text_of(record->secret);
  a.target_user = text_of(record->target_user);
  a.target_secret = text_of(record->target_secret);
  a.logged_in = record->valid_path != 0;
  return a;
}

std::vector<std::byte> encode_attempt(const IscsiAttempt& a) {
  AttemptBytes record = {};
  record.index = a.index;
  record.active = a.active ? 1 : 0;
  put_text(record.name, a.name, "name of the attempt");
  put_text(record.mac, stored_nic(a), "MAC address");
  record.enabled = static_cast<std::uint8_t>(a.mode);
  record.ip_mode = static_cast<std::uint8_t>(a.ip);
  record.port = a.port;
  put_bytes(record.local, a.local);
  put_bytes(record.gateway, a.gateway);
  put_bytes(record.target_address, a.target_address);
  put_bytes(record.mask, a.mask);
  record.prefix = a.prefix;
  record.initiator_dhcp = a.initiator_dhcp ? 1 : 0;
  record.target_dhcp = a.target_dhcp ? 1 : 0;
  put_text(record.target, a.target, "target name");
  record.by_url = a.url.empty() ? 0 : 1;
  put_text(record.url, a.url, "host name of the target");
  put_bytes(record.lun, a.lun);
  record.timeout = a.timeout;
  record.retries = a.retries;
  put_bytes(record.isid, a.isid);
  record.auth = auth_byte(a.auth.value_or(Auth::none));
  record.mutual = a.auth == Auth::mutual_chap ? 1 : 0;
  put_text(record.user, a.user, "CHAP user");
  put_text(record.secret, a.secret, "CHAP secret");
  put_text(record.target_user, a.target_user, "CHAP user of the target");
  put_text(record.target_secret, a.target_secret, "CHAP secret of the target");
  record.valid_path = a.logged_in ? 1 : 0;
  std::vector<std::byte> out(kAttemptSize);
  write_at(std::span<std::byte>(out), 0, record);
  return out;
}

IscsiAttempt fresh_attempt(std::uint8_t index) {
  IscsiAttempt a;
  a.index = index;
  a.name = fmt::format("Attempt {}", index);
  return a;
}

std::string attempt_mac(const std::string& mac, std::uint16_t vlan) {
  std::string out = mac;
  for (char& c : out)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  return out + vlan_suffix(vlan);
}

std::string stored_nic(const IscsiAttempt& attempt) {
  return attempt.mac + vlan_suffix(attempt.vlan);
}

std::u16string nic_variable(const std::string& mac, std::uint16_t vlan) {
  std::string name = attempt_mac(mac, vlan);
  std::erase(name, ':');
  return {name.begin(), name.end()};
}

std::string address_text(const IscsiAttempt::Address& bytes, bool v6) {
  return boot::to_string(boot::IpAddress{v6 ? 128U : 32U, bytes});
}

}  // namespace san::flash
