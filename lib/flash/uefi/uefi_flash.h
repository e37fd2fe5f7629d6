// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "flash/flash_device.h"
#include "flash/uefi/uefi_iscsi.h"

namespace san::flash {

/// Checks the iSCSI settings in a store and returns the findings, errors first: settings that the driver
/// silently skips, settings that the operating system will not accept, entries in front of the disk in
/// BootOrder.
Diagnostics uefi_findings(const VariableStore& store);
/// Returns the variables that differ, attempts field by field.
std::vector<FlashChange> uefi_differences(const VariableStore& before, const VariableStore& after);

/// Returns the MAC addresses of the NICs that have attempts in the store, "52:54:00:12:34:56", in the order
/// of their attempts: port 1 is the first.
std::vector<std::string> uefi_nics(const UefiIscsi& settings);

/// Merges the settings of that NIC in the store with `settings`, which take precedence. Settings that
/// neither has stay open; so does the kind of authentication, which follows from the users. `object` is named
/// in messages. Throws Error(usage) if a CHAP user has no secret, or the reverse, and Error(refused) if an
/// attempt has a setting that would be lost: target or kind of address by DHCP, Kerberos.
FlashSettings merge_settings(const UefiIscsi& now, const std::string& mac, const FlashSettings& settings,
                             const std::string& object);

/// A firmware's variable store, with the settings of its iSCSI initiator.
class UefiFlash final : public FlashDevice {
 public:
  /// Function that writes `after` over `before`; throws Error.
  using Writer = std::function<void(const VariableStore& before, const VariableStore& after)>;

  UefiFlash(VariableStore store, Writer writer);

  Diagnostics verify() const override;
  /// Stores the settings of the NIC with the MAC address in `settings`, or else of that of port `port` in the
  /// store.
  std::vector<std::string> set(const FlashSettings& settings, unsigned port) override;
  std::vector<std::string> reset(std::optional<unsigned> port) override;
  std::vector<std::string> restore(const std::string& name, std::span<const std::byte> content) override;
  std::vector<FlashChange> changes() const override;
  std::vector<FlashChange> differences(const std::string& name,
                                       std::span<const std::byte> content) const override;
  std::vector<std::byte> backup() const override { return read_.image(); }
  void commit() override;

  const VariableStore& store() const { return now_; }

 private:
  std::string mac_of(unsigned port) const;
  VariableStore parse_backup(const std::string& name, std::span<const std::byte> content) const;
  std::vector<std::string> prefer_pxe(const std::string& mac);

  VariableStore read_, now_;
  Writer writer_;
};

/// Opens the store in the file `path`; `name` is the name that the user typed. commit() replaces the file by
/// one rename. Throws Error.
std::unique_ptr<FlashDevice> open_uefi_file(const std::string& name, const std::string& path);

}  // namespace san::flash
