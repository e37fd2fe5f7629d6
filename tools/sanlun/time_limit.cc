// SPDX-License-Identifier: Apache-2.0
#include "time_limit.h"

#include <CLI/CLI.hpp>

namespace san {

void TimeLimit::add_to(CLI::App& verb) {
  verb.add_option("--timeout", seconds_, "give up after this time, by default 8 s")
      ->check(CLI::Range(1, 3600))
      ->type_name("SECONDS");
}

}  // namespace san
