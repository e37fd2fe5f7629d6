// SPDX-License-Identifier: Apache-2.0
#include "target/tgt/tgtadm.h"

#include <fmt/core.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/text/table.h"
#include "system/child_process.h"

namespace san::target {
namespace {

/// Returns tgtadm's message as a clause: "tgtadm: can't find the target" becomes "can't find the target".
std::string clause(std::string text) {
  constexpr std::string_view kProgram = "tgtadm: ";
  if (text.starts_with(kProgram)) text.erase(0, kProgram.size());
  std::replace(text.begin(), text.end(), '\n', ' ');
  return printable(text);
}

}  // namespace

std::string Tgtadm::run(const std::string& object, const std::vector<std::string>& arguments) const {
  std::vector<std::string> command = {"tgtadm", "-C", std::to_string(control_port_), "--lld", "iscsi"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  ChildProcess tgtadm(command, "tgt");
  const auto status = tgtadm.wait(std::chrono::seconds(30));
  if (!status) throw Error(Exit::failed, object, "tgtd does not answer", "look whether tgtd is hung");
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return tgtadm.output();
  if (WIFSIGNALED(*status))
    throw Error(Exit::failed, object, fmt::format("tgtadm was ended by signal {}", WTERMSIG(*status)),
                "run the same command again to go on");
  // tgtadm ends with the errno of connect(2).
  const int code = WEXITSTATUS(*status);
  if (code == ENOENT || code == ECONNREFUSED || code == ENOTCONN || code == EACCES)
    throw Error(Exit::failed, "tgtd", fmt::format("cannot be reached: {}", errno_text(code)),
                code == EACCES
                    ? Hint("run this as root")
                    : Hint(HintId::start_tgtd, "start it (systemctl start tgt); see also TGT_IPC_SOCKET"));
  const std::string said = clause(tgtadm.errors());
  throw Error(
      Exit::failed, object,
      said.empty() ? fmt::format("tgtadm ends with status {}", code) : fmt::format("tgt says: {}", said));
}

}  // namespace san::target
