// SPDX-License-Identifier: Apache-2.0
// What a target answers to a login as iPXE does it: PDUs of a flags byte, a status byte, a length byte and
// text.
#include <cstdlib>
#include <vector>

#include "preflight/facts/ipxe_negotiation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const san::iscsi::Credentials who{"iqn.2026-11.org.example:host1", "host1", "right-secret-1", "target",
                                    "target-secret-2"};
  san::preflight::IpxeNegotiation negotiation(who, "iqn.2026-11.org.example:golden", "7challenge");
  for (std::size_t at = 0; at + 3 <= size && !negotiation.over();) {
    const std::size_t length = std::min<std::size_t>(data[at + 2], size - at - 3);
    const std::vector<std::byte> text(reinterpret_cast<const std::byte*>(data) + at + 3,
                                      reinterpret_cast<const std::byte*>(data) + at + 3 + length);
    negotiation.take(data[at], data[at + 1], text);
    if (negotiation.request().text.size() > 4096) std::abort();
    at += 3 + length;
  }
  // Nobody guesses the answer to the challenge.
  if (negotiation.logged_in()) std::abort();
  return 0;
}
