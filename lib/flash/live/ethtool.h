// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace san::flash {

/// What a driver tells about itself (ETHTOOL_GDRVINFO, for which nobody has to be root).
struct DriverAnswer {
  int error = 0;      ///< an errno; then the rest means nothing
  std::string name;   ///< "igb"
  std::string where;  ///< the PCI function, "0000:03:00.0"
  std::uint32_t eeprom_bytes = 0;
};

/// A part of a NIC's EEPROM (ETHTOOL_GEEPROM).
struct EepromAnswer {
  int error = 0;            ///< an errno; then the rest means nothing
  std::uint32_t magic = 0;  ///< without which the driver takes no write
  std::vector<std::byte> bytes;
};

/// The kernel's ethtool ioctls on network interfaces, as far as an EEPROM needs them. A test has its own.
class Ethtool {
 public:
  Ethtool() = default;
  virtual ~Ethtool() = default;
  Ethtool(const Ethtool&) = delete;
  Ethtool& operator=(const Ethtool&) = delete;

  virtual DriverAnswer driver(const std::string& interface) = 0;
  /// Bytes `offset` to `offset + length`; fewer where the driver gives fewer.
  virtual EepromAnswer read(const std::string& interface, std::uint32_t offset, std::uint32_t length) = 0;
  /// 0 or an errno (ETHTOOL_SEEPROM). That the driver takes a write does not mean that anything changed.
  virtual int write(const std::string& interface, std::uint32_t magic, std::uint32_t offset,
                    std::span<const std::byte> bytes) = 0;
};

/// Those of this machine.
std::shared_ptr<Ethtool> kernel_ethtool();

}  // namespace san::flash
