// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.h"
#include "core/json.h"
#include "core/text/output.h"

namespace san {

/// Prints a JSON document to stdout. Throws Error(failed) if that fails, so that a script never takes half a
/// document for a whole one.
void print_json(const Json& document);

/// Returns {"object": …, "cause": …, "hint": …, "exit_code": …}.
Json to_json(const Error& error);

}  // namespace san
