// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "flash/flash_device.h"
#include "flash/ip_order.h"
#include "flash/nvm/iscsi_block.h"
#include "flash/nvm/nvm_area.h"
#include "flash/nvm/nvm_checksum.h"
#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// Options for an Intel NVM on a command line.
struct NvmOptions {
  std::string family;               ///< name of the family, if the image does not identify it
  std::optional<IpOrder> ip_order;  ///< byte order of addresses, if the netmasks prove none or a wrong one
  bool unverified = false;          ///< permit values and layouts that no public datasheet confirms
  bool drop_target_user = false;    ///< see IscsiEditRules
  std::string force;                ///< reason for restoring a backup of another NIC
};

/// Interpreted content of an image: the model behind text(), json() and verify().
struct NvmView {
  const NvmImage& image;
  const NvmFamily* family = nullptr;
  std::vector<NvmChecksum> checksums;
  std::vector<NvmArea> areas;
  IscsiBlockLocation block;
  std::optional<IpOrder> order;       ///< byte order in which addresses are shown
  std::optional<IpOrder> mask_order;  ///< byte order that the netmasks prove
  bool order_conflict = false;
};
NvmView nvm_view(const NvmImage& image, const NvmFamily* family, std::optional<IpOrder> order);

/// Checks the image by the rules of the reference tables, and as the drivers do; returns the findings, errors
/// first.
Diagnostics nvm_findings(const NvmView& view);

/// Returns the MAC address of port 1, "52:54:00:12:34:56", from words 0 to 2 of a GbE NIC.
std::string first_mac(const NvmImage& image);

/// An Intel NVM, in a file or in a NIC.
class NvmFlash : public FlashDevice {
 public:
  /// Function that writes `after` over `before`, the image that was read, reads it back and compares; throws
  /// Error.
  using Writer = std::function<void(const NvmImage& before, const NvmImage& after)>;

  /// `name` is the name that the user typed. Throws Error(usage) for an unknown family.
  NvmFlash(std::string name, NvmImage image, NvmOptions options, Writer writer);

  Diagnostics verify() const override;
  std::vector<std::string> set(const FlashSettings& settings, unsigned port) override;
  std::vector<std::string> reset(std::optional<unsigned> port) override;
  std::vector<std::string> enable_rom(bool enable, std::optional<unsigned> port) override;
  std::vector<std::string> restore(const std::string& name, std::span<const std::byte> content) override;
  std::vector<FlashChange> changes() const override;
  std::vector<FlashChange> differences(const std::string& name,
                                       std::span<const std::byte> content) const override;
  std::vector<std::byte> backup() const override;
  void commit() override;

  const std::string& name() const { return name_; }
  const NvmFamily* family() const { return family_; }
  const NvmImage& image() const { return now_; }
  /// Returns what is known about the content; valid as long as this object is not changed.
  NvmView view() const { return nvm_view(now_, family_, options_.ip_order); }

 private:
  const NvmFamily& writable_family() const;
  void check_port(const NvmFamily& family, unsigned port) const;
  std::vector<std::string> put_choice(NvmImage& image, const NvmFamily& family, boot::Priority choice,
                                      unsigned port) const;
  std::vector<std::string> put_block(NvmImage& image, const NvmFamily& family, const FlashSettings& settings,
                                     unsigned port) const;
  void finish(NvmImage image, const NvmFamily& family, bool repair, std::vector<std::string>& notes);

  std::string name_;
  NvmOptions options_;
  NvmImage read_, now_;
  const NvmFamily* family_;
  Writer writer_;
};

/// Opens the NVM image in the file `path`; `name` is the name that the user typed. commit() replaces the file
/// by one rename, with its owner and mode. Throws Error.
std::unique_ptr<FlashDevice> open_nvm_file(const std::string& name, const std::string& path,
                                           const NvmOptions& options);

}  // namespace san::flash
