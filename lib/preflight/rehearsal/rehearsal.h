// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

class Subject;

/// Boots the subject's disk in a virtual machine over a throw-away layer (RehearsalDisk), from a private
/// target in a private network, and requires that the system comes up. The disk is only read; everything the
/// rehearsal creates is removed before this returns. Takes about a minute, and at most
/// SubjectOptions::rehearse_limit, preparations not counted. Throws Error(failed) if the rehearsal is
/// impossible, Error(interrupted).
Outcome rehearse(Subject& subject);

/// Checks the prerequisites of a rehearsal before anything else is done. Throws Error(failed), which names
/// what this machine lacks.
void check_rehearsal(Subject& subject);

}  // namespace san::preflight
