// SPDX-License-Identifier: Apache-2.0
// linux/ethtool.h: struct ethtool_drvinfo, struct ethtool_eeprom.
#include "flash/live/ethtool.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "system/fd.h"

namespace san::flash {
namespace {

/// Issues the ioctl; `request` is one of the structures of linux/ethtool.h.
int ask(const std::string& interface, void* request) {
  ifreq question = {};
  if (interface.size() >= sizeof question.ifr_name) return ENODEV;
  std::memcpy(question.ifr_name, interface.data(), interface.size());
  question.ifr_data = static_cast<char*>(request);
  const Fd socket_fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket_fd) return errno;
  return ioctl(socket_fd.get(), SIOCETHTOOL, &question) == 0 ? 0 : errno;
}

template <std::size_t size>
std::string text_of(const char (&field)[size]) {
  return {field, strnlen(field, size)};
}

class KernelEthtool final : public Ethtool {
 public:
  DriverAnswer driver(const std::string& interface) override {
    ethtool_drvinfo info = {};
    info.cmd = ETHTOOL_GDRVINFO;
    if (const int error = ask(interface, &info); error != 0) return {error, {}, {}, 0};
    return {0, text_of(info.driver), text_of(info.bus_info), info.eedump_len};
  }

  EepromAnswer read(const std::string& interface, std::uint32_t offset, std::uint32_t length) override {
    std::vector<std::byte> buffer(sizeof(ethtool_eeprom) + length);
    ethtool_eeprom head = {};
    head.cmd = ETHTOOL_GEEPROM;
    head.offset = offset;
    head.len = length;
    std::memcpy(buffer.data(), &head, sizeof head);
    if (const int error = ask(interface, buffer.data()); error != 0) return {error, 0, {}};
    std::memcpy(&head, buffer.data(), sizeof head);
    const auto* const data = buffer.data() + sizeof head;
    return {0, head.magic, {data, data + std::min(head.len, length)}};
  }

  int write(const std::string& interface, std::uint32_t magic, std::uint32_t offset,
            std::span<const std::byte> bytes) override {
    std::vector<std::byte> buffer(sizeof(ethtool_eeprom) + bytes.size());
    ethtool_eeprom head = {};
    head.cmd = ETHTOOL_SEEPROM;
    head.magic = magic;
    head.offset = offset;
    head.len = static_cast<std::uint32_t>(bytes.size());
    std::memcpy(buffer.data(), &head, sizeof head);
    std::copy(bytes.begin(), bytes.end(), buffer.begin() + sizeof head);
    return ask(interface, buffer.data());
  }
};

}  // namespace

std::shared_ptr<Ethtool> kernel_ethtool() {
  return std::make_shared<KernelEthtool>();
}

}  // namespace san::flash
