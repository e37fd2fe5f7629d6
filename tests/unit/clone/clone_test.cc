// SPDX-License-Identifier: Apache-2.0
#include "sanboot/clone.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <thread>

#include "core/process/log.h"
#include "temp_dir.h"

using namespace san;

namespace {

constexpr std::size_t kSize = std::size_t{8} << 20;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A directory with an image of 8 MiB: 3 MiB of data, zeros, and data at its end.
struct Images {
  Images() {
    std::string bytes(kSize, '\0');
    for (std::size_t i = 0; i < 3 << 20; ++i) bytes[i] = static_cast<char>(i * 7 + i / 4096);
    bytes.back() = 'e';
    std::ofstream(source, std::ios::binary) << bytes;
  }
  CloneRequest request(const std::string& name) const {
    CloneRequest wanted;
    wanted.source = source;
    wanted.destinations = {directory.path() + "/" + name};
    return wanted;
  }
  TempDir directory;
  std::string source = directory.path() + "/source.img";
};

/// Returns the error of a clone that is refused.
CloneError error_of(const CloneRequest& request) {
  try {
    clone(request);
  } catch (const CloneError& error) {
    return error;
  }
  return {ErrorCode::failed, "", "there is no error", ""};
}

}  // namespace

TEST_CASE("a clone by default is verified") {
  const Images images;
  CloneRequest request = images.request("a.img");
  request.destinations.push_back(images.directory.path() + "/b.img");
  std::vector<CloneProgress> ends;
  request.progress = [&ends](const CloneProgress& now) {
    if (now.finished) ends.push_back(now);
  };
  const CloneReport report = clone(request);
  CHECK(report.complete());
  CHECK(report.verified);
  CHECK(report.source == images.source);
  CHECK(report.total == kSize);
  CHECK(report.data + report.zeros == kSize);
  CHECK(report.hash.size() == 32);
  CHECK(report.source_changed == false);
  REQUIRE(report.destinations.size() == 2);
  for (const CloneDestination& one : report.destinations) {
    CHECK(one.good());
    CHECK(one.written >= std::size_t{3} << 20);
    CHECK(one.verified == kSize);
    CHECK_FALSE(one.table_edited);
    CHECK(content(one.name) == content(images.source));
  }
  REQUIRE_FALSE(ends.empty());
  CHECK(ends.front().phase == "copy");
}

TEST_CASE("without verification nothing is said of the data") {
  const Images images;
  CloneRequest request = images.request("a.img");
  request.verify = CloneRequest::Verify::none;
  const CloneReport report = clone(request);
  CHECK(report.complete());
  CHECK_FALSE(report.verified);
  CHECK(report.destinations.at(0).verified == 0);
}

TEST_CASE("errors have a code, and name no option") {
  const Images images;
  CloneRequest request = images.request("a.img");
  request.source += ".none";
  CHECK(error_of(request).code() == ErrorCode::invalid);
  CHECK(error_of(request).object() == request.source);
  CHECK_FALSE(error_of(request).cause().empty());

  request = images.request("source.img");
  CHECK(error_of(request).code() == ErrorCode::refused);
  CHECK(std::string(error_of(request).what()) == images.source + ": is the source itself");

  request = images.request("a.img");
  request.bad_map = images.directory.path() + "/bad";
  CHECK(error_of(request).code() == ErrorCode::invalid);
  CHECK(std::string(error_of(request).what()) ==
        "bad-map: the first bad place ends the clone; let places that cannot be read become zeros");

  request = images.request("a.img");
  request.destinations.clear();
  CHECK(error_of(request).code() == ErrorCode::invalid);
  CHECK(access((images.directory.path() + "/a.img").c_str(), F_OK) != 0);
}

TEST_CASE("values out of range are refused before anything is opened") {
  const Images images;
  const auto invalid = [&](auto change) {
    CloneRequest request = images.request("a.img");
    change(request);
    return error_of(request).code() == ErrorCode::invalid;
  };
  CHECK(invalid([](CloneRequest& r) { r.block = 4096; }));
  CHECK(invalid([](CloneRequest& r) { r.block = (1 << 20) + 1; }));
  CHECK(invalid([](CloneRequest& r) { r.block = 16 << 20; }));
  CHECK(invalid([](CloneRequest& r) { r.sessions = 17; }));
  CHECK(invalid([](CloneRequest& r) { r.depth = 129; }));
  CHECK(invalid([](CloneRequest& r) { r.retries = 101; }));
  CHECK(invalid([](CloneRequest& r) { r.freeze = std::chrono::seconds(0); }));
  CHECK(invalid([](CloneRequest& r) { r.freeze = std::chrono::seconds(86401); }));
  CHECK(invalid([](CloneRequest& r) { r.fresh = true; }));
  CHECK(invalid([](CloneRequest& r) { r.delta = CloneRequest::Delta::trust; }));
  CHECK(invalid([](CloneRequest& r) { r.compress_output = true; }));
  CHECK(invalid([](CloneRequest& r) { r.offload = CloneRequest::Offload::require; }));
  CHECK(invalid([](CloneRequest& r) { r.reserve = CloneRequest::Reserve::require; }));
  CHECK(invalid([](CloneRequest& r) {
    r.grow_last = true;
    r.fit_gpt = CloneRequest::Fit::leave;
  }));
  CHECK(invalid([](CloneRequest& r) {
    r.wipe_rest = true;
    r.zeros = CloneRequest::Zeros::skip;
  }));
  CHECK_FALSE(invalid([](CloneRequest& r) { r.block = 64 << 10; }));
}

TEST_CASE("a stop ends its own clone and no other") {
  const Images images;
  std::stop_source stop;
  CloneRequest slow = images.request("slow.img");
  slow.stop = stop.get_token();
  slow.rate = 1 << 20;
  ErrorCode ended = ErrorCode::failed;
  std::thread other([&] { ended = error_of(slow).code(); });
  CloneRequest request = images.request("a.img");
  request.stop = std::stop_source().get_token();
  stop.request_stop();
  CHECK(clone(request).complete());
  other.join();
  CHECK(ended == ErrorCode::stopped);
  CHECK(clone(images.request("b.img")).complete());  // and no trace is left of it
}

TEST_CASE("a stopped clone with a map goes on") {
  const Images images;
  std::stop_source stop;
  CloneRequest request = images.request("a.img");
  request.map = images.directory.path() + "/map";
  request.stop = stop.get_token();
  request.rate = 4 << 20;
  request.progress = [&stop](const CloneProgress& now) {
    if (now.done >= 1 << 20) stop.request_stop();
  };
  CHECK(error_of(request).code() == ErrorCode::stopped);
  request.stop = {};
  request.rate = 0;
  CHECK(clone(request).complete());
  CHECK(content(request.destinations[0]) == content(images.source));
  CHECK(clone(request).destinations.at(0).written == 0);  // nothing has changed since
}

TEST_CASE("warnings go to the request, and nothing to the process") {
  const Images images;
  std::vector<std::string> process;
  log::set_sink([&](log::Level, std::string_view text) { process.emplace_back(text); });
  const std::string larger = images.directory.path() + "/larger.img";
  std::ofstream(larger, std::ios::binary) << std::string(kSize, 'x');
  CloneRequest request = images.request("larger.img");
  std::vector<std::string> told;
  request.message = [&told](const CloneMessage& message) { told.push_back(message.text); };
  // A source that ends before its only partition does: 2048 + 65536 sectors.
  std::string table("\0\0\0\0\x83\0\0\0\0\x08\0\0\0\0\x01\0", 16);
  table.resize(64);
  table += "\x55\xaa";
  std::fstream(images.source, std::ios::in | std::ios::out | std::ios::binary).seekp(446) << table;
  CHECK(error_of(request).code() == ErrorCode::failed);
  request.force.cut_source = true;
  CHECK(clone(request).complete());
  log::set_sink({});
  REQUIRE_FALSE(told.empty());
  CHECK(told.back().find("going on because of force=cut-source") != std::string::npos);
  CHECK(process.empty());
}

TEST_CASE("signals are as they were") {
  const Images images;
  const std::initializer_list<int> all = {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP};
  sigset_t mask, mask_after;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  std::vector<struct sigaction> before;
  for (const int signal : all) sigaction(signal, nullptr, &before.emplace_back());
  clone(images.request("a.img"));
  pthread_sigmask(SIG_SETMASK, nullptr, &mask_after);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const int signal = all.begin()[i];
    struct sigaction after = {};
    sigaction(signal, nullptr, &after);
    CAPTURE(signal);
    CHECK((before[i].sa_handler == after.sa_handler));
    CHECK(sigismember(&mask, signal) == sigismember(&mask_after, signal));
  }
}
