// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnostic.h"
#include "core/error.h"
#include "flash/flash_settings.h"

namespace san::flash {

/// One changed location in a flash: a word, field or variable. Secrets are masked.
struct FlashChange {
  std::string where;   ///< "word 0x0030"
  std::string name;    ///< purpose of the location: "main setup options, port 1"
  std::string before;  ///< "0x0100"
  std::string after;
};

/// Thrown by commit() if it failed with a part written: restoring the backup recovers the old content.
class PartlyWritten : public Error {
 public:
  PartlyWritten(std::string object, std::string cause)
      : Error(Exit::failed, std::move(object), std::move(cause)) {}
};

/// Storage of the boot settings of NIC ports: a NIC's NVM (in a file or in the NIC), a firmware's variable
/// store. set(), choose(), reset(), enable_rom() and restore() change only the copy in memory until commit(),
/// so that changes() can be examined first. Each of the five returns notes for the user, or throws Error and
/// changes nothing. Ports count from 1.
class FlashDevice {
 public:
  FlashDevice() = default;
  virtual ~FlashDevice() = default;
  FlashDevice(const FlashDevice&) = delete;
  FlashDevice& operator=(const FlashDevice&) = delete;

  /// Checks the content and returns the findings, errors first.
  virtual Diagnostics verify() const = 0;

  /// Stores the settings of one port. Throws Error(usage) if the flash has no field for one of them, or one
  /// too small for its value, Error(failed) if it cannot hold settings at all, Error(refused) if writing
  /// could destroy something.
  virtual std::vector<std::string> set(const FlashSettings& settings, unsigned port) = 0;
  /// Sets the role of a port in booting.
  std::vector<std::string> choose(boot::Priority choice, unsigned port) {
    FlashSettings settings;
    settings.priority = choice;
    return set(settings, port);
  }
  /// Resets one port, or all, to the defaults; checksums that protect the content are repaired.
  virtual std::vector<std::string> reset(std::optional<unsigned> port) = 0;
  /// Shows or hides the option ROM of one port, or of all, by the bit that enables the NIC's expansion ROM
  /// window. Throws Error(refused) if no document names that bit.
  virtual std::vector<std::string> enable_rom(bool enable, std::optional<unsigned> port);
  /// Restores the content of a backup. `name` is that of its file. Throws Error(refused) if it is of another
  /// device.
  virtual std::vector<std::string> restore(const std::string& name, std::span<const std::byte> content) = 0;

  /// Returns the changes that commit() would write.
  virtual std::vector<FlashChange> changes() const = 0;
  /// Returns the differences between the device as it was read (before) and a backup (after).
  virtual std::vector<FlashChange> differences(const std::string& name,
                                               std::span<const std::byte> content) const = 0;
  /// Returns the content as it was read, for restore().
  virtual std::vector<std::byte> backup() const = 0;

  /// Writes the changes, reads them back and compares. Throws Error; PartlyWritten if the failure left a part
  /// of the changes on the device.
  virtual void commit() = 0;

  /// Returns an unused path for the backup that is made before writing if the user names no file; empty if
  /// the user can simply copy the file beforehand.
  virtual std::string backup_path() const { return {}; }
  /// Returns the default port, if this is an interface and not the whole flash.
  virtual std::optional<unsigned> own_port() const { return {}; }
};

}  // namespace san::flash
