// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "target/driver/driver.h"
#include "target/tgt/tgt_show.h"
#include "target/tgt/tgtadm.h"

namespace san::target {

/// Driver of tgt, the Linux SCSI target framework in user space: tgtd through tgtadm, and one file per target
/// in conf.d.
class TgtDriver final : public Driver {
 public:
  static constexpr const char* kConfig = "/etc/tgt/conf.d";

  /// `config` is the directory whose *.conf files tgt's targets.conf includes.
  explicit TgtDriver(std::string config = kConfig, std::uint16_t control_port = 0);

  std::string_view name() const override { return "tgt"; }
  void require() override;
  std::vector<TargetState> list() override;
  std::vector<iscsi::Portal> portals() override;
  std::optional<AccessRule> access(const std::string& name) override;
  std::optional<AccessRule> written(const std::string& name) override;
  std::string written_with(const std::string& volume) override;
  void check_written(const std::string& name) override;
  void create_target(const std::string& name) override;
  void delete_target(const std::string& name) override;
  void attach(const std::string& name, std::uint16_t lun, const TargetVolume& volume) override;
  void detach(const std::string& name, std::uint16_t lun) override;
  void allow(const std::string& name, const AccessRule& access) override;
  void drop_accounts(const std::vector<std::string>& users) override;
  void tune(const std::string& name, const std::map<std::string, std::string>& values) override;
  bool persist(const std::string& name, const AccessRule& access) override;

 private:
  std::vector<TgtTarget> targets() const;
  TgtTarget find(const std::string& name) const;
  std::map<std::string, std::string> parameters(const TgtTarget& target) const;
  std::map<std::string, Secret> secrets() const;
  std::string config_path(const std::string& target) const;

  std::vector<std::string> accounts() const;
  void set_accounts(const TgtTarget& target, const AccessRule& access);
  void make_account(const TgtTarget& target, const ChapAccount& account, const std::vector<TgtTarget>& all);
  void bind_accounts(const TgtTarget& target, const AccessRule& access) const;
  void bind_account(const TgtTarget& target, const std::string& user, bool outgoing, bool bind) const;
  void unbind_incoming(const TgtTarget& target) const;
  void drop_unused_accounts(const std::vector<std::string>& names) const;
  bool remove_written(const std::string& target) const;
  void bind_rule(const TgtTarget& target, const std::string& rule, bool bind) const;

  std::string config_;
  std::uint16_t control_port_;
  Tgtadm tgtadm_;
};

}  // namespace san::target
