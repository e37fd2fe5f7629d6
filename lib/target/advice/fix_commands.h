// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "target/advice/target_kind.h"

namespace san::iscsi {

/// The LUN that is to be put right, as its target software knows it.
struct TargetLun {
  TargetKind kind = TargetKind::unknown;
  std::string target;  ///< iSCSI name
  std::uint16_t lun = 0;
  std::optional<unsigned> tid;  ///< tgt: the target's number, see tgt_number()
};

/// The number that tgt has given to the target of a LUN with this NAA designator; nothing where it is none
/// that tgt makes by itself.
std::optional<unsigned> tgt_number(const std::vector<Designator>& designators);

/// The session parameters that suit bulk data (RFC 7143, 13), as "NAME=VALUE".
const std::vector<std::string>& good_parameters();

/// Lines that set session parameters ("NAME=VALUE") of the target, for the kinds of which we know; none for
/// others. New sessions have them, those that are logged in do not.
std::vector<std::string> parameter_lines(const TargetLun& target_lun,
                                         const std::vector<std::string>& parameters);

/// Lines that change a LUN: thin provisioning on, write protection off, an identity of its own.
std::vector<std::string> thin_lines(const TargetLun& target_lun);
std::vector<std::string> writable_lines(const TargetLun& target_lun);
std::vector<std::string> identity_lines(const TargetLun& target_lun);

}  // namespace san::iscsi
