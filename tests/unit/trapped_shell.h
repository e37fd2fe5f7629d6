// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "temp_dir.h"

/// Runs scripts by a bash that has no programs: whatever it would start is only written down. `id` says that
/// it is root. What a script appends to or writes below /etc goes to a directory of its own.
class TrappedShell {
 public:
  using Words = std::vector<std::string>;
  struct Run {
    int status = 0;
    std::vector<Words> calls;  ///< programs that it would have started, with their arguments
    std::string out;           ///< standard output and error
    bool called(const std::string& program) const {
      for (const Words& call : calls)
        if (call.front() == program) return true;
      return false;
    }
    bool called(const Words& words) const {
      return std::find(calls.begin(), calls.end(), words) != calls.end();
    }
  };

  TrappedShell() {
    for (const char* name : {"iscsi", "initramfs-tools", "dracut.conf.d"})
      std::filesystem::create_directories(dir_ / ("etc/" + std::string(name)));
  }

  /// Whether bash reads it through without complaint.
  bool parses(const std::string& script) const {
    write(script);
    return shell("/bin/bash -n fix.sh") == 0;
  }

  /// `arguments` are for the shell that starts it.
  Run run(const std::string& script, const std::string& arguments) const {
    write(script);
    std::ofstream(dir_ / "calls", std::ios::trunc).flush();
    Run run;
    run.status = shell(
        "env -i PATH=/nonexistent LOG=\"$PWD/calls\" "
        "'BASH_FUNC_command_not_found_handle%%=() { printf \"%s\\0\" \"$@\" END >>\"$LOG\"; "
        "[ \"$1\" != id ] || echo 0; }' /bin/bash fix.sh " +
        arguments + " >out 2>&1");
    run.out = content("out");
    std::istringstream calls(content("calls"));
    Words words;
    for (std::string word; std::getline(calls, word, '\0');) {
      if (word != "END") {
        words.push_back(word);
      } else {
        run.calls.push_back(words);
        words.clear();
      }
    }
    return run;
  }

  /// Nothing of the payloads of nasty_strings() ran, now or before.
  bool unharmed(const Run& run) const {
    return !std::filesystem::exists(dir_ / "PWNED") && !run.called("touch") && !run.called("shell");
  }

  std::string content(const std::string& name) const {
    std::ifstream file(dir_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  void write(std::string script) const {
    for (std::size_t at = 0; (at = script.find(">/etc/", at)) != std::string::npos;) script.erase(at + 1, 1);
    dir_.text_file("fix.sh", script);
  }
  int shell(const std::string& command) const {
    const int status = std::system(("cd " + dir_.path() + " && " + command).c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  TempDir dir_{TempDir::Where::memory};
};
