// SPDX-License-Identifier: Apache-2.0
#include "iscsi/login/credentials.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "block/device_checks.h"
#include "iscsi/address/url.h"
#include "system/fd.h"

using namespace san;
using namespace san::iscsi;

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

/// A secret file.
class File {
 public:
  explicit File(const std::string& content, mode_t mode = 0600) {
    path = "/tmp/sanboot-secret.XXXXXX";
    const int fd = mkstemp(path.data());
    REQUIRE(fd >= 0);
    REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    fchmod(fd, mode);
    close(fd);
  }
  ~File() { unlink(path.c_str()); }
  std::string path;
};

const std::string kMe = "iqn.2026-11.org.example:me";

std::string refusal(const LoginOptions& options, const std::string& url_user = {}) {
  const auto error = error_of([&] { make_credentials(options, url_user); });
  if (!error) return "";
  CHECK(error->code() == Exit::usage);
  return error->what();
}

std::string unreadable(const std::string& path) {
  const auto error = error_of([&] { read_secret(path); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::usage);
  CHECK(error->object() == path);
  return error->what();
}

}  // namespace

TEST_CASE("the secret is the first line of its file") {
  CHECK(read_secret(File("secret123456\n").path) == "secret123456");
  CHECK(read_secret(File("secret123456").path) == "secret123456");
  CHECK(read_secret(File("secret123456\r\nmore\n").path) == "secret123456");
  CHECK(read_secret(File(" with blanks \n").path) == " with blanks ");
  CHECK(read_secret(File(std::string(255, 'x')).path) == std::string(255, 'x'));
  CHECK(read_secret(File("secret", 0400).path) == "secret");
}

TEST_CASE("secret files that will not do") {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0601U, 0666U}) {
    const File file("hunter2\n", mode);
    const std::string said = unreadable(file.path);
    CHECK(contains(said, "chmod 600"));
    CHECK_FALSE(contains(said, "hunter2"));
  }
  CHECK(contains(unreadable(File("").path), "holds no secret"));
  CHECK(contains(unreadable(File("\nsecond\n").path), "holds no secret"));
  CHECK(contains(unreadable(File(std::string(256, 'x')).path), "more than 255"));
  CHECK(contains(unreadable(File(std::string(5000, 'x')).path), "more than 255"));
  CHECK(contains(unreadable(File(std::string("s\0e\0c\0", 6)).path), "zero byte"));
  CHECK(contains(unreadable(File("\xEF\xBB\xBFsecret123456\n").path), "byte order mark"));
  CHECK(contains(unreadable("/nonexistent/secret"), "No such file"));
  CHECK(contains(unreadable("/tmp"), "cannot read"));
}

TEST_CASE("a pipe is a secret file too, whatever its mode says") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  REQUIRE(write(ends[1], "secret123456\n", 13) == 13);
  close(ends[1]);
  CHECK(read_secret("/dev/fd/" + std::to_string(ends[0])) == "secret123456");
  close(ends[0]);
}

TEST_CASE("a pipe may be filled bit by bit, and need not end behind its line") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::thread writer([&] {
    for (const char* part : {"secret", "123456", "\nmore"}) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      CHECK(write(ends[1], part, std::strlen(part)) > 0);
    }
  });
  CHECK(read_secret("/dev/fd/" + std::to_string(ends[0])) == "secret123456");
  writer.join();
  CHECK(write(ends[1], std::string(5000, 'x').data(), 5000) == 5000);
  CHECK(contains(unreadable("/dev/fd/" + std::to_string(ends[0])), "more than 255"));
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a device is no secret file") {
  for (const char* device : {"/dev/zero", "/dev/null", "/dev/tty"})
    if (access(device, R_OK) == 0 && Fd(open(device, O_RDONLY)))
      CHECK(contains(unreadable(device), "is a device"));
}

TEST_CASE("where user and secret come from") {
  const File file("from-file\n");
  {
    const Environment none;
    const Credentials plain = make_credentials({kMe, "", ""}, "");
    CHECK(plain.initiator == kMe);
    CHECK(plain.user.empty());
    CHECK(plain.secret.empty());
    const Credentials options = make_credentials({kMe, "option", file.path}, "");
    CHECK(options.user == "option");
    CHECK(options.secret == "from-file");
    CHECK(make_credentials({kMe, "option", file.path}, "url").user == "url");
  }
  const Environment all({"env", "from-env", "target", "target-secret"});
  const Credentials environment = make_credentials({kMe, "", ""}, "");
  CHECK(environment.user == "env");
  CHECK(environment.secret == "from-env");
  CHECK(environment.target_user == "target");
  CHECK(environment.target_secret == "target-secret");
  const Credentials options = make_credentials({kMe, "option", file.path}, "");
  CHECK(options.user == "option");
  CHECK(options.secret == "from-file");
  CHECK(make_credentials({kMe, "option", ""}, "").secret == "from-env");
}

TEST_CASE("halves of a login are refused") {
  const File file("secret123456\n");
  {
    const Environment none;
    CHECK(contains(refusal({kMe, "me", ""}), "a CHAP user but no secret"));
    CHECK(contains(refusal({kMe, "", ""}, "me"), "a CHAP user but no secret"));
    CHECK(contains(refusal({kMe, "", file.path}), "a CHAP secret but no user"));
    CHECK(contains(refusal({kMe, "me", "/nonexistent"}), "No such file"));
    CHECK(contains(refusal({kMe, std::string(256, 'u'), file.path}), "more than 255"));
  }
  {
    const Environment user({"", "", "target", ""});
    CHECK(contains(refusal({kMe, "me", file.path}), "LIBISCSI_CHAP_TARGET_PASSWORD"));
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
  check_name(given, "test");
  if (!std::filesystem::exists("/etc/iscsi/initiatorname.iscsi")) {
    CHECK(given.starts_with("iqn.2026-11.org.sanboot:"));
    CHECK(given.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos);
  }
}
