// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: a libiscsi whose iscsi_service() does not come back from its STUCK_AFTER-th call. Whatever
// input may make the real one do so is kept away from it.
#include <dlfcn.h>

#include <atomic>
#include <cstdlib>

struct iscsi_context;

extern "C" int iscsi_service(iscsi_context* context, int events) {
  using Service = int(iscsi_context*, int);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast,concurrency-mt-unsafe): what dlsym() is for; no
  // setenv()
  static auto* const real = reinterpret_cast<Service*>(dlsym(RTLD_NEXT, "iscsi_service"));
  static const long last = std::atol(std::getenv("STUCK_AFTER"));
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast,concurrency-mt-unsafe)
  static std::atomic<long> calls{0};
  static std::atomic<bool> over{false};
  while (++calls >= last && !over) {
  }
  return real(context, events);
}
