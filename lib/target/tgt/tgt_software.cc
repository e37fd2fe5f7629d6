// SPDX-License-Identifier: Apache-2.0
#include "target/tgt/tgt_software.h"

#include <fmt/core.h>

#include <charconv>

#include "target/driver/fix_lines.h"
#include "target/tgt/tgt_driver.h"

namespace san::target {
namespace {

/// Returns the front of a tgtadm command; tgtadm needs the number of the target.
std::string tgt_command(const FixedLun& lun, const std::string& mode) {
  const std::string number = lun.number ? std::to_string(*lun.number) : "TID";
  return fmt::format("tgtadm --op update --mode {} --tid {}", mode, number);
}

/// Returns a command that shows the target's number, if it is not known.
FixLines tgt_begin(const FixedLun& lun) {
  if (lun.number) return {};
  auto lines = explain_name(lun);
  const ShellCommand look{"tgtadm --op show --mode target | grep {}   # Target TID", target_word(lun)};
  lines.push_back(look.text());
  return lines;
}

/// Returns lines that change parameters of a LUN now, and lines that make the change permanent.
FixLines tgt_lun(const FixedLun& lun, const std::string& parameters, const FixLines& conf) {
  auto lines = tgt_begin(lun);
  lines.push_back(
      fmt::format("{} --lun {} --params {}", tgt_command(lun, "logicalunit"), lun.lun, parameters));
  lines.emplace_back("# and in /etc/tgt/conf.d, in the LUN's <backing-store>:");
  lines.insert(lines.end(), conf.begin(), conf.end());
  return lines;
}

FixLines tgt_parameters(const FixedLun& lun, const std::vector<std::string>& parameters) {
  auto lines = tgt_begin(lun);
  for (const std::string& pair : parameters) {
    const auto equals = pair.find('=');
    lines.push_back(fmt::format("{} -n {} -v {}", tgt_command(lun, "target"), pair.substr(0, equals),
                                pair.substr(equals + 1)));
  }
  lines.push_back(shell_comment("and in /etc/tgt/conf.d, in <target " + lun.target + ">:").text());
  for (const std::string& pair : parameters) lines.push_back(as_setting(pair));
  return lines;
}

FixLines tgt_thin(const FixedLun& lun) {
  return tgt_lun(lun, "thin_provisioning=1", {"params thin_provisioning=1"});
}

FixLines tgt_writable(const FixedLun& lun) {
  return tgt_lun(lun, "readonly=0", {"readonly 0"});
}

FixLines tgt_identity(const FixedLun& lun) {
  return tgt_lun(lun, "scsi_id=UNIQUE-ID,scsi_sn=UNIQUE-SERIAL",
                 {"scsi_id UNIQUE-ID", "scsi_sn UNIQUE-SERIAL"});
}

/// usr/spc.c: NAA 3, then the target's number, then that of the LUN in eight digits. Nothing if tgt has not
/// generated the designator.
std::optional<unsigned> tgt_number(const std::vector<iscsi::Designator>& designators) {
  for (const iscsi::Designator& one : designators) {
    if (one.association != 0 || one.type != 3 || one.text.size() != 16 || one.text[0] != '3') continue;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(one.text.data() + 1, one.text.data() + 8, value, 16);
    if (error == std::errc() && end == one.text.data() + 8 && value != 0) return value;
  }
  return std::nullopt;
}

/// usr/spc.c: "beaf", target number, LUN.
bool is_tgt_serial(const std::string& serial) {
  return serial.starts_with("beaf") && serial.size() > 5 &&
         serial.find_first_not_of("0123456789", 4) == std::string::npos;
}

}  // namespace

constexpr TargetSoftware kTgt{
    .name = "tgt",
    .made = [](const iscsi::Inquiry& inquiry) { return inquiry.vendor == "IET"; },  // usr/spc.c
    .parameter_lines = tgt_parameters,
    .thin_lines = tgt_thin,
    .writable_lines = tgt_writable,
    .identity_lines = tgt_identity,
    .number = tgt_number,
    .is_made_up = is_tgt_serial,
    .unmaps_32_bits = true,
    .driver = "tgt",
    .make = [](const DriverOptions& options) -> std::unique_ptr<Driver> {
      return std::make_unique<TgtDriver>(options.config.empty() ? TgtDriver::kConfig : options.config,
                                         options.control_port);
    }};

}  // namespace san::target
