// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

class Subject;

/// Boots the subject's disk in a virtual machine over a throw-away layer (RehearsalDisk), from a target and
/// in a network of their own, and requires that the system comes up. The disk is read, and nothing else; what
/// the rehearsal made is gone when this returns. Takes a minute, and at most SubjectOptions::rehearse_limit,
/// but for its preparations. Throws Error(failed) where it cannot be done at all, Error(interrupted).
Outcome rehearse(Subject& subject);

/// Throws Error(failed) that names what a rehearsal takes and this machine lacks, before anything else is
/// done.
void check_rehearsal(Subject& subject);

}  // namespace san::preflight
