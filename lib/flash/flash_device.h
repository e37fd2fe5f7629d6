// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/text/table.h"
#include "flash/finding.h"
#include "flash/flash_settings.h"

namespace san::flash {

/// One place in a flash whose content differs. Secrets are masked.
struct FlashChange {
  std::string where;   ///< "word 0x0030"
  std::string name;    ///< what the place is for: "main setup options, port 1"
  std::string before;  ///< "0x0100"
  std::string after;
};

/// commit() came to an end in the middle: the backup brings back what was there.
class PartlyWritten : public Error {
 public:
  PartlyWritten(std::string object, std::string cause)
      : Error(Exit::failed, std::move(object), std::move(cause)) {}
};

/// Something that keeps the boot settings of NIC ports: a NIC's NVM (in a file or in the NIC), a firmware's
/// variable store. What set(), choose(), reset(), enable_rom() and restore() do stays in memory until
/// commit(), so that changes() can be looked at first. Each of the five returns what the user should know;
/// each throws Error and changes nothing where it cannot be done. Ports count from 1.
class FlashDevice {
 public:
  FlashDevice() = default;
  virtual ~FlashDevice() = default;
  FlashDevice(const FlashDevice&) = delete;
  FlashDevice& operator=(const FlashDevice&) = delete;

  /// All that is known about it, secrets masked.
  virtual Printable text() const = 0;
  virtual Json json() const = 0;

  /// What is wrong with it, errors first.
  virtual std::vector<Finding> verify() const = 0;

  /// Settings for one port. Throws Error(usage) where the flash has no room or no field for one,
  /// Error(failed) where there is no place for settings at all, Error(refused) where writing could destroy
  /// something.
  virtual std::vector<std::string> set(const FlashSettings& settings, unsigned port) = 0;
  /// What the port does when the machine starts.
  virtual std::vector<std::string> choose(BootChoice choice, unsigned port) = 0;
  /// Back to the defaults, for one port or all; what guards the content (a checksum) is repaired.
  virtual std::vector<std::string> reset(std::optional<unsigned> port) = 0;
  /// Whether the machine sees the option ROM of the port (of all ports without one): the bit that switches
  /// the NIC's window on it. Throws Error(refused) where no document says which bit that is.
  virtual std::vector<std::string> enable_rom(bool enable, std::optional<unsigned> port);
  /// The content of a backup. `name` is of its file. Throws Error(refused) where it is of another device.
  virtual std::vector<std::string> restore(const std::string& name, std::span<const std::byte> content) = 0;

  /// What commit() would write.
  virtual std::vector<FlashChange> changes() const = 0;
  /// Where the backup differs from what was read: before is the device, after the backup.
  virtual std::vector<FlashChange> differences(const std::string& name,
                                               std::span<const std::byte> content) const = 0;
  /// The content as it was read, for restore().
  virtual std::vector<std::byte> backup() const = 0;

  /// Writes what changed, reads it back and compares. Throws Error; PartlyWritten where something has
  /// changed.
  virtual void commit() = 0;

  /// Where a backup belongs before anything is written, if nobody names a file: a name that is free; empty
  /// for what can be copied beforehand by anybody.
  virtual std::string backup_path() const { return {}; }
  /// The port that is meant where none is named, if it is an interface and not the whole flash.
  virtual std::optional<unsigned> own_port() const { return {}; }
};

}  // namespace san::flash
