// SPDX-License-Identifier: Apache-2.0
// AtomicFile in a process that is traced, and killed at one of its system calls.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "need.h"
#include "system/file/atomic_file.h"
#include "temp_dir.h"

using namespace san;
namespace fs = std::filesystem;

namespace {

constexpr AtomicFile::Options kPlain = {.mode = 0640};
constexpr AtomicFile::Options kPartial = {.mode = 0640, .temporary = AtomicFile::Temporary::partial};
constexpr AtomicFile::Options kKept = {.link = AtomicFile::Link::followed};
const std::string kOld = "old", kNew(10000, 'n');

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// System call of a traced process, as it begins.
struct Call {
  std::uint64_t number = 0;
  bool on_directory = false;  ///< of fsync: the descriptor is one of a directory
};

/// Runs AtomicFile in a child that is killed before its `last`-th system call (from 1 on; 0: not at all).
/// Returns the calls before that; nothing if processes cannot be traced here.
std::optional<std::vector<Call>> trace(const std::string& path, const AtomicFile::Options& options,
                                       std::size_t last) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(2);
    raise(SIGSTOP);
    try {
      AtomicFile file(path, options);
      file.write(std::as_bytes(std::span(kNew)));
      file.replace();
    } catch (const Error&) {
      _exit(1);
    }
    _exit(0);
  }
  std::vector<Call> calls;
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (!WIFSTOPPED(status)) return std::nullopt;
  ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  for (int signal = 0;;) {
    if (ptrace(PTRACE_SYSCALL, child, nullptr, signal) != 0) break;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (!WIFSTOPPED(status)) break;
    signal = WSTOPSIG(status);
    if (signal != (SIGTRAP | 0x80)) continue;
    signal = 0;
    struct __ptrace_syscall_info info = {};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) <= 0 ||
        info.op != PTRACE_SYSCALL_INFO_ENTRY)
      continue;
    if (calls.size() + 1 == last) {
      kill(child, SIGKILL);
      REQUIRE(waitpid(child, &status, 0) == child);
      break;
    }
    const std::string open = "/proc/" + std::to_string(child) + "/fd/" + std::to_string(info.entry.args[0]);
    calls.push_back({info.entry.nr, info.entry.nr == SYS_fsync && fs::is_directory(open)});
  }
  if (last == 0) CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  return calls;
}

bool is_rename(const Call& call) {
  return call.number == SYS_renameat2 || call.number == SYS_renameat
#ifdef SYS_rename
         || call.number == SYS_rename
#endif
      ;
}

}  // namespace

TEST_SUITE("needs the kernel") {
  TEST_CASE("the file is flushed before its name, and its directory afterwards") {
    const TempDir directory;
    const std::string path = directory.text_file("x", kOld);
    for (const AtomicFile::Options& options : {kPlain, kPartial, kKept}) {
      const auto calls = trace(path, options, 0);
      if (!is_here(calls.has_value(), "ptrace")) return;
      std::string order;
      for (const Call& call : *calls) {
        if (is_rename(call)) order += " rename";
        if (call.number == SYS_fsync) order += call.on_directory ? " directory" : " file";
        if (call.number == SYS_pwrite64) order += " write";
      }
      CHECK(order == " write file rename directory");
    }
  }

  TEST_CASE(
      "killed at any system call, the old file is there or the new one, whole, and the next run ends well") {
    for (const AtomicFile::Options& options : {kPlain, kPartial, kKept}) {
      std::size_t olds = 0, news = 0;
      for (std::size_t last = 1;; ++last) {
        CAPTURE(last);
        REQUIRE(last < 200);
        const TempDir directory(TempDir::Where::memory);
        const std::string path = directory.text_file("x", kOld, 0640);
        const auto calls = trace(path, options, last);
        if (!is_here(calls.has_value(), "ptrace")) return;
        const std::string text = text_of(path);
        CHECK((text == kOld || text == kNew));
        ++(text == kOld ? olds : news);
        const bool killed = calls->size() + 1 == last;
        const bool partial = options.temporary == AtomicFile::Temporary::partial;
        {
          AtomicFile file(path, options);
          file.write(std::as_bytes(std::span(kOld)));
          file.replace();
        }
        CHECK(text_of(path) == kOld);
        struct stat status = {};
        REQUIRE(stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 07777) == 0640);
        // A random name that a killed process left is known to nobody; PATH.partial is.
        const auto names = std::distance(fs::directory_iterator(directory.path()), {});
        CHECK(names <= (killed && !partial ? 2 : 1));
        if (!killed) break;
      }
      CHECK(olds > 3);
      CHECK(news > 1);
    }
  }
}
