// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san::target {

/// A product revision level of INQUIRY (SPC-4, 6.6.2) that is another one when the file of a volume was made
/// anew: "G" and three of 0-9 and A-Z. sanclone learns by it that a LUN is no longer what it cloned onto
/// (LunDevice::generation()). Empty for what is no file, or a file whose time of birth is not known.
std::string volume_revision(const std::string& path);

}  // namespace san::target
