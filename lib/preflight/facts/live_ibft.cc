// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/live_ibft.h"

#include <charconv>
#include <map>

#include "core/text/table.h"

namespace san::preflight {
namespace {

using Attributes = std::map<std::string, std::string>;

std::string text_of(const Attributes& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second;
}

template <typename T>
T number_of(const Attributes& attributes, const std::string& name) {
  const std::string text = text_of(attributes, name);
  T value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Returns the table as far as the kernel exports it.
boot::IbftTable shown_by_kernel(const IbftAttributes& directories) {
  boot::IbftTable table;
  for (const auto& [directory, attributes] : directories) {
    const auto flags = number_of<std::uint8_t>(attributes, "flags");
    if (directory == "initiator") {
      table.initiator = {flags, printable(text_of(attributes, "initiator-name"))};
    } else if (directory.starts_with("ethernet")) {
      boot::IbftNic nic;
      nic.index = number_of<std::uint8_t>(attributes, "index");
      nic.flags = flags;
      nic.address = boot::parse_ip(text_of(attributes, "ip-addr"));
      nic.vlan = number_of<std::uint16_t>(attributes, "vlan");
      nic.mac = text_of(attributes, "mac");
      table.nics.push_back(std::move(nic));
    } else if (directory.starts_with("target")) {
      boot::IbftTarget target;
      target.index = number_of<std::uint8_t>(attributes, "index");
      target.flags = flags;
      target.address = boot::parse_ip(text_of(attributes, "ip-addr"));
      target.port = number_of<std::uint16_t>(attributes, "port");
      target.chap = number_of<std::uint8_t>(attributes, "chap-type");
      target.nic = number_of<std::uint8_t>(attributes, "nic-assoc");
      target.name = printable(text_of(attributes, "target-name"));
      table.targets.push_back(std::move(target));
    }
  }
  return table;
}

}  // namespace

std::optional<LiveIbft> live_ibft(const MachineFacts& machine) {
  if (!machine.ibft.empty()) {
    if (auto table = boot::read_ibft(machine.ibft)) return LiveIbft{std::move(*table), true};
    return std::nullopt;
  }
  if (machine.ibft_attributes.empty()) return std::nullopt;
  // The kernel prints the LUN without leading zeros: "01000000" may be several.
  return LiveIbft{shown_by_kernel(machine.ibft_attributes), false};
}

}  // namespace san::preflight
