// SPDX-License-Identifier: Apache-2.0
// The texts are libiscsi 1.19's.
#include "iscsi/login/login_error.h"
#include "core/hint_id.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"

using namespace san;
using namespace san::iscsi;
using std::chrono::milliseconds;

namespace {

const std::string kUrl = "iscsi://host:3260/iqn.2026-11.org.example:disk/1";

std::string told(const std::string& text, const std::string& user = {}) {
  Credentials who;
  who.initiator = "iqn.2026-11.org.example:me";
  who.user = user;
  who.secret = user.empty() ? "" : "hunter2hunter2";
  const LoginRefused error = login_error(kUrl, who, text);
  CHECK(error.code() == Exit::failed);
  CHECK(error.object() == kUrl);
  CHECK_FALSE(contains(error.what(), "hunter2"));
  CHECK_FALSE(contains(error.what(), "(5"));  // no number of libiscsi's
  return error.what();
}

std::string status(const std::string& name, int number) {
  return "Failed to log in to target. Status: " + name + "(" + std::to_string(number) + ")";
}

}  // namespace

TEST_CASE("no connection") {
  const Error refused =
      connect_error(kUrl, "192.0.2.1:3260", false, milliseconds(10000),
                    "iscsi_service: socket error Connection refused(111) while connecting.");
  CHECK(refused.cause() == "cannot connect to 192.0.2.1:3260: Connection refused");
  CHECK(refused.object() == kUrl);
  CHECK(refused.code() == Exit::failed);
  const Error silent = connect_error(kUrl, "192.0.2.1:3260", true, milliseconds(10000), "");
  CHECK(silent.cause() == "no answer from 192.0.2.1:3260 within 10 s");
  const Error odd = connect_error(kUrl, "192.0.2.1:3260", false, milliseconds(10000), "something (else");
  CHECK(odd.cause() == "cannot connect to 192.0.2.1:3260: something (else");
}

TEST_CASE("no answer to the login") {
  CHECK(login_silent_error(kUrl, "a:1", true, milliseconds(3000)).cause() ==
        "a:1 accepts the connection, but does not answer the login within 3 s");
  CHECK(login_silent_error(kUrl, "a:1", false, milliseconds(3000)).cause() ==
        "a:1 closed the connection during the login");
}

TEST_CASE("the statuses of RFC 7143, 11.13.5") {
  const std::string chap = status("Authentication failure", 0x0201);
  CHECK(contains(told(chap), "wants a CHAP login; give a CHAP user"));
  CHECK(login_error(kUrl, {}, chap).hint_id() == HintId::chap_login);
  CHECK(contains(told(chap, "me"), "refused the CHAP login of user me; check the user and the secret"));
  CHECK(contains(told(status("Authorization failure", 0x0202)), "does not admit this initiator; allow"));
  CHECK(contains(told(status("Authorization failure", 0x0202)), "iqn.2026-11.org.example:me"));
  Credentials host;
  host.initiator = "iqn.2026-11.org.example:me";
  for (const int number : {0x0202, 0x0203}) {
    const Error refused = login_error(kUrl, host, status("", number));
    CHECK(refused.hint_id() == HintId::allow_initiator);
    REQUIRE(refused.hint_facts().size() == 2);
    CHECK(refused.hint_facts()[0] == host.initiator);
  }
  CHECK(contains(told(status("Initiator error", 0x0200)), "insists on DataDigest=CRC32C"));
  CHECK(contains(told(status("Target not found", 0x0203)), "no such target"));
  CHECK_FALSE(contains(told(status("Target not found", 0x0203)), "lower case"));
  CHECK(contains(login_error("iscsi://HOST:1/iqn.2026-11.org.example:Disk/1", {}, status("", 0x0203)).what(),
                 "names are lower case (RFC 3722)"));
  CHECK(contains(told(status("Target removed", 0x0204)), "removed for good"));
  for (const int number : {0x0206, 0x0302})
    CHECK(login_error(kUrl, {}, status("", number)).hint_id() == HintId::fewer_sessions);
  CHECK(contains(told(status("Too many connections", 0x0206)), "use fewer sessions"));
  CHECK(contains(told(status("Service unavailable", 0x0301)), "try again later"));
  CHECK(contains(told(status("Out of resources", 0x0302)), "use fewer sessions"));
}

TEST_CASE("mutual CHAP that fails") {
  for (const char* text : {"Authentication failed. Invalid CHAP_R response from the target",
                           "Failed to log in to target. It did not return CHAP_N during SECNEG.",
                           "Failed to log in to target. It did not return CHAP_R during SECNEG.",
                           "Failed to log in to target. Wrong CHAP targetname received: evil",
                           "Wrong size of CHAP_R received from target."})
    CHECK(contains(told(text, "me"), "could not prove who it is"));
}

TEST_CASE("what has no words of our own") {
  CHECK(contains(told(status("Target error", 0x0300)), "the login failed: Failed to log in"));
  CHECK(contains(told(""), "the login failed"));
  CHECK(contains(told("((((("), "the login failed"));
  // A target's words cannot move the cursor.
  CHECK_FALSE(contains(told("what \x1b[2J"), "\x1b"));
}

TEST_CASE("redirections") {
  CHECK(is_redirection(status("Target moved temporarily", 0x0101)));
  CHECK(is_redirection(status("Target moved permanently", 0x0102)));
  CHECK_FALSE(is_redirection(status("Target not found", 0x0203)));
  CHECK_FALSE(is_redirection(""));
  CHECK_FALSE(is_redirection("(-1)"));
}
