// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/hint_id.h"

namespace san {

/// Returns the sentence of a hint in the words of these tools. {text} stands for the library's sentence, {0}
/// and {1} for the facts.
const char* hint_sentence(HintId id);

/// Gives hints and settings of the library from now on the names of these tools' options and verbs.
void use_option_words();

}  // namespace san
