// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/login_options.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "block/device_checks.h"
#include "boot/profiles.h"
#include "iscsi/address/iscsi_name.h"
#include "temp_dir.h"

using namespace san;
using namespace san::boot;

namespace {

constexpr const char* kVariables[] = {"LIBISCSI_CHAP_USERNAME", "LIBISCSI_CHAP_PASSWORD",
                                      "LIBISCSI_CHAP_TARGET_USERNAME", "LIBISCSI_CHAP_TARGET_PASSWORD"};

/// The four variables of CHAP, for one test; empty is not set.
class Environment {
 public:
  explicit Environment(std::array<const char*, 4> values = {"", "", "", ""}) {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i][0] != '\0')
        setenv(kVariables[i], values[i], 1);
      else
        unsetenv(kVariables[i]);
  }
  ~Environment() {
    for (const char* name : kVariables) unsetenv(name);
  }
};

const std::string kMe = "iqn.2026-11.org.example:me";

std::string refusal(const LoginOptions& options, const std::string& url_user = {}) {
  const auto error = error_of([&] { make_credentials(options, url_user); });
  if (!error) return "";
  CHECK(error->code() == Exit::usage);
  return error->what();
}

}  // namespace

TEST_CASE("where user and secret come from") {
  const TempDir place;
  const std::string file = place.text_file("secret", "from-file\n");
  {
    const Environment none;
    const iscsi::Credentials plain = make_credentials({kMe, "", ""}, "");
    CHECK(plain.initiator == kMe);
    CHECK(plain.user.empty());
    CHECK(plain.secret.empty());
    const iscsi::Credentials options = make_credentials({kMe, "option", file}, "");
    CHECK(options.user == "option");
    CHECK(options.secret == "from-file");
    CHECK(make_credentials({kMe, "option", file}, "url").user == "url");
  }
  const Environment all({"env", "from-env", "target", "target-secret"});
  const iscsi::Credentials environment = make_credentials({kMe, "", ""}, "");
  CHECK(environment.user == "env");
  CHECK(environment.secret == "from-env");
  CHECK(environment.target_user == "target");
  CHECK(environment.target_secret == "target-secret");
  const iscsi::Credentials options = make_credentials({kMe, "option", file}, "");
  CHECK(options.user == "option");
  CHECK(options.secret == "from-file");
  CHECK(make_credentials({kMe, "option", ""}, "").secret == "from-env");
}

TEST_CASE("halves of a login are refused") {
  const TempDir place;
  const std::string file = place.text_file("secret", "secret123456\n");
  {
    const Environment none;
    CHECK(contains(refusal({kMe, "me", ""}), "a CHAP user but no secret"));
    CHECK(contains(refusal({kMe, "", ""}, "me"), "a CHAP user but no secret"));
    CHECK(contains(refusal({kMe, "", file}), "a CHAP secret but no user"));
    CHECK(contains(refusal({kMe, "me", "/nonexistent"}), "No such file"));
    CHECK(contains(refusal({kMe, std::string(256, 'u'), file}), "more than 255"));
  }
  {
    const Environment user({"", "", "target", ""});
    CHECK(contains(refusal({kMe, "me", file}), "LIBISCSI_CHAP_TARGET_PASSWORD"));
  }
  {
    const Environment mutual({"", "", "target", "target-secret"});
    CHECK(contains(refusal({kMe, "", ""}), "without a CHAP user of our own"));
  }
  // libiscsi would cut it off and log in with another secret.
  const std::string long_secret(256, 's');
  const Environment too_long({"me", long_secret.c_str(), "", ""});
  const std::string said = refusal({kMe, "", ""});
  CHECK(contains(said, "more than 255"));
  CHECK_FALSE(contains(said, "sss"));
}

TEST_CASE("the initiator name") {
  const Environment none;
  CHECK(contains(refusal({"disk", "", ""}), "initiator: \"disk\" is not an iSCSI name"));
  // That of open-iscsi, if it is installed, else one made of the host name; a good one either way.
  const std::string given = make_credentials({}, "").initiator;
  iscsi::check_name(given, "test");
  if (!std::filesystem::exists("/etc/iscsi/initiatorname.iscsi")) {
    CHECK(given.starts_with("iqn.2026-11.org.sanboot:"));
    CHECK(given.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos);
  }
}

TEST_CASE("options say more than the profile") {
  const TempDir place;
  place.text_file("host1.secret", "twelve-bytes");
  place.text_file("target.secret", "sixteen-bytes-it");
  const std::string other = place.text_file("other", "short");
  LoginOptions options;
  options.profile = place.text_file("host1.toml", kFullProfile);
  options.initiator = "iqn.2026-11.org.example:other";
  CHECK(make_credentials(options, "").initiator == "iqn.2026-11.org.example:other");
  CHECK(make_credentials(options, "").user == "host1");
  options.chap_user = "me";
  CHECK(make_credentials(options, "").user == "me");
  CHECK(make_credentials(options, "you").user == "you");
  CHECK(make_credentials(options, "").secret == "twelve-bytes");
  options.chap_secret_file = other;
  CHECK(make_credentials(options, "").secret == "short");
  CHECK(make_credentials(options, "").target_secret == "sixteen-bytes-it");
}

TEST_CASE("what an option says is not looked for in the profile") {
  const TempDir place;  // without the files of the secrets
  LoginOptions options;
  options.profile = place.text_file("host1.toml", kFullProfile);
  options.chap_secret_file = place.text_file("other", "short");
  CHECK(refusal(options).starts_with(place / "target.secret" + ": cannot read"));
}

TEST_CASE("the same secret for both directions is refused, wherever it comes from") {
  const TempDir place;
  place.text_file("target.secret", "sixteen-bytes-it");
  LoginOptions options;
  options.profile = place.text_file("host1.toml", kFullProfile);
  options.chap_secret_file = place.text_file("other", "sixteen-bytes-it");
  CHECK(contains(refusal(options), "holds the secret of the other direction"));
}

TEST_CASE("a profile is read once a run, whoever asks") {
  const TempDir place;
  LoginOptions options;
  CHECK(options.boot_profile() == nullptr);
  options.profile = place / "least.toml";
  CHECK_THROWS_AS(options.boot_profile(), Error);
  place.text_file("least.toml", kMinProfile);
  const BootProfile* const first = options.boot_profile();  // read after a failure
  REQUIRE(first != nullptr);
  const LoginOptions copy = options;
  std::filesystem::remove(options.profile);
  CHECK(copy.boot_profile() == first);
  CHECK(&options.profiles->read(options.profile) == first);
  CHECK(LoginOptions{}.boot_profile() == nullptr);
  ProfileCache another;
  CHECK_THROWS_AS(another.read(options.profile), Error);
}
