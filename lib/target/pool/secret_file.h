// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/secret.h"

namespace san::target {

/// A CHAP secret of its own for `path`: 16 characters of 6 random bits each, 96 in all, which is what RFC
/// 7143, 9.2.1 asks for. Letters, digits, "." and "_": what no shell, no tgt.conf and no iPXE script minds.
Secret make_secret();

/// The secret in the file `path`; where there is no such file, `known` or, if that is empty, a new one is put
/// into it (mode 0600) and `made` is set. What is there is never changed; a secret that
/// a killed process was writing is removed. Throws Error(usage) for a file that
/// others can read and for a secret that is not of 12 to 16 bytes (RFC 7143, 9.2.1, and what the flash of
/// NICs holds), Error(failed) where it cannot be written.
Secret secret_of_file(const std::string& path, const Secret& known, bool& made);

}  // namespace san::target
