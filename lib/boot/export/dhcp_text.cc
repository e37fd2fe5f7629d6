// SPDX-License-Identifier: Apache-2.0
#include "boot/export/dhcp_text.h"

#include <algorithm>

namespace san::boot {

std::optional<DhcpText> dhcp_text(std::string_view text) {
  const auto good = [](char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; };
  if (!std::ranges::all_of(text, good)) return std::nullopt;
  return DhcpText(text);
}

}  // namespace san::boot
