// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/target.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include <chrono>

#include "core/error.h"
#include "core/process/interrupt.h"
#include "system/fd.h"

namespace san::preflight {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kStep{50};
constexpr seconds kTimeout{60};  // what takes a moment otherwise; machines may be busy

/// Waits until `ready`; throws if the process ends before, or the time runs out.
template <typename Ready>
void wait_for(ChildProcess& process, const std::string& name, Ready ready) {
  const auto end = std::chrono::steady_clock::now() + kTimeout;
  while (!ready()) {
    Interrupt::check(setting("rehearse").c_str());
    if (process.wait(kStep) || std::chrono::steady_clock::now() > end)
      throw Error(Exit::failed, name, "does not start: " + process.errors());
  }
}

std::string text_of(const json& value) {
  return value.dump(-1, ' ', true, json::error_handler_t::replace);
}

std::vector<std::string> daemon_command(const RehearsalPlan& plan, const PrivateDirectory& directory,
                                        const std::string& overlay, const std::string& file) {
  std::vector<std::string> words = {"qemu-storage-daemon"};
  if (!plan.secret.empty())
    words.insert(words.end(), {"--object", text_of({{"qom-type", "secret"},
                                                    {"id", "chap"},
                                                    {"file", directory.write("secret", plan.secret)}})});
  json disk = json::parse(plan.disk);
  disk["node-name"] = "disk";
  disk["read-only"] = true;
  disk["auto-read-only"] = false;
  const json layer = {{"driver", "qcow2"},
                      {"node-name", "layer"},
                      {"file", {{"driver", "file"}, {"filename", overlay}}},
                      {"cache", {{"no-flush", true}}},  // nobody needs it after a crash
                      {"discard", "unmap"},
                      {"backing", "disk"}};
  const json exported = {{"type", "fuse"},     {"id", "file"},     {"node-name", "layer"},
                         {"mountpoint", file}, {"writable", true}, {"growable", false}};
  words.insert(words.end(),
               {"--blockdev", text_of(disk), "--blockdev", text_of(layer), "--export", text_of(exported)});
  return words;
}

/// Returns true if a process in this network namespace listens at 127.0.0.1.
bool listens(std::uint16_t port) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return socket && connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

}  // namespace

RehearsalDisk::RehearsalDisk(const RehearsalPlan& plan, const PrivateDirectory& directory)
    : file_(directory.write("disk", "")) {
  const std::string overlay = directory.file("layer.qcow2");
  ChildProcess create({"qemu-img", "create", "-q", "-f", "qcow2", overlay, std::to_string(plan.size)},
                      "qemu-utils");
  if (create.wait(kTimeout) != 0) throw Error(Exit::failed, overlay, "cannot be made: " + create.errors());
  daemon_ =
      std::make_unique<ChildProcess>(daemon_command(plan, directory, overlay, file_), "qemu-system-common");
  // The file has no size before something is mounted over it.
  wait_for(*daemon_, "qemu-storage-daemon", [this] {
    struct stat status = {};
    return stat(file_.c_str(), &status) == 0 && status.st_size > 0;
  });
}

RehearsalDisk::~RehearsalDisk() {
  if (daemon_) daemon_->end(seconds(10));
}

RehearsalTarget::RehearsalTarget(const RehearsalPlan& plan, const std::string& file,
                                 const PrivateDirectory& directory)
    : control_(directory.file("tgtd")), lun_(plan.profile.lun) {
  const std::uint16_t port = plan.profile.portals.front().port;
  // It ignores SIGTERM while it has targets: if we die, it has to be killed.
  daemon_ =
      std::make_unique<ChildProcess>(command({"setpriv", "--pdeathsig", "KILL", find_program("tgtd"), "-f",
                                              "-d", "0", "--iscsi", fmt::format("portal=0.0.0.0:{}", port)}),
                                     "tgt");
  wait_for(*daemon_, "tgtd", [this] {
    ChildProcess show(command({find_program("tgtadm"), "--op", "show", "--mode", "system"}), "tgt");
    return show.wait(seconds(10)) == 0;
  });
  admin({"--op", "new", "--mode", "target", "--tid", "1", "-T", plan.profile.target});
  admin({"--op", "new", "--mode", "logicalunit", "--tid", "1", "--lun", std::to_string(lun_), "-b", file,
         "-y", std::to_string(plan.logical_block)});
  admin({"--op", "bind", "--mode", "target", "--tid", "1", "-I", "ALL"});
  // If tgtd cannot have its portal, it silently uses port 3260.
  if (!listens(port)) throw Error(Exit::failed, "tgtd", fmt::format("does not listen on port {}", port));
}

RehearsalTarget::~RehearsalTarget() {
  if (!daemon_) return;
  try {
    admin({"--op", "delete", "--force", "--mode", "target", "--tid", "1"});
    admin({"--op", "delete", "--mode", "system"});
  } catch (const Error&) {  // then it is killed
  }
  daemon_->end(seconds(2));
}

std::vector<std::string> RehearsalTarget::command(std::vector<std::string> words) const {
  words.insert(words.begin(), {"env", "TGT_IPC_SOCKET=" + control_});
  return words;
}

std::string RehearsalTarget::admin(const std::vector<std::string>& words) {
  std::vector<std::string> all = {find_program("tgtadm"), "--lld", "iscsi"};
  all.insert(all.end(), words.begin(), words.end());
  ChildProcess process(command(std::move(all)), "tgt");
  const auto status = process.wait(kTimeout);
  if (status == 0) return process.output();
  if (!status) process.end(seconds(1));
  throw Error(Exit::failed, "tgtadm", fmt::format("{}: {}", fmt::join(words, " "), process.errors()));
}

std::vector<SessionTraffic> RehearsalTarget::traffic() {
  return parse_tgt_stat(admin({"--op", "stat", "--mode", "target", "--tid", "1"}), lun_);
}

}  // namespace san::preflight
