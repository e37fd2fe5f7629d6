// SPDX-License-Identifier: Apache-2.0
// NBD URLs: what is taken has a server; what is refused is a sentence.
#include <cstdlib>

#include "block/nbd/nbd_url.h"
#include "core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  san::is_nbd_url(text);
  try {
    const san::NbdServer server = san::parse_nbd_url(text);
    if (server.host.empty() == server.socket.empty()) std::abort();
    san::to_string(server);
  } catch (const san::Error& error) {
    if (error.cause().empty()) std::abort();
  }
  return 0;
}
