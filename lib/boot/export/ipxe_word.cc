// SPDX-License-Identifier: Apache-2.0
#include "boot/export/ipxe_word.h"

#include <algorithm>

#include "core/text/table.h"

namespace san::boot {

std::optional<IpxeWord> ipxe_word(std::string_view text) {
  const bool visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  const bool acts = text == "||" || text == "&&" || text == ";" || text.find("${") != std::string_view::npos;
  if (text.empty() || !visible || acts || text.front() == '#' || text.front() == '-' || text.back() == '\\')
    return std::nullopt;
  return IpxeWord(std::string(text));
}

IpxeWord ipxe_device(IpxeText nic, const std::optional<IpxeWord>& vlan) {
  return IpxeWord(std::string(nic.text()) + (vlan ? "-" + vlan->text() : ""));
}

void IpxeScript::comment(std::string_view text) {
  text_ += "# " + printable(text);
  if (text.ends_with('\\')) text_ += '.';  // else the next line would be of the comment
  text_ += '\n';
}

}  // namespace san::boot
