// SPDX-License-Identifier: Apache-2.0
#include "target/driver/fix_lines.h"

namespace san::target {

FixLines fix_lines(const FixedLun& lun, FixLines (*TargetSoftware::*which)(const FixedLun&)) {
  if (lun.software == nullptr || lun.software->*which == nullptr) return {};
  return (lun.software->*which)(lun);
}

PlainName target_word(const FixedLun& lun) {
  const auto name = plain_name(lun.target);
  return name ? *name : *plain_name("NAME");
}

FixLines explain_name(const FixedLun& lun) {
  if (plain_name(lun.target)) return {};
  return {shell_comment("NAME: the target's name, which no command carries: " + lun.target).text()};
}

std::string as_setting(const std::string& parameter) {
  const auto equals = parameter.find('=');
  return parameter.substr(0, equals) + " " + parameter.substr(equals + 1);
}

}  // namespace san::target
