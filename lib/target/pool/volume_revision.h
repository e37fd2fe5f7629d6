// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san::target {

/// Returns a product revision level for INQUIRY (SPC-4, 6.6.2) that changes when the file of a volume is made
/// anew: "G" and three of 0-9 and A-Z. By it sanclone detects that a LUN is no longer the one that it cloned
/// to (DeviceIdentity::generation). Empty if `path` is not a file, or if its time of birth is not known.
std::string volume_revision(const std::string& path);

}  // namespace san::target
