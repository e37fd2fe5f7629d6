// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/profile_login.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "boot/profiles.h"
#include "core/process/log.h"
#include "temp_dir.h"

using namespace san;
using namespace san::boot;

namespace {

std::string unusable(const BootProfile& profile) {
  const auto error = error_of([&] { credentials(profile); });
  if (!error) return "";
  CHECK(error->code() == Exit::usage);
  return error->what();
}

/// A port of 127.0.0.1 that takes connections, or (closed) one that takes none.
class Listener {
 public:
  explicit Listener(bool listening = true) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t length = sizeof address;
    REQUIRE(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    if (listening) REQUIRE(listen(fd_, 4) == 0);
    portal = {"127.0.0.1", ntohs(address.sin_port)};
  }
  ~Listener() { close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  iscsi::Portal portal;

 private:
  int fd_;
};

}  // namespace

TEST_CASE("the login of a profile") {
  const TempDir place;
  place.text_file("host1.secret", "twelve-bytes\n");
  place.text_file("target.secret", "sixteen-bytes-it");
  BootProfile profile = read_boot_profile(place.text_file("host1.toml", kFullProfile));
  const iscsi::Credentials both = credentials(profile);
  CHECK(both.initiator == "iqn.2026-11.org.example:host1");
  CHECK(both.user == "host1");
  CHECK(both.secret == "twelve-bytes");
  CHECK(both.target_user == "target");
  CHECK(both.target_secret == "sixteen-bytes-it");

  profile = read_boot_profile(place.text_file("least.toml", kMinProfile));
  setenv("LIBISCSI_CHAP_USERNAME", "environment", 1);
  setenv("LIBISCSI_CHAP_PASSWORD", "of-somebody-else", 1);
  const iscsi::Credentials none = credentials(profile);
  unsetenv("LIBISCSI_CHAP_USERNAME");
  unsetenv("LIBISCSI_CHAP_PASSWORD");
  CHECK(none.user.empty());
  CHECK(none.secret.empty());
  CHECK(none.target_user.empty());
}

TEST_CASE("secrets that will not do: the file is named, and not what is in it") {
  const TempDir place;
  const std::string own = place / "host1.secret", theirs = place / "target.secret";
  const BootProfile profile = read_boot_profile(place.text_file("host1.toml", kFullProfile));
  CHECK(unusable(profile) == own + ": cannot read the secret: No such file or directory");
  place.text_file("host1.secret", "eleven-byte");
  place.text_file("target.secret", "sixteen-bytes-it");
  const std::string rule = "; RFC 7143 (9.2.1) asks for 12, and firmware takes 16";
  CHECK(unusable(profile) ==
        own + ": holds a CHAP secret of 11 bytes, and one to boot with has 12 to 16" + rule);
  place.text_file("host1.secret", "seventeen-bytes-i");
  CHECK(unusable(profile) ==
        own + ": holds a CHAP secret of 17 bytes, and one to boot with has 12 to 16" + rule);
  place.text_file("host1.secret", "sixteen-bytes-it");
  CHECK(unusable(profile) == theirs +
                                 ": holds the secret of the other direction, which must be different; "
                                 "RFC 7143 (9.2.1) forbids one secret for both");
  place.text_file("host1.secret", "twelve-bytes", 0640);
  CHECK(unusable(profile) ==
        own + ": others than its owner can read or change the secret; chmod 600 the file");
  place.text_file("host1.secret", "twelve-bytes");
  CHECK(unusable(profile).empty());
  place.text_file("target.secret", "short");
  CHECK(unusable(profile).starts_with(theirs + ": holds a CHAP secret of 5 bytes"));
}

TEST_CASE("where the files of the secrets are") {
  BootProfile profile;
  profile.path = "/etc/sanboot/host1.toml";
  CHECK(secret_path(profile, "host1.secret") == "/etc/sanboot/host1.secret");
  CHECK(secret_path(profile, "secrets/host1") == "/etc/sanboot/secrets/host1");
  CHECK(secret_path(profile, "/root/secret") == "/root/secret");
  CHECK(secret_path(profile, "").empty());
  profile.path = "host1.toml";
  CHECK(secret_path(profile, "host1.secret") == "host1.secret");
}

TEST_CASE("the portal that is used") {
  const Listener here;
  const Listener dead(false);
  BootProfile profile = parse(kMinProfile);
  std::vector<std::string> said;
  log::set_level(log::Level::info);
  log::set_sink([&said](log::Level, std::string_view text) { said.emplace_back(text); });

  // One is not tried beforehand: whatever is wrong, the login says it better.
  profile.portals = {dead.portal};
  CHECK(choose_portal(profile) == dead.portal);
  profile.portals = {here.portal, dead.portal};
  CHECK(choose_portal(profile) == here.portal);
  CHECK(said.empty());
  profile.portals = {dead.portal, here.portal};
  CHECK(choose_portal(profile) == here.portal);
  CHECK(said == std::vector<std::string>{"host1.toml: the first portal, " + to_string(dead.portal) +
                                         ", takes no connection; going on with " + to_string(here.portal)});
  CHECK(url(profile) == iscsi::Url{here.portal, profile.target, profile.lun, ""});
  profile.portals[0] = {"no-such-host.invalid", 3260};
  CHECK(choose_portal(profile) == here.portal);
  profile.reach = iscsi::Portal{"192.0.2.1", 1};
  CHECK(choose_portal(profile) == profile.reach);
  CHECK(url(profile).portal == profile.reach);

  log::set_sink({});
  log::set_level(log::Level::warning);
}

TEST_CASE("a portal that is silent is waited for, and not for long") {
  // The queue of connections that nobody accepts is full: the next one gets no answer at all.
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&address), length) == 0);
  REQUIRE(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  REQUIRE(listen(fd, 0) == 0);
  std::vector<int> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    [[maybe_unused]] const int result =
        connect(waiting.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  BootProfile profile = parse(kMinProfile);
  profile.portals = {{"127.0.0.1", ntohs(address.sin_port)}, {"192.0.2.1", 3260}};
  const auto begin = std::chrono::steady_clock::now();
  CHECK(choose_portal(profile, std::chrono::milliseconds(300)) == profile.portals[1]);
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took >= std::chrono::milliseconds(300));
  CHECK(took < std::chrono::seconds(3));
  for (const int one : waiting) close(one);
  close(fd);
}
