// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "copy/engine/copier.h"
#include "options.h"

namespace san {

/// Reads a source that is a LUN once more, by sessions of its own. On the way from a target TCP's checksum is
/// all that protects data (libiscsi 1.19 has no data digests), and what it lets through nobody sees but who
/// reads twice. Nothing where the source is no LUN, or that much verification was not asked for, or the
/// target made the copy; else what is wrong with it, if anything. Throws what a reading of the source throws.
std::optional<Error> second_reading(const CloneOptions& o, const CopyResult& first, Progress& progress);

}  // namespace san
