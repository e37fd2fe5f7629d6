// SPDX-License-Identifier: Apache-2.0
// Logins of targets that send us elsewhere, or negotiate nonsense.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "lun_checks.h"
#include "puppet.h"

using namespace san;
using namespace san::test;
using san::iscsi::open_lun;

namespace {

/// Answers a login with "moved" (RFC 7143, 11.13.5) to `address`.
void redirect(Stage& stage, std::uint16_t status, const std::string& address) {
  fake::Buffer data;
  const fake::Request request = stage.wire.receive(data);
  fake::Response response = stage.reply(request.tag, fake::opcode::login_response);
  std::copy(std::begin(request.lun), std::end(request.lun), std::begin(response.lun));
  response.flags = request.flags & 0x0c;
  response.transfer_tag = 0;
  response.word36 = std::uint32_t{status} << 16;
  stage.wire.send(response,
                  address.empty() ? fake::Buffer{} : fake::format_keys({{"TargetAddress", address}}));
  stage.wire.receive(data);  // until the initiator has read it and gone
}

Script redirector(std::uint16_t status, std::string address) {
  Script script;
  script.login = [status, address = std::move(address)](Stage& stage) {
    redirect(stage, status, address);
    return true;
  };
  return script;
}

std::string portal(const Puppet& puppet) {
  return to_string(puppet.url().portal);
}

std::string failure_of_opening(const iscsi::Url& url) {
  const auto error = error_of([&] { open_lun(url, kMe, hasty()); });
  if (!error) return "";
  CHECK(error->code() == Exit::failed);
  return error->what();
}

}  // namespace

TEST_CASE("redirection is followed") {
  Puppet target({});
  for (const std::uint16_t status : {std::uint16_t{0x0101}, std::uint16_t{0x0102}}) {
    Puppet first(redirector(status, portal(target) + ",1"));
    const auto device = open_lun(first.url(), kMe, hasty());
    CHECK(read_bytes(*device, 0, 512) == std::vector<std::byte>(512, std::byte{0xAA}));
  }
  CHECK(target.logins() == 2);
}

TEST_CASE("redirection that leads nowhere") {
  Puppet silent(redirector(0x0101, ""));
  CHECK(contains(failure_of_opening(silent.url()), "without saying where"));
  Puppet absurd(redirector(0x0101, "a:b:c/\x1b[31m"));
  CHECK(contains(failure_of_opening(absurd.url()), "which is not an address"));
  Script script;
  std::atomic<unsigned> visits{0};
  std::string self;
  std::mutex mutex;
  script.login = [&](Stage& stage) {
    ++visits;
    std::string address;
    {
      const std::scoped_lock lock(mutex);
      address = self;
    }
    redirect(stage, 0x0101, address);
    return true;
  };
  Puppet ring(script);
  {
    const std::scoped_lock lock(mutex);
    self = portal(ring);
  }
  CHECK(contains(failure_of_opening(ring.url()), "endlessly"));
  CHECK(visits == 4);
}

TEST_CASE("a target that negotiates lengths no target may have") {
  for (const char* length : {"0", "-1", "511"}) {
    Script script;
    script.keys = {{"MaxRecvDataSegmentLength", length}};
    Puppet puppet(script);
    CHECK(contains(failure_of_opening(puppet.url()), "MaxRecvDataSegmentLength"));
  }
}
