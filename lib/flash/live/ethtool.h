// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace san::flash {

/// Driver information of an interface (ETHTOOL_GDRVINFO, which needs no root rights).
struct DriverAnswer {
  int error = 0;      ///< an errno; if not 0, the other fields are meaningless
  std::string name;   ///< "igb"
  std::string where;  ///< PCI function, "0000:03:00.0"
  std::uint32_t eeprom_bytes = 0;
};

/// Content of a part of a NIC's EEPROM (ETHTOOL_GEEPROM).
struct EepromAnswer {
  int error = 0;            ///< an errno; if not 0, the other fields are meaningless
  std::uint32_t magic = 0;  ///< key that the driver requires for a write
  std::vector<std::byte> bytes;
};

/// Interface to the kernel's ethtool ioctls on network interfaces, as far as an EEPROM needs them; tests
/// replace it.
class Ethtool {
 public:
  Ethtool() = default;
  virtual ~Ethtool() = default;
  Ethtool(const Ethtool&) = delete;
  Ethtool& operator=(const Ethtool&) = delete;

  virtual DriverAnswer driver(const std::string& interface) = 0;
  /// Reads bytes `offset` to `offset + length`; fewer if the driver returns fewer.
  virtual EepromAnswer read(const std::string& interface, std::uint32_t offset, std::uint32_t length) = 0;
  /// Writes bytes at `offset` (ETHTOOL_SEEPROM) and returns 0 or an errno. A driver may accept a write
  /// without any effect.
  virtual int write(const std::string& interface, std::uint32_t magic, std::uint32_t offset,
                    std::span<const std::byte> bytes) = 0;
};

/// Returns the ioctls of this machine.
std::shared_ptr<Ethtool> kernel_ethtool();

}  // namespace san::flash
