// SPDX-License-Identifier: Apache-2.0
#include "core/secret.h"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <new>

using namespace san;

namespace {

/// Whether `text` is somewhere in the memory of a Secret that ends its life there.
template <typename Act>
bool left_behind(const std::string& text, Act act) {
  alignas(Secret) unsigned char place[sizeof(Secret)] = {};
  auto* secret = new (place) Secret(text);
  act(*secret);
  secret->~Secret();
  const auto* const begin = reinterpret_cast<const char*>(place);
  return std::search(begin, begin + sizeof place, text.begin(), text.end()) != begin + sizeof place;
}

}  // namespace

TEST_CASE("a secret is overwritten where it was") {
  const std::string text = "hunter2hunter2";  // 14 bytes: within the string itself
  CHECK_FALSE(left_behind(text, [](Secret&) {}));
  CHECK_FALSE(left_behind(text, [](Secret& secret) { const Secret moved(std::move(secret)); }));
  Secret other;
  CHECK_FALSE(left_behind(text, [&](Secret& secret) { other = std::move(secret); }));
  CHECK(other == text);
  CHECK_FALSE(left_behind(text, [&](Secret& secret) { secret = Secret(); }));
  std::string longer(100, 'x');
  longer.reserve(200);
  const char* const memory = longer.data();
  Secret::wipe(longer);
  CHECK(longer.empty());
  CHECK(std::all_of(memory, memory + 100, [](char c) { return c == 0; }));
}

TEST_CASE("a process with a secret is not dumpable; without one it is") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    prctl(PR_SET_DUMPABLE, 1);
    const Secret none;
    const Secret empty("");
    if (prctl(PR_GET_DUMPABLE) != 1) _exit(1);
    const Secret secret("hunter2");
    _exit(prctl(PR_GET_DUMPABLE) == 0 ? 0 : 2);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
