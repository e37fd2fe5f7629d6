// SPDX-License-Identifier: Apache-2.0
// The interfaces are abstract, so a filter that leaves out a method does not compile; here each is passed on
// as what it is.
#include "block/device_filter.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <concepts>
#include <memory>

#include "block/filter/read_only_device.h"

using namespace san;

namespace {

/// Writes down every call, and answers each in its own way.
class Recorder final : public Device {
 public:
  mutable std::string log;  ///< calls since the last one was taken, each with its arguments

  const std::string& name() const override { return note("name", name_); }
  std::uint64_t size() const override { return note("size", std::uint64_t{8192}); }
  std::uint64_t content_size() const override { return note("content_size", std::uint64_t{8000}); }
  Limits limits() const override {
    Limits limits;
    limits.max_transfer = 4096;
    return note("limits", limits);
  }
  Capabilities capabilities() const override {
    return note(
        "capabilities",
        Capabilities{.write_protected = true, .sequential = true, .resizable = true, .has_blocks = false});
  }
  DeviceIdentity identity() const override {
    return note("identity", DeviceIdentity{"id", "persistent", "G1"});
  }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    note("extents", offset, length);
    return {{offset, length, Extent::Kind::data}};
  }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    note("read", offset, into.size());
    done(nullptr);
  }
  void cancel() override { log += "cancel "; }
  Device& underlying() override { return *this; }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    note("write", offset, from.size());
    done(nullptr);
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    note("zero", offset, length);
    done(nullptr);
  }
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override {
    note("unmap", offset, length);
    done(nullptr);
  }
  void flush(Completion done) override {
    log += "flush ";
    done(nullptr);
  }
  std::uint64_t cache_loss_generation() const override { return note("losses", std::uint64_t{3}); }
  void finish(std::uint64_t content) override { log += fmt::format("finish({}) ", content); }
  void commit() override { log += "commit "; }
  void resize(std::uint64_t size) override { log += fmt::format("resize({}) ", size); }

 private:
  template <typename Answer>
  Answer note(const char* call, Answer answer) const {
    log += std::string(call) + " ";
    return answer;
  }
  const std::string& note(const char* call, const std::string& answer) const {
    log += std::string(call) + " ";
    return answer;
  }
  void note(const char* call, std::uint64_t offset, std::uint64_t length) const {
    log += fmt::format("{}({}, {}) ", call, offset, length);
  }

  const std::string name_ = "below";
};

/// Calls `request` with a completion, and returns true if that was called.
template <typename Request>
bool completes(Request&& request) {
  bool done = false;
  request([&done](const Error* error) { done = error == nullptr; });
  return done;
}

/// Checks what both kinds of filter pass on.
void check_reading(ReadableDevice& filter, Recorder& below) {
  const auto taken = [&below] { return std::exchange(below.log, {}); };
  std::vector<std::byte> bytes(512);
  CHECK(filter.name() == "below");
  CHECK(taken() == "name ");
  CHECK(filter.size() == 8192);
  CHECK(taken() == "size ");
  CHECK(filter.content_size() == 8000);
  CHECK(taken() == "content_size ");
  CHECK(filter.limits().max_transfer == 4096);
  CHECK(taken() == "limits ");
  CHECK(filter.write_protected());
  CHECK(filter.sequential());
  CHECK(filter.resizable());
  CHECK_FALSE(filter.has_blocks());
  CHECK(taken() == "capabilities capabilities capabilities capabilities ");
  const DeviceIdentity identity = filter.identity();
  CHECK(identity.id == "id");
  CHECK(identity.persistent_id == "persistent");
  CHECK(identity.generation == "G1");
  CHECK(taken() == "identity ");
  CHECK(filter.extents(512, 1024) == std::vector<Extent>{{512, 1024, Extent::Kind::data}});
  CHECK(taken() == "extents(512, 1024) ");
  CHECK(completes([&](Completion done) { filter.read(1024, bytes, std::move(done)); }));
  CHECK(taken() == "read(1024, 512) ");
  filter.cancel();
  CHECK(taken() == "cancel ");
}

}  // namespace

TEST_CASE("a filter in front of a device passes on everything") {
  Recorder below;
  DeviceFilter filter(below);
  check_reading(filter, below);
  CHECK_FALSE(filter.read_only());
  below.log.clear();
  const auto taken = [&below] { return std::exchange(below.log, {}); };
  const std::vector<std::byte> bytes(1024);
  CHECK(completes([&](Completion done) { filter.write(512, bytes, std::move(done)); }));
  CHECK(taken() == "write(512, 1024) ");
  CHECK(completes([&](Completion done) { filter.zero(512, 2048, std::move(done)); }));
  CHECK(taken() == "zero(512, 2048) ");
  CHECK(completes([&](Completion done) { filter.unmap(4096, 2048, std::move(done)); }));
  CHECK(taken() == "unmap(4096, 2048) ");
  CHECK(completes([&](Completion done) { filter.flush(std::move(done)); }));
  CHECK(taken() == "flush ");
  CHECK(filter.cache_loss_generation() == 3);
  CHECK(taken() == "losses ");
  filter.finish(700);
  CHECK(taken() == "finish(700) ");
  filter.commit();
  CHECK(taken() == "commit ");
  filter.resize(16384);
  CHECK(taken() == "resize(16384) ");
  // It sees every request, also those that are meant to go around a changed view.
  CHECK(&filter.underlying() == &filter);
}

TEST_CASE("a filter in front of a source passes on everything, and cannot be written") {
  Recorder below;
  ReadableFilter filter(below);
  check_reading(filter, below);
  CHECK(filter.read_only());
  static_assert(!std::derived_from<ReadableFilter, Device>);
}

TEST_CASE("the bytes that are read are counted") {
  ReadOnlyDevice device(std::make_unique<Recorder>());
  std::vector<std::byte> bytes(512);
  read_wait(device, 0, bytes);
  read_wait(device, 4096, bytes);
  CHECK(device.bytes_read() == 1024);
  CHECK(device.read_only());
}
