// SPDX-License-Identifier: Apache-2.0
#include "target/pool/secret_file.h"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <span>
#include <string_view>

#include "core/error.h"
#include "core/fill_random.h"
#include "iscsi/address/limits.h"
#include "iscsi/login/boot_secret.h"
#include "iscsi/login/credentials.h"
#include "system/file/atomic_file.h"

namespace san::target {

Secret make_secret() {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
  static_assert(kLetters.size() == 64);
  std::array<unsigned char, 16> random = {};
  fill_random(std::as_writable_bytes(std::span(random)));
  Secret secret(std::string(random.size(), ' '));
  std::size_t at = 0;
  for (const unsigned char byte : random) secret[at++] = kLetters[byte % kLetters.size()];
  return secret;
}

Secret secret_of_file(const std::string& path, const Secret& known, bool& made) {
  made = false;
  if (access(path.c_str(), F_OK) == 0) {
    AtomicFile::remove_stale(path);
    Secret secret = iscsi::read_secret(path);
    if (iscsi::boot_secret_fault(secret))
      throw Error(Exit::usage, path, fmt::format("holds a secret of {} bytes", secret.size()),
                  fmt::format("CHAP secrets have {} to {} bytes; remove the file to have one made",
                              iscsi::kMinBootSecret, iscsi::kMaxBootSecret));
    return secret;
  }
  AtomicFile file(path, {.mode = 0600, .temporary = AtomicFile::Temporary::partial});
  Secret secret = known.empty() ? make_secret() : known;
  const Secret line(secret + "\n");
  file.write(std::as_bytes(std::span(line)));
  if (!file.commit_new())
    throw Error(Exit::refused, path, "another process has made it just now", "try again");
  made = true;
  return secret;
}

}  // namespace san::target
