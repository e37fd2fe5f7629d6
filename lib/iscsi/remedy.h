// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "iscsi/target_kind.h"

namespace san::iscsi {

/// The session parameters that suit bulk data (RFC 7143, 13), as "NAME=VALUE".
const std::vector<std::string>& good_parameters();

/// Lines that set session parameters ("NAME=VALUE") of a target, for the kinds of target of which we know;
/// none for others. New sessions have them, those that are logged in do not.
std::vector<std::string> parameter_lines(TargetKind kind, const std::string& target,
                                         const std::vector<std::string>& parameters);

/// Lines that change a LUN: thin provisioning on, write protection off, an identity of its own.
std::vector<std::string> thin_lines(TargetKind kind, const std::string& target, std::uint16_t lun);
std::vector<std::string> writable_lines(TargetKind kind, const std::string& target, std::uint16_t lun);
std::vector<std::string> identity_lines(TargetKind kind, const std::string& target, std::uint16_t lun);

}  // namespace san::iscsi
