// SPDX-License-Identifier: Apache-2.0
#include "iscsi/login/credentials.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <span>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/process/interrupt.h"
#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/limits.h"
#include "system/fd.h"

namespace san::iscsi {
namespace {

constexpr const char* kSystemFile = "/etc/iscsi/initiatorname.iscsi";

std::string environment(const char* name) {
  // Nothing in this program changes its environment. NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// Returns the initiator name of open-iscsi on this machine; empty if there is none.
std::string system_initiator() {
  constexpr std::string_view kKey = "InitiatorName=";
  std::ifstream file(kSystemFile);
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(kKey))
      return line.substr(kKey.size(), line.find_last_not_of(" \t\r") + 1 - kKey.size());
  return {};
}

std::string default_initiator() {
  std::array<char, 256> host = {};
  gethostname(host.data(), host.size() - 1);
  std::string name = host.data();
  // RFC 3722: letters of a name are lower case.
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' ? static_cast<char>(std::tolower(c)) : '-';
  });
  return "iqn.2026-11.org.sanboot:" + (name.empty() ? "host" : name);
}

}  // namespace

namespace {

constexpr std::chrono::seconds kTimeout{10};

Error unreadable(const std::string& path, int error) {
  return {Exit::usage, path, fmt::format("cannot read the secret: {}", errno_text(error))};
}

/// Returns the kind of a file that cannot keep a secret; null for others.
const char* wrong_kind(mode_t mode) {
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "is a device, which holds no secret";
  return nullptr;
}

/// Waits until data can be read. A FIFO opened without blocking reads as empty, not as ended, before a writer
/// has opened it.
void await_writer(const std::string& path, const Fd& fd, std::chrono::steady_clock::time_point end) {
  for (;;) {
    Interrupt::check(path.c_str());
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      throw Error(Exit::usage, path,
                  fmt::format("is a FIFO from which no line came within {} seconds", kTimeout.count()),
                  "name a file, or see that something writes one line to it");
    pollfd wait = {fd.get(), POLLIN, 0};
    const int ready = poll(&wait, 1, static_cast<int>(left.count()));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) throw unreadable(path, errno);
  }
}

/// Reads the beginning of the file, at most as many bytes as `buffer` has.
std::size_t read_front(const std::string& path, const Fd& fd, std::span<char> buffer, bool fifo) {
  const auto end = std::chrono::steady_clock::now() + kTimeout;
  std::size_t size = 0;
  while (size < buffer.size()) {
    if (fifo) await_writer(path, fd, end);
    const ssize_t got = read(fd.get(), buffer.data() + size, buffer.size() - size);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) throw unreadable(path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (std::find(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size), '\n') !=
        buffer.begin() + static_cast<std::ptrdiff_t>(size))
      break;
  }
  return size;
}

/// Reads the beginning of a file, which must be accessible to its owner only.
Secret front_of(const std::string& path) {
  const Fd fd = open_path(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status = {};
  if (!fd || fstat(fd.get(), &status) != 0) throw unreadable(path, errno);
  if (const char* kind = wrong_kind(status.st_mode); kind != nullptr)
    throw Error(Exit::usage, path, kind, "put the CHAP secret into the first line of a file of mode 0600");
  if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw Error(Exit::usage, path, "others than its owner can read or change the secret",
                "chmod 600 the file");
  std::array<char, 512> buffer = {};
  const std::size_t size = read_front(path, fd, buffer, S_ISFIFO(status.st_mode));
  Secret front(std::string(buffer.data(), size));
  explicit_bzero(buffer.data(), buffer.size());
  return front;
}

}  // namespace

Secret read_secret(const std::string& path) {
  Secret secret = front_of(path);
  secret.resize(std::min(secret.find_first_of("\r\n"), secret.size()));
  if (secret.empty())
    throw Error(Exit::usage, path, "holds no secret", "put the CHAP secret into its first line");
  if (secret.starts_with("\xEF\xBB\xBF"))
    throw Error(Exit::usage, path,
                "begins with a byte order mark (EF BB BF), which would count as a part of the secret",
                "save it as UTF-8 without a mark, or remove it: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE");
  // libiscsi ends the secret at a zero byte. Files in UTF-16 have them.
  if (secret.find('\0') != std::string::npos)
    throw Error(Exit::usage, path, "holds a zero byte in its first line", "write the secret as plain text");
  if (secret.size() > kMaxChapText)
    throw Error(Exit::usage, path, fmt::format("holds a secret of more than {} bytes", kMaxChapText));
  return secret;
}

std::string machine_initiator() {
  std::string name = system_initiator();
  if (name.empty()) name = default_initiator();
  check_name(name, kSystemFile);
  return name;
}

Credentials environment_credentials() {
  return {"", environment("LIBISCSI_CHAP_USERNAME"), environment("LIBISCSI_CHAP_PASSWORD"),
          environment("LIBISCSI_CHAP_TARGET_USERNAME"), environment("LIBISCSI_CHAP_TARGET_PASSWORD")};
}

}  // namespace san::iscsi
