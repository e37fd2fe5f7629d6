// SPDX-License-Identifier: Apache-2.0
// minimal_hive: an empty registry hive on standard output, for hivexregedit --merge.
#include "minimal_hive.h"

#include <cstdio>

int main() {
  const std::vector<std::byte> hive = minimal_hive();
  return std::fwrite(hive.data(), 1, hive.size(), stdout) == hive.size() ? 0 : 1;
}
