// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/secret.h"

namespace san::target {

/// Returns a new random CHAP secret: 16 characters of 6 random bits each, 96 in all, as RFC 7143, 9.2.1
/// requires. It has letters, digits, "." and "_", which need no quoting in a shell, a tgt.conf or an iPXE
/// script.
Secret make_secret();

/// Returns the secret in the file `path`. If there is no such file it is made (mode 0600) with `known` or, if
/// that is empty, a new secret, and `made` is set. An existing file is never changed; a partial file of a
/// killed process is removed. Throws Error(usage) for a file that others can read and for a secret that does
/// not have 12 to 16 bytes (RFC 7143, 9.2.1, and the limit of NIC flash), Error(refused) if another process
/// makes the file at the same time, Error(failed) if it cannot be written.
Secret secret_of_file(const std::string& path, const Secret& known, bool& made);

}  // namespace san::target
