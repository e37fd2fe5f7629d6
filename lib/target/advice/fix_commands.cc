// SPDX-License-Identifier: Apache-2.0
#include "target/advice/fix_commands.h"

#include <fmt/core.h>

#include <charconv>

#include "core/text/shell_command.h"

namespace san::iscsi {
namespace {

/// Returns the front of a tgtadm command; tgtadm needs the number of the target.
std::string tgt_command(const TargetLun& target_lun, const std::string& mode) {
  const std::string tid = target_lun.tid ? std::to_string(*target_lun.tid) : "TID";
  return fmt::format("tgtadm --op update --mode {} --tid {}", mode, tid);
}

/// Returns the target's name for commands and configuration files; NAME if it has characters that RFC 3722
/// does not allow.
PlainName target_word(const TargetLun& target_lun) {
  const auto name = plain_name(target_lun.target);
  return name ? *name : *plain_name("NAME");
}

/// Returns a comment that explains NAME, if it is used.
std::vector<std::string> name_begin(const TargetLun& target_lun) {
  if (plain_name(target_lun.target)) return {};
  return {shell_comment("NAME: the target's name, which no command carries: " + target_lun.target).text()};
}

/// Returns a command that shows the target's number, if it is not known.
std::vector<std::string> tgt_begin(const TargetLun& target_lun) {
  if (target_lun.tid) return {};
  auto lines = name_begin(target_lun);
  const ShellCommand look{"tgtadm --op show --mode target | grep {}   # Target TID", target_word(target_lun)};
  lines.push_back(look.text());
  return lines;
}

/// Returns lines that change parameters of a LUN now, and lines that make the change permanent.
std::vector<std::string> tgt_lun(const TargetLun& target_lun, const std::string& parameters,
                                 const std::vector<std::string>& conf) {
  auto lines = tgt_begin(target_lun);
  lines.push_back(fmt::format("{} --lun {} --params {}", tgt_command(target_lun, "logicalunit"),
                              target_lun.lun, parameters));
  lines.emplace_back("# and in /etc/tgt/conf.d, in the LUN's <backing-store>:");
  lines.insert(lines.end(), conf.begin(), conf.end());
  return lines;
}

}  // namespace

std::optional<unsigned> tgt_number(const std::vector<Designator>& designators) {
  // usr/spc.c: NAA 3, then the target's number, then that of the LUN in eight digits.
  for (const Designator& one : designators) {
    if (one.association != 0 || one.type != 3 || one.text.size() != 16 || one.text[0] != '3') continue;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(one.text.data() + 1, one.text.data() + 8, value, 16);
    if (error == std::errc() && end == one.text.data() + 8 && value != 0) return value;
  }
  return std::nullopt;
}

const std::vector<std::string>& good_parameters() {
  static const std::vector<std::string> parameters{"MaxRecvDataSegmentLength=262144",
                                                   "MaxXmitDataSegmentLength=262144",
                                                   "InitialR2T=No",
                                                   "ImmediateData=Yes",
                                                   "FirstBurstLength=262144",
                                                   "MaxBurstLength=1048576"};
  return parameters;
}

std::vector<std::string> parameter_lines(const TargetLun& target_lun,
                                         const std::vector<std::string>& parameters) {
  std::vector<std::string> lines;
  if (target_lun.kind == TargetKind::tgt) {
    lines = tgt_begin(target_lun);
    for (const std::string& pair : parameters) {
      const auto equals = pair.find('=');
      lines.push_back(fmt::format("{} -n {} -v {}", tgt_command(target_lun, "target"), pair.substr(0, equals),
                                  pair.substr(equals + 1)));
    }
    lines.push_back(shell_comment("and in /etc/tgt/conf.d, in <target " + target_lun.target + ">:").text());
    for (const std::string& pair : parameters) {
      const auto equals = pair.find('=');
      lines.push_back(fmt::format("{} {}", pair.substr(0, equals), pair.substr(equals + 1)));
    }
  } else if (target_lun.kind == TargetKind::lio) {
    std::string all;
    for (const std::string& pair : parameters) all += " " + pair;
    lines = name_begin(target_lun);
    const ShellCommand set{"targetcli /iscsi/{}/tpg1 set parameter", target_word(target_lun)};
    lines.push_back(set.text() + all);
    lines.emplace_back("targetcli saveconfig");
  } else if (target_lun.kind == TargetKind::istgt) {
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

std::vector<std::string> thin_lines(const TargetLun& target_lun) {
  if (target_lun.kind == TargetKind::tgt)
    return tgt_lun(target_lun, "thin_provisioning=1", {"params thin_provisioning=1"});
  if (target_lun.kind == TargetKind::lio) {
    auto lines = name_begin(target_lun);
    const ShellCommand look{"targetcli /iscsi/{}/tpg1/luns ls    # names the LUN's backstore",
                            target_word(target_lun)};
    lines.push_back(look.text());
    lines.emplace_back("targetcli /backstores/fileio/BACKSTORE set attribute emulate_tpu=1 emulate_tpws=1");
    lines.emplace_back("targetcli saveconfig");
    return lines;
  }
  return {};
}

std::vector<std::string> writable_lines(const TargetLun& target_lun) {
  if (target_lun.kind == TargetKind::tgt) return tgt_lun(target_lun, "readonly=0", {"readonly 0"});
  return {};
}

std::vector<std::string> identity_lines(const TargetLun& target_lun) {
  if (target_lun.kind == TargetKind::tgt)
    return tgt_lun(target_lun, "scsi_id=UNIQUE-ID,scsi_sn=UNIQUE-SERIAL",
                   {"scsi_id UNIQUE-ID", "scsi_sn UNIQUE-SERIAL"});
  if (target_lun.kind == TargetKind::istgt)
    return {"# in istgt.conf, in the [LogicalUnit] of this target:",
            fmt::format("LUN{} Option Serial \"UNIQUE-SERIAL\"", target_lun.lun)};
  return {};
}

}  // namespace san::iscsi
