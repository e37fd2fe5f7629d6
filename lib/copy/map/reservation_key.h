// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "copy/map/writer_process.h"
#include "iscsi/session/reserver.h"

namespace san {

/// The key by which `process` registers with a LUN: a mark of this software, 24 bits; some bits of its
/// machine, boot and container, 18; its number, 22, of which no Linux has more (proc(5), pid_max).
std::uint64_t reservation_key(const WriterProcess& process);

/// Tells who registered `key`. Of another machine's process nothing is known; nor of a number that is in use
/// here, because it may have been given to another process since.
iscsi::KeyOwner owner_of_key(std::uint64_t key);

/// By these a clone reserves its destination.
iscsi::ReserveOptions reserve_options(iscsi::ReserveMode mode);

}  // namespace san
