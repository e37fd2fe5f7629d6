// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "iscsi/address/url.h"
#include "target/driver/driver.h"
#include "target/lio/configfs.h"
#include "target/lio/lio_tree.h"

namespace san::target {

/// Driver of the Linux kernel's target (LIO), through configfs.
class LioDriver : public Driver {
 public:
  /// `saveconfig` is the file that targetctl restores when the machine starts; new targets listen at
  /// `portal`.
  LioDriver(std::unique_ptr<Configfs> configfs, std::string saveconfig, iscsi::Portal portal);

  std::string_view name() const override { return "lio"; }
  void require() override;
  std::vector<TargetState> list() override;
  std::vector<iscsi::Portal> portals() override;
  /// Returns nothing if the initiators of a target have different accounts.
  std::optional<AccessRule> access(const std::string& target) override;
  std::optional<AccessRule> written(const std::string& target) override;
  std::string written_with(const std::string& volume) override;
  void create_target(const std::string& target) override;
  void delete_target(const std::string& target) override;
  /// Accepts LUNs 0 to 255: rtslib-fb restores no others.
  void attach(const std::string& target, std::uint16_t lun, const TargetVolume& volume) override;
  void detach(const std::string& target, std::uint16_t lun) override;
  /// Accepts one account for each direction, as LIO has one per initiator. No name or secret may begin with
  /// "NULL", which means "none" to LIO.
  void allow(const std::string& target, const AccessRule& access) override;
  /// Does nothing: each initiator has its own account.
  void drop_accounts(const std::vector<std::string>& /*users*/) override {}
  /// Accepts "MaxQueueCmd" as well, which is not a parameter of the RFC: the number of commands that an
  /// initiator may send before it has answers, as in the other drivers. It is LIO's default_cmdsn_depth.
  void tune(const std::string& target, const std::map<std::string, std::string>& parameters) override;
  /// Reads the secrets back from the kernel instead of using `access`.
  bool persist(const std::string& target, const AccessRule& access) override;

 private:
  void check_known(const std::string& target) const;
  void set_up_group(const std::string& group);
  void remove_luns(const std::string& group);
  void remove_group(const std::string& group);
  void unmap(const std::string& group, const LioLun& lun);
  void map(const std::string& group, std::uint16_t lun, bool read_only, const std::string& initiator);
  void remove_rule(const std::string& rule);
  void set_account(const std::string& auth, const AccessRule* access);
  void protect_from_everybody(const std::string& group, bool open);

  std::unique_ptr<Configfs> configfs_;
  std::string saveconfig_;
  iscsi::Portal portal_;
};

/// Makes the driver for this machine: /sys/kernel/config/target, port 3260 of every IPv4 address. An empty
/// `saveconfig` selects the file that this machine's rtslib-fb reads.
std::unique_ptr<Driver> make_lio_driver(const std::string& saveconfig);

}  // namespace san::target
