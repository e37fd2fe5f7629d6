// SPDX-License-Identifier: Apache-2.0
#include "child.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

extern char** environ;

namespace san::test {

Child::Child(std::vector<std::string> options) {
  std::string name = "/tmp/sanboot-fake-log.XXXXXX";
  const int log = mkstemp(name.data());
  if (log < 0) throw std::runtime_error("no temporary file");
  close(log);
  log_ = name;
  options.insert(options.begin(), {FAKE_TARGET, "--log", log_});
  std::vector<char*> arguments;
  for (std::string& option : options) arguments.push_back(option.data());
  arguments.push_back(nullptr);

  int out[2];
  if (pipe(out) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, out[0]);
  posix_spawn_file_actions_addclose(&actions, out[1]);
  const int error = posix_spawn(&process_, FAKE_TARGET, &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  std::FILE* said = fdopen(out[0], "r");
  unsigned port = 0;
  const bool listens = error == 0 && std::fscanf(said, "listening %u", &port) == 1;
  std::fclose(said);
  if (!listens) throw std::runtime_error("fake_target does not start");
  port_ = static_cast<std::uint16_t>(port);
}

Child::~Child() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  unlink(log_.c_str());
}

iscsi::Url Child::url() const {
  return {{"127.0.0.1", port_}, "iqn.2026-11.org.example:fake", 1, {}};
}

unsigned Child::logged(const std::string& operation, const std::string& outcome) const {
  std::ifstream file(log_);
  unsigned count = 0;
  for (std::string line; std::getline(file, line);)
    count += line.starts_with(operation) && line.ends_with(outcome) ? 1 : 0;
  return count;
}

}  // namespace san::test
