// SPDX-License-Identifier: Apache-2.0
#include "target/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>
#include <string_view>

#include "block/fd.h"
#include "block/file_io.h"
#include "block/new_file.h"
#include "core/error.h"
#include "core/fill_random.h"
#include "iscsi/credentials.h"

namespace san::target {

std::string make_secret() {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
  static_assert(kLetters.size() == 64);
  std::array<unsigned char, 16> random = {};
  fill_random(std::as_writable_bytes(std::span(random)));
  std::string secret;
  for (const unsigned char byte : random) secret += kLetters[byte % kLetters.size()];
  return secret;
}

std::string secret_of_file(const std::string& path, const std::string& known, bool& made) {
  made = false;
  if (access(path.c_str(), F_OK) == 0) {
    std::string secret = iscsi::read_secret(path);
    if (secret.size() < 12 || secret.size() > 16)
      throw Error(Exit::usage, path, fmt::format("holds a secret of {} bytes", secret.size()),
                  "CHAP secrets have 12 to 16 bytes; remove the file to have one made");
    return secret;
  }
  const Fd fd = open_path(path, O_RDWR | O_CREAT | O_EXCL, 0600);
  if (!fd) throw system_error(path, "create it", errno);
  NewFile file(path);
  std::string secret = known.empty() ? make_secret() : known;
  const std::string line = secret + "\n";
  if (const Transfer done = write_fully(fd.get(), 0, std::as_bytes(std::span(line)));
      done.bytes != line.size())
    throw system_error(path, "write it", done.error);
  if (fsync(fd.get()) != 0) throw system_error(path, "write it", errno);
  file.keep();
  made = true;
  return secret;
}

}  // namespace san::target
