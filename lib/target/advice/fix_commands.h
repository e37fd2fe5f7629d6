// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "target/advice/target_kind.h"

namespace san::iscsi {

/// The LUN that fix commands are for, in the terms of its target software.
struct TargetLun {
  TargetKind kind = TargetKind::unknown;
  std::string target;  ///< iSCSI name
  std::uint16_t lun = 0;
  std::optional<unsigned> tid;  ///< tgt: the target's number, see tgt_number()
};

/// Returns the target number of tgt from the NAA designator of a LUN; nothing if tgt has not generated the
/// designator.
std::optional<unsigned> tgt_number(const std::vector<Designator>& designators);

/// Returns the session parameters that suit bulk data (RFC 7143, 13), as "NAME=VALUE".
const std::vector<std::string>& good_parameters();

/// Returns command and configuration lines that set session parameters ("NAME=VALUE") of the target, for tgt,
/// LIO and istgt; none for others. They take effect for new sessions only.
std::vector<std::string> parameter_lines(const TargetLun& target_lun,
                                         const std::vector<std::string>& parameters);

/// Returns lines that enable thin provisioning of a LUN, for tgt and LIO; none for others.
std::vector<std::string> thin_lines(const TargetLun& target_lun);
/// Returns lines that lift the write protection of a LUN, for tgt; none for others.
std::vector<std::string> writable_lines(const TargetLun& target_lun);
/// Returns lines that set a unique identity of a LUN, for tgt and istgt; none for others.
std::vector<std::string> identity_lines(const TargetLun& target_lun);

}  // namespace san::iscsi
