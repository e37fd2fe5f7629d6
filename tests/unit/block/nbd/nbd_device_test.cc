// SPDX-License-Identifier: Apache-2.0
#include "block/nbd/nbd_device.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include "block/device_checks.h"
#include "core/units.h"
#include "system/child_process.h"
#include "system/machine.h"

using namespace san;
using std::chrono::milliseconds;

namespace {

/// An nbdkit that ends with this object.
class Server {
 public:
  Server(const TempDir& place, std::vector<std::string> arguments) {
    context_.server.socket = place / "socket";
    context_.name = "nbd";
    std::vector<std::string> command = {"nbdkit", "-f", "-P", place / "pid", "-U", context_.server.socket};
    command.insert(command.end(), arguments.begin(), arguments.end());
    process_.emplace(command, "nbdkit");
    // nbdkit writes it when it listens.
    for (int i = 0; i < 500 && process_id_ == 0; ++i) {
      std::this_thread::sleep_for(milliseconds(10));
      std::ifstream(place / "pid") >> process_id_;
    }
    REQUIRE(process_id_ > 0);
  }
  ~Server() {
    if (process_->wait(milliseconds(0))) return;
    kill(process_id_, SIGKILL);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  NbdContext& context() { return context_; }
  std::unique_ptr<Device> open(bool writable, bool look = false) const {
    NbdOptions options;
    options.writable = writable;
    options.look_before_unmap = look;
    return open_nbd(context_, options);
  }

 private:
  NbdContext context_;
  std::optional<ChildProcess> process_;
  pid_t process_id_ = 0;
};

}  // namespace

TEST_CASE("an NBD export is a disk, with and without what the protocol makes optional") {
  if (!have("nbdkit")) {
    MESSAGE("skipped: nbdkit is not installed");
    return;
  }
  const std::vector<std::vector<std::string>> servers = {
      {"memory", "4M"},
      {"--filter=nozero", "--filter=noextents", "memory", "4M"},
      {"--no-sr", "--filter=noparallel", "memory", "4M"},
  };
  unsigned seed = 0;
  for (const auto& arguments : servers) {
    CAPTURE(arguments.front());
    const TempDir place;
    const Server server(place, arguments);
    const auto device = server.open(true, seed % 2 == 0);
    REQUIRE(device->size() == 4 * MiB);
    check_refuses_bad_ranges(*device);
    check_against_model(*device, std::vector<std::byte>(4 * MiB), ++seed, 200);
    check_cover(device->extents(512, 3 * MiB), 512, 3 * MiB);
    flush_wait(*device);
    CHECK(device->identity().id == server.open(false)->identity().id);
    CHECK(server.open(false)->read_only());
  }
}

TEST_CASE("extents of an export, one that ends within a block") {
  if (!have("nbdkit")) return;
  const TempDir place;
  const Server server(place, {"data", "@1048576 1*100", "size=2097252"});
  const auto device = server.open(false);
  CHECK(device->content_size() == 2097252);
  CHECK(device->size() == 2097664);
  CHECK(device->extents(0, MiB) == std::vector<Extent>{{0, MiB, Extent::Kind::zero}});
  check_cover(device->extents(0, device->size()), 0, device->size());
  const auto bytes = read_bytes(*device, MiB, 512);
  CHECK(bytes[99] == std::byte{1});
  CHECK(bytes[100] == std::byte{0});
  CHECK(read_bytes(*device, 2097152, 512) == std::vector<std::byte>(512));
}

TEST_CASE("a server that hangs is given up, and one that is cancelled lets go at once") {
  if (!have("nbdkit")) return;
  const TempDir place;
  Server server(place, {"--filter=delay", "memory", "1M", "rdelay=30"});
  server.context().silence = milliseconds(300);
  server.context().timeout = milliseconds(1500);
  std::vector<std::byte> into(512);
  {
    const auto device = server.open(false);
    const auto error = error_of([&] { read_wait(*device, 512, into); });
    REQUIRE(error.has_value());
    CHECK(error->code() == Exit::failed);
    CHECK(contains(error->what(), "bytes 512 to 1023"));
    CHECK(error_of([&] { read_wait(*device, 0, into); }).has_value());
  }
  const auto device = server.open(false);
  std::atomic<int> ended{0};
  device->read(0, into, [&](const Error* error) { ended = error != nullptr ? 1 : 2; });
  device->cancel();
  for (int i = 0; i < 1000 && ended == 0; ++i) std::this_thread::sleep_for(milliseconds(1));
  CHECK(ended == 1);
}
