// SPDX-License-Identifier: Apache-2.0
// Clones a disk or an image, verifies the clone, and says what is wrong with it.
#include <sanboot/clone.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: clone SOURCE DEST\n", stderr);
    return 2;
  }
  san::CloneRequest request;  // whose defaults are safe: everything is verified
  request.source = argv[1];
  request.destinations = {argv[2]};
  request.message = [](const san::CloneMessage& message) {
    std::fprintf(stderr, "%s\n", message.text.c_str());
  };
  try {
    const san::CloneReport report = san::clone(request);
    for (const san::CloneDestination& one : report.destinations) {
      if (one.error) std::fprintf(stderr, "%s\n", one.error->what());
      if (!one.mismatches.empty()) std::fprintf(stderr, "%s differs\n", one.name.c_str());
    }
    if (!report.complete()) return 1;
    std::printf("verified, XXH3-128 %s\n", report.hash.c_str());
  } catch (const san::CloneError& error) {
    std::fprintf(stderr, "error %d: %s\n", static_cast<int>(error.code()), error.what());
    return 3;
  }
}
