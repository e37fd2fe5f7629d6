// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/ipxe_negotiation.h"

#include <doctest/doctest.h>

#include "core/md5.h"

using namespace san::iscsi;
using namespace san::preflight;

namespace {

constexpr std::uint8_t kTransit = 0x80, kToOperational = 0x81, kToFull = 0x87;

Credentials me(const std::string& user = "", const std::string& target_user = "") {
  return {"iqn.2026-11.org.example:host1", user, user.empty() ? "" : "right-secret-1", target_user,
          target_user.empty() ? "" : "target-secret-2"};
}

IpxeNegotiation negotiation(const Credentials& who = me()) {
  return {who, "iqn.2026-11.org.example:golden", std::string("\x07") + "0123456789abcdef"};
}

/// "A=1|B=2" as it goes over the wire.
std::vector<std::byte> wire(std::string text) {
  if (!text.empty()) text += '|';
  std::vector<std::byte> bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c == '|' ? '\0' : c));
  return bytes;
}

std::string shown(const IpxeNegotiation& one) {
  std::string text = one.request().text;
  for (char& c : text)
    if (c == '\0') c = '|';
  return text;
}

}  // namespace

TEST_CASE("iPXE's login: pairs of a PDU") {
  const auto pairs = parse_login_text(wire("A=1|nonsense|=x||B=a=b"));
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0] == std::pair<std::string, std::string>("A", "1"));
  CHECK(pairs[1] == std::pair<std::string, std::string>("B", "a=b"));
  // The last one may lack its zero.
  CHECK(parse_login_text(std::as_bytes(std::span("C=3", 3))).size() == 1);
  CHECK(parse_login_text({}).empty());
}

TEST_CASE("iPXE's login: binary values") {
  CHECK(decode_binary("0x616263") == "abc");
  CHECK(decode_binary("0X0A") == "\n");
  CHECK(decode_binary("0xa") == "\n");
  // coreutils: printf abcd | base64
  CHECK(decode_binary("0bYWJjZA==") == "abcd");
  CHECK(decode_binary("0bYWJj") == "abc");
  for (const char* const text : {"", "0x", "616263", "0xZZ", "0b*", "0d12"}) CHECK_FALSE(decode_binary(text));
}

TEST_CASE("iPXE's login: without authentication, and the keys that it offers") {
  auto one = negotiation();
  CHECK(one.request().flags == kToOperational);
  CHECK(shown(one) ==
        "InitiatorName=iqn.2026-11.org.example:host1|TargetName=iqn.2026-11.org.example:golden|SessionType="
        "Normal|"
        "AuthMethod=None|");
  one.take(kToOperational, 0, wire("AuthMethod=None|TargetPortalGroupTag=1"));
  CHECK(one.request().flags == kToFull);
  CHECK(shown(one) ==
        "HeaderDigest=None|DataDigest=None|MaxConnections=1|InitialR2T=Yes|ImmediateData=No|"
        "MaxRecvDataSegmentLength=8192|MaxBurstLength=262144|FirstBurstLength=65536|DefaultTime2Wait=0|"
        "DefaultTime2Retain=0|MaxOutstandingR2T=1|DataPDUInOrder=Yes|DataSequenceInOrder=Yes|"
        "ErrorRecoveryLevel=0|");
  // Some targets take two rounds.
  one.take(0x04, 0, wire("MaxBurstLength=262144"));
  CHECK_FALSE(one.over());
  CHECK(shown(one).empty());
  one.take(kToFull, 0, wire("HeaderDigest=None|DataDigest=None"));
  CHECK(one.logged_in());
  CHECK(one.fault().empty());
  CHECK_FALSE(one.chap());
  CHECK(one.answered().at("MaxBurstLength") == "262144");
}

TEST_CASE("iPXE's login: CHAP") {
  auto one = negotiation(me("host1"));
  CHECK(shown(one).ends_with("AuthMethod=CHAP,None|"));
  one.take(0, 0, wire("AuthMethod=CHAP"));
  CHECK(shown(one) == "CHAP_A=5|");
  one.take(0, 0, wire("CHAP_A=5|CHAP_I=65|CHAP_C=0x616263"));
  const std::string digest = san::md5("Aright-secret-1abc");
  std::string hex;
  for (const char c : digest) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
    hex += two;
  }
  CHECK(shown(one) == "CHAP_N=host1|CHAP_R=0x" + hex + "|");
  one.take(kToOperational, 0, {});
  one.take(kToFull, 0, {});
  CHECK(one.logged_in());
  CHECK(one.chap());
}

TEST_CASE("iPXE's login: mutual CHAP proves the target") {
  const std::string proof_message = std::string("\x07") + "target-secret-2" + "0123456789abcdef";
  for (const bool right : {true, false}) {
    auto one = negotiation(me("host1", "target"));
    CHECK(shown(one).ends_with("AuthMethod=CHAP|"));
    one.take(0, 0, wire("AuthMethod=CHAP"));
    one.take(0, 0, wire("CHAP_A=5|CHAP_I=1|CHAP_C=0x01"));
    CHECK(shown(one).find("CHAP_I=7|CHAP_C=0x30313233343536373839616263646566|") != std::string::npos);
    std::string hex = "0x";
    for (const char c : san::md5(right ? proof_message : "else")) {
      char two[3];
      std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
      hex += two;
    }
    one.take(kToOperational, 0, wire("CHAP_N=target|CHAP_R=" + hex));
    one.take(kToFull, 0, {});
    CHECK(one.logged_in() == right);
    CHECK((one.fault().find("prove") != std::string::npos) == !right);
  }
}

TEST_CASE("iPXE's login: what it gives up at") {
  const auto fault = [](const std::string& text, std::uint8_t flags = 0,
                        const Credentials& who = me("host1")) {
    auto one = negotiation(who);
    one.take(flags, 0, wire(text));
    CHECK(one.over());
    CHECK_FALSE(one.logged_in());
    return one.fault();
  };
  CHECK(fault("AuthMethod=KRB5").find("KRB5") != std::string::npos);
  CHECK(fault("AuthMethod=CHAP", 0, me()).find("no user") != std::string::npos);
  CHECK(fault("CHAP_A=7").find("algorithm 7") != std::string::npos);
  CHECK(fault("CHAP_I=300").find("identifier") != std::string::npos);
  CHECK(fault("CHAP_C=junk").find("challenge") != std::string::npos);
  CHECK(fault("InitialR2T=Reject") == "rejects InitialR2T");
  CHECK(fault("MaxBurstLength=many").find("many") != std::string::npos);
  CHECK(fault("A=1", 0x40).find("several PDUs") != std::string::npos);
  CHECK(fault("", kTransit | 2).find("stage") != std::string::npos);
  CHECK(fault("HeaderDigest=CRC32C", kToFull).find("HeaderDigest=CRC32C") != std::string::npos);
  CHECK(fault("DataDigest=CRC32C,None", kToFull).find("DataDigest") != std::string::npos);
}

TEST_CASE("iPXE's login: refused, and sent elsewhere") {
  auto refused = negotiation();
  refused.take(0, 0x0202, {});
  CHECK(refused.over());
  CHECK(refused.status() == 0x0202);
  CHECK_FALSE(refused.logged_in());
  auto moved = negotiation();
  moved.take(0, 0x0101, wire("TargetAddress=10.0.2.9:3260,1"));
  CHECK(moved.over());
  CHECK(moved.answered().at("TargetAddress") == "10.0.2.9:3260,1");
}
