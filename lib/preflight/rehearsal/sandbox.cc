// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>

#include "core/error.h"
#include "system/child_process.h"
#include "system/fd.h"

namespace san::preflight {
namespace {

struct Program {
  const char* name;
  const char* package;
};
constexpr std::array<Program, 6> kPrograms = {{{"qemu-system-x86_64", "qemu-system-x86"},
                                               {"qemu-storage-daemon", "qemu-system-common"},
                                               {"qemu-img", "qemu-utils"},
                                               {"tgtd", "tgt"},
                                               {"tgtadm", "tgt"},
                                               {"setpriv", "util-linux"}}};

Error missing(const std::string& what, const std::string& package) {
  return {Exit::failed, what, "is not installed, but a rehearsal needs it",
          "on Debian: apt-get install " + package};
}

/// Names of EDK II's files in Debian: with 4 MiB of flash, and with 2 as it was before.
constexpr std::array<const char*, 2> kFlashes = {"_4M", ""};

/// ioctl about one interface; see netdevice(7).
void configure(const Fd& socket, unsigned long request, ifreq& what, const char* doing) {
  if (ioctl(socket.get(), request, &what) != 0) throw system_error(setting("rehearse"), doing, errno);
}

ifreq interface(const char* name) {
  ifreq request = {};
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  return request;
}

void set_address(ifreq& request, const char* address) {
  sockaddr_in in = {};
  in.sin_family = AF_INET;
  inet_pton(AF_INET, address, &in.sin_addr);
  std::memcpy(&request.ifr_addr, &in, sizeof(in));
}

}  // namespace

FirmwareFiles edk2_files() {
  for (const char* const flash : kFlashes) {
    FirmwareFiles found = {fmt::format("/usr/share/OVMF/OVMF_CODE{}.fd", flash),
                           fmt::format("/usr/share/OVMF/OVMF_VARS{}.fd", flash)};
    if (std::filesystem::exists(found.code) && std::filesystem::exists(found.variables)) return found;
  }
  throw missing("/usr/share/OVMF/OVMF_CODE_4M.fd", "ovmf");
}

void check_rehearsal_tools(bool uefi) {
  for (const Program& program : kPrograms)
    if (find_program(program.name).empty()) throw missing(program.name, program.package);
  // Debian has QEMU's initiator apart.
  if (const std::string module = "/usr/lib/x86_64-linux-gnu/qemu/block-iscsi.so";
      std::filesystem::exists(std::filesystem::path(module).parent_path()) &&
      !std::filesystem::exists(module))
    throw missing("block-iscsi.so", "qemu-block-extra");
  if (uefi) edk2_files();
  if (access("/dev/fuse", R_OK | W_OK) != 0)
    throw Error(Exit::failed, "/dev/fuse", "cannot be opened, but a rehearsal needs it: " + errno_text(errno),
                "run it as root; modprobe fuse");
  // A thread of its own, for there is no way back.
  std::async(std::launch::async, [] { leave_the_network(""); }).get();
}

PrivateDirectory::PrivateDirectory() {
  const char* base = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  path_ = fmt::format("{}/sanboot-rehearsal-XXXXXX", base != nullptr && *base == '/' ? base : "/tmp");
  constexpr std::size_t kRoom = 90;  // of sockaddr_un's 108, for the names in it
  if (path_.size() > kRoom || path_.find(',') != std::string::npos)
    throw Error(Exit::failed, path_, "its path is too long or has a comma",
                "set TMPDIR to another directory");
  if (mkdtemp(path_.data()) == nullptr) throw system_error(path_, "create a directory there", errno);
}

PrivateDirectory::~PrivateDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string PrivateDirectory::file(std::string_view name) const {
  return fmt::format("{}/{}", path_, name);
}

std::string PrivateDirectory::write(std::string_view name, std::string_view content) const {
  std::string path = file(name);
  const Fd fd = open_path(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!fd || ::write(fd.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
    throw system_error(path, "write it", errno);
  return path;
}

void leave_the_network(const std::string& also) {
  if (unshare(CLONE_NEWNET) != 0)
    throw Error(Exit::failed, setting("rehearse"),
                "cannot make a network for the virtual machine alone: " + errno_text(errno),
                "run it as root");
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) throw system_error(setting("rehearse"), "open a socket", errno);
  ifreq up = interface("lo");
  up.ifr_flags = IFF_UP;
  configure(socket, SIOCSIFFLAGS, up, "bring the loopback interface up");  // 127.0.0.1 comes with it
  if (also.empty()) return;
  ifreq second = interface("lo:1");
  set_address(second, also.c_str());
  configure(socket, SIOCSIFADDR, second, "set the address of the portal");
  set_address(second, "255.255.255.255");
  configure(socket, SIOCSIFNETMASK, second, "set the address of the portal");
}

}  // namespace san::preflight
