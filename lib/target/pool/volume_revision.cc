// SPDX-License-Identifier: Apache-2.0
#include "target/pool/volume_revision.h"

#include <fcntl.h>

#include <string_view>

#include "core/endian.h"
#include "core/hash.h"
#include "system/fd.h"
#include "system/file/file_identity.h"

namespace san::target {

std::string volume_revision(const std::string& path) {
  const Fd fd = open_path(path, O_RDONLY | O_NONBLOCK);
  const std::string generation = fd ? file_generation(fd.get()) : "";
  if (generation.empty()) return {};
  constexpr std::string_view kCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const Hash128 hash = hash128(std::as_bytes(std::span(generation)));
  std::uint64_t value = *read_at<be64>(std::as_bytes(std::span(hash.bytes)), 0);
  std::string revision = "G";
  for (int i = 0; i < 3; ++i, value /= kCharacters.size())
    revision += kCharacters[value % kCharacters.size()];
  return revision;
}

}  // namespace san::target
