// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "copy/map/writer_process.h"
#include "iscsi/session/reserver.h"

namespace san::copy {

/// Returns the key with which `process` registers with a LUN: 24 bits that identify this software; 18 bits of
/// a hash of its machine, boot and container; its process number, 22 bits, the most that Linux uses (proc(5),
/// pid_max).
std::uint64_t reservation_key(const WriterProcess& process);

/// Identifies the process that registered `key`. Unknown if it is of another machine, or if its number is in
/// use here, because another process may have been given the number since.
iscsi::KeyOwner owner_of_key(std::uint64_t key);

/// Returns the options with which a clone reserves its destination.
iscsi::ReserveOptions reserve_options(iscsi::ReserveMode mode);

}  // namespace san::copy
