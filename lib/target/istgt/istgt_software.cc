// SPDX-License-Identifier: Apache-2.0
#include "target/istgt/istgt_software.h"

#include <fmt/core.h>

#include "target/driver/fix_lines.h"

namespace san::target {
namespace {

FixLines istgt_parameters(const FixedLun& /*lun*/, const std::vector<std::string>& parameters) {
  FixLines lines{"# in istgt.conf, in the [LogicalUnit] of this target, or in [Global]:"};
  for (const std::string& pair : parameters)
    // "NOTE: not supported" in istgt's own sample; and one that only tgt and LIO have.
    if (!pair.starts_with("InitialR2T=") && !pair.starts_with("MaxXmitDataSegmentLength="))
      lines.push_back(as_setting(pair));
  if (lines.size() == 1) lines.clear();
  return lines;
}

FixLines istgt_identity(const FixedLun& lun) {
  return {"# in istgt.conf, in the [LogicalUnit] of this target:",
          fmt::format("LUN{} Option Serial \"UNIQUE-SERIAL\"", lun.lun)};
}

}  // namespace

constexpr TargetSoftware kIstgt{.name = "istgt",
                                // src/istgt_lu.h
                                .made =
                                    [](const iscsi::Inquiry& inquiry) {
                                      return inquiry.vendor == "FreeBSD" && inquiry.product == "iSCSI DISK";
                                    },
                                .parameter_lines = istgt_parameters,
                                .identity_lines = istgt_identity};

}  // namespace san::target
