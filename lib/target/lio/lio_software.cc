// SPDX-License-Identifier: Apache-2.0
#include "target/lio/lio_software.h"

#include "target/driver/fix_lines.h"
#include "target/lio/lio_driver.h"

namespace san::target {
namespace {

FixLines lio_parameters(const FixedLun& lun, const std::vector<std::string>& parameters) {
  std::string all;
  for (const std::string& pair : parameters) all += " " + pair;
  auto lines = explain_name(lun);
  const ShellCommand set{"targetcli /iscsi/{}/tpg1 set parameter", target_word(lun)};
  lines.push_back(set.text() + all);
  lines.emplace_back("targetcli saveconfig");
  return lines;
}

FixLines lio_thin(const FixedLun& lun) {
  auto lines = explain_name(lun);
  const ShellCommand look{"targetcli /iscsi/{}/tpg1/luns ls    # names the LUN's backstore",
                          target_word(lun)};
  lines.push_back(look.text());
  lines.emplace_back("targetcli /backstores/fileio/BACKSTORE set attribute emulate_tpu=1 emulate_tpws=1");
  lines.emplace_back("targetcli saveconfig");
  return lines;
}

FixLines lio_zeros(const FixedLun& /*lun*/) {
  return {"targetcli /backstores/BACKSTORE/NAME set attribute unmap_zeroes_data=1"};
}

}  // namespace

constexpr TargetSoftware kLio{
    .name = "LIO (Linux kernel)",
    // drivers/target/target_core_base.h
    .made = [](const iscsi::Inquiry& inquiry) { return inquiry.vendor == "LIO-ORG"; },
    .parameter_lines = lio_parameters,
    .thin_lines = lio_thin,
    .zeros_lines = lio_zeros,
    .driver = "lio",
    .make = [](const DriverOptions& options) { return make_lio_driver(options.config); }};

}  // namespace san::target
