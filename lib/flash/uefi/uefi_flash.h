// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "flash/flash_device.h"
#include "flash/uefi/uefi_iscsi.h"

namespace san::flash {

/// What is wrong with the iSCSI settings in a store, errors first: what the driver passes over silently, what
/// the operating system will not take, what stands before the disk in BootOrder.
std::vector<Finding> uefi_findings(const VariableStore& store);
Json uefi_json(const VariableStore& store);
Printable uefi_text(const VariableStore& store);
/// Variables that differ, attempts field by field.
std::vector<FlashChange> uefi_differences(const VariableStore& before, const VariableStore& after);

/// The NICs that have attempts in the store, "52:54:00:12:34:56", in the order of their attempts: port 1 is
/// the first of them.
std::vector<std::string> uefi_nics(const UefiIscsi& settings);

struct MergedSettings {
  boot::BootProfile profile;
  iscsi::Credentials auth;
};

/// What the store says of that NIC, with `settings` over it. `object` is for messages. Throws Error(usage)
/// where a CHAP user has no secret, or the other way round, and Error(refused) where an attempt says
/// something that would be lost: target or kind of address by DHCP, Kerberos.
MergedSettings merge_settings(const UefiIscsi& now, const std::string& mac, const FlashSettings& settings,
                              const std::string& object);

/// A firmware's variable store, with the settings of its iSCSI initiator.
class UefiFlash final : public FlashDevice {
 public:
  /// Writes the second store over the first; throws Error.
  using Writer = std::function<void(const VariableStore& before, const VariableStore& after)>;

  UefiFlash(VariableStore store, Writer writer);

  Printable text() const override;
  Json json() const override;
  std::vector<Finding> verify() const override;
  /// A NIC is known by its address: that of `settings`, else that of port `port` in the store.
  std::vector<std::string> set(const FlashSettings& settings, unsigned port) override;
  std::vector<std::string> choose(BootChoice choice, unsigned port) override;
  std::vector<std::string> reset(std::optional<unsigned> port) override;
  std::vector<std::string> restore(const std::string& name, std::span<const std::byte> content) override;
  std::vector<FlashChange> changes() const override;
  std::vector<FlashChange> differences(const std::string& name,
                                       std::span<const std::byte> content) const override;
  std::vector<std::byte> backup() const override { return read_.image(); }
  void commit() override;

 private:
  std::string mac_of(unsigned port) const;
  VariableStore parse_backup(const std::string& name, std::span<const std::byte> content) const;
  std::vector<std::string> prefer_pxe(const std::string& mac);

  VariableStore read_, now_;
  Writer writer_;
};

/// The store in the file `path`; `name` is what the user typed. What is committed replaces the file by one
/// rename. Throws Error.
std::unique_ptr<FlashDevice> open_uefi_file(const std::string& name, const std::string& path);

}  // namespace san::flash
