// SPDX-License-Identifier: Apache-2.0
#include "system/child_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>

#include "core/error.h"
#include "core/units.h"
#include "system/file_io.h"

namespace san {
namespace {

using std::chrono::milliseconds;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// True for an entry that other programs do not get: secrets of logins, and sockets that were passed to this
/// process.
bool is_private(std::string_view entry) {
  return entry.starts_with("LIBISCSI_CHAP_") || entry.starts_with("LISTEN_");
}

/// Makes the environment of the program: that of this process without private entries, and with the variables
/// of a listening socket if there is one. The child fills in its process id.
constexpr std::string_view kListenPid = "LISTEN_PID=";
std::vector<std::string> environment(bool listening) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (const std::string_view text = *entry; !is_private(text)) result.emplace_back(text);
  if (listening) {
    result.emplace_back("LISTEN_FDS=1");
    result.emplace_back(kListenPid).append(20, '\0');
  }
  return result;
}

/// Writes `value` in decimal to `into`, which has space for it; printf is not allowed between fork and exec.
void put_decimal(long value, char* into) {
  std::array<char, 20> digits{};
  std::size_t count = 0;
  do digits[count++] = static_cast<char>('0' + value % 10);
  while ((value /= 10) > 0);
  while (count > 0) *into++ = digits[--count];
}

struct Child {
  const char* program;
  char** arguments;
  char** environment;
  char* listen_pid;  ///< null without a listening socket
  int listening, errors, output, null;
  pid_t parent;
};

/// Becomes the program. Runs in the child, where only the calls of signal-safety(7) are allowed.
[[noreturn]] void become(const Child& child) {
  // Only this process reacts to Ctrl-C: the image has to be closed properly.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != child.parent) _exit(127);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  dup2(child.null, STDIN_FILENO);
  dup2(child.output, STDOUT_FILENO);
  dup2(child.errors, STDERR_FILENO);
  if (child.listen_pid != nullptr) {
    put_decimal(getpid(), child.listen_pid);
    // dup2 onto itself would leave O_CLOEXEC on.
    if (child.listening == 3)
      fcntl(3, F_SETFD, 0);
    else
      dup2(child.listening, 3);
  }
  execve(child.program, child.arguments, child.environment);
  const char* text = std::strerror(errno);  // NOLINT(concurrency-mt-unsafe): one thread is left
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text, std::strlen(text));
  _exit(127);
}

std::uint64_t size_of(const Fd& file) {
  struct stat status = {};
  return fstat(file.get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

/// Reads at most `most` bytes of `file` from `offset` on.
std::string read_text(const Fd& file, std::uint64_t offset, std::uint64_t most) {
  const std::uint64_t size = size_of(file);
  std::string text(static_cast<std::size_t>(std::min(size - std::min(size, offset), most)), '\0');
  text.resize(read_fully(file.get(), offset, std::as_writable_bytes(std::span(text))).bytes);
  return text;
}

}  // namespace

std::string find_program(const std::string& program) {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): never set here
  const std::string all = fmt::format("{}:/usr/sbin:/sbin", path != nullptr ? path : "/usr/bin:/bin");
  std::string_view rest = all;
  while (!rest.empty()) {
    const auto colon = std::min(rest.find(':'), rest.size());
    std::string candidate = fmt::format("{}/{}", rest.substr(0, colon), program);
    if (colon > 0 && access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return {};
}

ChildProcess::ChildProcess(const std::vector<std::string>& command, const std::string& package,
                           const Fd* listening)
    : errors_(memfd_create("errors", MFD_CLOEXEC)), output_(memfd_create("output", MFD_CLOEXEC)) {
  const std::string program = find_program(command.front());
  if (program.empty())
    throw Error(Exit::failed, command.front(), "this program is not installed",
                fmt::format("on Debian: apt-get install {}", package));
  const Fd null = open_path("/dev/null", O_RDWR);
  if (!errors_ || !output_ || !null) throw system_error(command.front(), "prepare to start it", errno);
  std::vector<std::string> words = command, variables = environment(listening != nullptr);
  const auto arguments = pointers(words), settings = pointers(variables);
  const Child child = {program.c_str(),
                       const_cast<char**>(arguments.data()),
                       const_cast<char**>(settings.data()),
                       listening != nullptr ? variables.back().data() + kListenPid.size() : nullptr,
                       listening != nullptr ? listening->get() : -1,
                       errors_.get(),
                       output_.get(),
                       null.get(),
                       getpid()};
  pid_ = fork();
  if (pid_ == 0) become(child);
  if (pid_ < 0) throw system_error(command.front(), "start it", errno);
}

ChildProcess::~ChildProcess() {
  if (wait(std::chrono::seconds(10))) return;
  kill(pid_, SIGTERM);
  if (wait(std::chrono::seconds(10))) return;
  kill(pid_, SIGKILL);
  wait(std::chrono::seconds(10));
}

void ChildProcess::end(milliseconds timeout) {
  if (wait(milliseconds(0))) return;
  kill(pid_, SIGTERM);
  if (wait(timeout)) return;
  kill(pid_, SIGKILL);
  wait(timeout);
}

std::optional<int> ChildProcess::wait(milliseconds timeout) {
  const std::scoped_lock lock(mutex_);
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (!status_) {
    int status = 0;
    const pid_t got = waitpid(pid_, &status, WNOHANG);
    if (got == pid_) status_ = status;
    // Another part of this process has waited for it.
    if (got < 0 && errno != EINTR) status_ = 0;
    if (status_ || std::chrono::steady_clock::now() >= end) break;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return status_;
}

std::string ChildProcess::errors() const {
  constexpr std::uint64_t kMaxSize = 4096;
  const std::uint64_t size = size_of(errors_);
  std::string text = read_text(errors_, size - std::min(size, kMaxSize), kMaxSize);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::string ChildProcess::output() const {
  return read_text(output_, 0, 16 * MiB);
}

}  // namespace san
