// SPDX-License-Identifier: Apache-2.0
// What tgtadm prints, and files of tgt's conf.d.
#include <cstdlib>
#include <string>

#include "target/tgt/tgt_conf.h"
#include "target/tgt/tgt_show.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input = std::as_bytes(std::span(data, size));
  for (const san::target::TgtTarget& target : san::target::parse_tgt_targets(input))
    if (target.name.find('\n') != std::string::npos) std::abort();
  san::target::parse_tgt_parameters(input);
  san::target::parse_tgt_accounts(input);
  for (const san::iscsi::Portal& portal : san::target::parse_tgt_portals(input))
    if (portal.host == "0.0.0.0") std::abort();
  const std::string text(reinterpret_cast<const char*>(data), size);
  san::target::tgt_conf_secrets(text);
  san::target::tgt_conf_defines(text, "iqn.a:b");
  return 0;
}
