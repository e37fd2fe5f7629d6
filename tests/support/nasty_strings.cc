// SPDX-License-Identifier: Apache-2.0
// nasty_strings [names]: those of unit/nasty_strings.h that have no zero in them, or only those that a file
// can be called, each with a zero behind it.
#include "nasty_strings.h"

#include <cstdio>

int main(int argc, char**) {
  for (const std::string& text : nasty_strings())
    if (argc > 1 ? is_file_name(text) : text.find('\0') == std::string::npos)
      std::fwrite(text.c_str(), 1, text.size() + 1, stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}
