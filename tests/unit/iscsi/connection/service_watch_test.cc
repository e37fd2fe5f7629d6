// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/service_watch.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "core/process/interrupt.h"

using namespace san;
using san::iscsi::ServiceWatch;
using std::chrono::milliseconds;

namespace {

/// The exit code of a process that does this; 77 where it comes to its end.
int end_of(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    work();
    _exit(77);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

const std::string kName = "iscsi://target";

}  // namespace

TEST_CASE("a call that does not come back ends the process") {
  CHECK(end_of([] {
          ServiceWatch::set_timeout(milliseconds(300));
          const ServiceWatch::Call call(kName);
          std::this_thread::sleep_for(milliseconds(5000));
        }) == 3);
}

TEST_CASE("in any thread, and after a signal within seconds") {
  CHECK(end_of([] {
          const Interrupt interrupt;
          std::thread stuck([] {
            const ServiceWatch::Call call(kName);
            std::this_thread::sleep_for(milliseconds(20000));
          });
          std::raise(SIGTERM);
          stuck.join();
        }) == 130);
}

TEST_CASE("calls that come back, and what they call, may take their time") {
  CHECK(end_of([] {
          ServiceWatch::set_timeout(milliseconds(600));
          for (int i = 0; i < 8; ++i) {
            const ServiceWatch::Call call(kName);
            std::this_thread::sleep_for(milliseconds(100));
          }
          const ServiceWatch::Call call(kName);
          {
            const ServiceWatch::Pause pause;
            std::this_thread::sleep_for(milliseconds(1200));
          }
          std::this_thread::sleep_for(milliseconds(300));
        }) == 77);
  CHECK(end_of([] {
          ServiceWatch::set_timeout(milliseconds(300));
          { const ServiceWatch::Pause outside; }
          std::this_thread::sleep_for(milliseconds(900));
        }) == 77);
}
