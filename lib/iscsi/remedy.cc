// SPDX-License-Identifier: Apache-2.0
#include "iscsi/remedy.h"

#include <fmt/format.h>

namespace san::iscsi {
namespace {

/// tgtadm wants a number for the target, which only it knows.
std::string tgt_tid(const std::string& target) {
  return fmt::format("TID=$(tgtadm --op show --mode target | awk -v t={} '$1==\"Target\" && $3==t {{print $2+0}}')",
                     target);
}

std::vector<std::string> tgt_lun(const std::string& target, std::uint16_t lun, const std::string& parameters,
                                 const std::string& conf) {
  return {tgt_tid(target),
          fmt::format("tgtadm --op update --mode logicalunit --tid $TID --lun {} --params {}", lun, parameters),
          fmt::format("# and in /etc/tgt/conf.d, in the LUN's <backing-store>: {}", conf)};
}

}  // namespace

const std::vector<std::string>& good_parameters() {
  static const std::vector<std::string> parameters{
      "MaxRecvDataSegmentLength=262144", "MaxXmitDataSegmentLength=262144", "InitialR2T=No",
      "ImmediateData=Yes",               "FirstBurstLength=262144",         "MaxBurstLength=1048576"};
  return parameters;
}

std::vector<std::string> parameter_lines(TargetKind kind, const std::string& target,
                                         const std::vector<std::string>& parameters) {
  std::vector<std::string> lines;
  if (kind == TargetKind::tgt) {
    lines.push_back(tgt_tid(target));
    for (const std::string& pair : parameters) {
      const auto equals = pair.find('=');
      lines.push_back(fmt::format("tgtadm --op update --mode target --tid $TID -n {} -v {}", pair.substr(0, equals),
                                  pair.substr(equals + 1)));
    }
    lines.push_back(fmt::format("# and in /etc/tgt/conf.d, in <target {}>:", target));
    for (const std::string& pair : parameters) {
      const auto equals = pair.find('=');
      lines.push_back(fmt::format("{} {}", pair.substr(0, equals), pair.substr(equals + 1)));
    }
  } else if (kind == TargetKind::lio) {
    std::string all;
    for (const std::string& pair : parameters) all += " " + pair;
    lines.push_back(fmt::format("targetcli /iscsi/{}/tpg1 set parameter{}", target, all));
    lines.emplace_back("targetcli saveconfig");
  } else if (kind == TargetKind::istgt) {
    lines.emplace_back("# in istgt.conf, in the [LogicalUnit] of this target, or in [Global]:");
    for (const std::string& pair : parameters) {
      const auto equals = pair.find('=');
      const std::string name = pair.substr(0, equals);
      // "NOTE: not supported" in istgt's own sample; and one that only tgt and LIO have.
      if (name == "InitialR2T" || name == "MaxXmitDataSegmentLength") continue;
      lines.push_back(fmt::format("{} {}", name, pair.substr(equals + 1)));
    }
    if (lines.size() == 1) lines.clear();
  }
  return lines;
}

std::vector<std::string> thin_lines(TargetKind kind, const std::string& target, std::uint16_t lun) {
  if (kind == TargetKind::tgt) return tgt_lun(target, lun, "thin_provisioning=1", "params thin_provisioning=1");
  if (kind == TargetKind::lio)
    return {fmt::format("targetcli /iscsi/{}/tpg1/luns ls    # names the LUN's backstore", target),
            "targetcli /backstores/fileio/NAME set attribute emulate_tpu=1 emulate_tpws=1",
            "targetcli saveconfig"};
  return {};
}

std::vector<std::string> writable_lines(TargetKind kind, const std::string& target, std::uint16_t lun) {
  if (kind == TargetKind::tgt) return tgt_lun(target, lun, "readonly=0", "readonly 0");
  return {};
}

std::vector<std::string> identity_lines(TargetKind kind, const std::string& target, std::uint16_t lun) {
  if (kind == TargetKind::tgt) {
    return {tgt_tid(target),
            fmt::format("tgtadm --op update --mode logicalunit --tid $TID --lun {} --params "
                        "scsi_id=UNIQUE-ID,scsi_sn=UNIQUE-SERIAL",
                        lun),
            "# and in /etc/tgt/conf.d, in the LUN's <backing-store>:", "scsi_id UNIQUE-ID", "scsi_sn UNIQUE-SERIAL"};
  }
  if (kind == TargetKind::istgt)
    return {"# in istgt.conf, in the [LogicalUnit] of this target:",
            fmt::format("LUN{} Option Serial \"UNIQUE-SERIAL\"", lun)};
  return {};
}

}  // namespace san::iscsi
