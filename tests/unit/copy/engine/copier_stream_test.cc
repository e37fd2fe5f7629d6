// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <csignal>
#include <thread>

#include "block/device_filter.h"
#include "copy/copy_checks.h"
#include "copy/engine/copier.h"
#include "copy/pipe.h"
#include "copy/strict_device.h"
#include "core/process/interrupt.h"

using namespace san;
using namespace san::copy;
using namespace std::chrono_literals;
using Op = FaultDevice::Op;

namespace {

const std::size_t kSizes[] = {1, 511, 512, 513, 4095, MiB - 1, MiB, MiB + 1, 3 * MiB + 777};

CopyOptions verified() {
  CopyOptions options;
  options.verify = VerifyMode::full;
  options.block = 256 * KiB;
  return options;
}

CopyResult copy_stream(const Content& content, const std::vector<Device*>& destinations,
                       std::size_t piece = 65536) {
  Pipe pipe(content, piece);
  InputStream stream("standard input", pipe.reader());
  return run_copy(&stream, destinations, verified());
}

}  // namespace

TEST_CASE("streams of odd sizes onto disks: zeros fill the last block") {
  for (const std::uint32_t block : {512U, 4096U})
    for (const std::size_t size : kSizes) {
      CAPTURE(block);
      CAPTURE(size);
      const Content content = random_bytes(size, size);
      const auto disk = std::make_shared<MemoryDevice>("copy", 4 * MiB, std::byte{0xAA}, block);
      StrictDevice destination(disk, 2);
      const CopyResult result = copy_stream(content, {&destination}, size % 2 == 0 ? 65536 : 1000);
      const std::uint64_t padded = round_up(size, block);
      CHECK(!result.destinations[0].error);
      CHECK(result.total == size);
      CHECK(result.hash == hash128(content));
      CHECK(result.destinations[0].verified == padded);
      CHECK(result.destinations[0].mismatches.empty());
      CHECK(bytes_of(disk->bytes().first(size)) == content);
      CHECK(bytes_of(disk->bytes().subspan(size, padded - size)) == Content(padded - size));
      // The head is hidden until the clone is complete, and the stream may be shorter.
      CHECK(disk->bytes()[padded] == std::byte{padded < kHead ? std::uint8_t{0} : std::uint8_t{0xAA}});
      CHECK(destination.sins() == "");
    }
}

TEST_CASE("streams into files: a new one, a smaller and a larger one end as long as the stream") {
  const TempDir dir;
  for (const std::size_t size : kSizes)
    for (const std::size_t old : {std::size_t{0}, std::size_t{4096}, std::size_t{5 * MiB}}) {
      CAPTURE(size);
      CAPTURE(old);
      const Content content = random_bytes(size, size);
      const std::string path = dir / fmt::format("{}-{}", size, old);
      if (old > 0) dir.file(fmt::format("{}-{}", size, old), Content(old, std::byte{0xAA}));
      const std::shared_ptr<Device> file = open_image(path);
      StrictDevice destination(file);
      const CopyResult result = copy_stream(content, {&destination});
      CHECK(!result.destinations[0].error);
      CHECK(result.destinations[0].mismatches.empty());
      CHECK(result.hash == hash128(content));
      CHECK(file->content_size() == size);
      CHECK(destination.sins() == "");
      CHECK(file_content(path) == content);
    }
}

TEST_CASE("zeros of a stream leave holes, and go over old content") {
  Content content = bootable_disk(6 * MiB);
  std::fill_n(content.begin() + 2 * MiB, 3 * MiB, std::byte{0});
  MemoryDevice destination("copy", 6 * MiB, std::byte{0xAA});
  const CopyResult result = copy_stream(content, {&destination});
  CHECK(bytes_of(destination.bytes()) == content);
  CHECK(result.zero == 3 * MiB);
  CHECK(result.destinations[0].bytes.unmapped == 3 * MiB);
}

TEST_CASE("a stream longer than one destination: that one is told so, the other is complete") {
  const Content content = bootable_disk(3 * MiB + 1);
  MemoryDevice small("small", 3 * MiB, std::byte{0xAA}), large("large", 4 * MiB, std::byte{0xAA});
  const CopyResult result = copy_stream(content, {&small, &large});
  const auto& error = result.destinations[0].error;
  REQUIRE(error);
  CHECK(error->code() == Exit::refused);
  CHECK(error->object() == "small");
  CHECK(error->cause() == "holds 3.0 MiB, standard input is longer");
  CHECK(!bootable(small.bytes()));
  CHECK(boot_region_is_hidden(small.bytes()));
  CHECK(!result.destinations[1].error);
  CHECK(bytes_of(large.bytes().first(content.size())) == content);
  CHECK(result.total == content.size());
}

TEST_CASE("a stream longer than the only destination ends early") {
  MemoryDevice small("small", MiB, std::byte{0xAA});
  const CopyResult result = copy_stream(bootable_disk(64 * MiB), {&small});
  REQUIRE(result.destinations[0].error);
  CHECK(result.destinations[0].error->code() == Exit::refused);
  CHECK(!bootable(small.bytes()));
  CHECK(result.total < 4 * MiB);
}

TEST_CASE("an empty stream is an error, and nothing is touched") {
  const Content old = bootable_disk(2 * MiB);
  const auto disk = disk_of(old);
  FaultDevice destination(disk);
  const TempDir dir;
  const std::string path = dir.file("image", old);
  const auto file = open_image(path);
  const auto error = error_of([&] { copy_stream({}, {&destination, file.get()}); });
  REQUIRE(error);
  CHECK(error->code() == Exit::failed);
  CHECK(std::string(error->what()) ==
        "standard input: is empty: no data arrived; look at the program that writes to it");
  CHECK(destination.requests().empty());
  CHECK(file_content(path) == old);
}

TEST_CASE("an old head is hidden before a stream is written") {
  const Content content = bootable_disk(3 * MiB);
  FaultDevice destination(disk_of(bootable_disk(3 * MiB, 2)));
  destination.add(
      {.op = Op::write, .effect = FaultDevice::Fail{Error(Exit::failed, "copy", "broke")}, .offset = kHead});
  const CopyResult result = copy_stream(content, {&destination});
  REQUIRE(result.destinations[0].error);
  Content front(512);
  read_wait(destination, 0, front);
  CHECK(front == Content(512));
}

TEST_CASE("a stream that cannot be read") {
  const int closed = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(closed);
  InputStream stream("standard input", closed);
  MemoryDevice destination("copy", 2 * MiB, std::byte{0xAA});
  const auto error = error_of([&] { run_copy(&stream, {&destination}); });
  REQUIRE(error);
  CHECK(error->code() == Exit::failed);
  CHECK(error->object() == "standard input");
  CHECK(bytes_of(destination.bytes()) == Content(2 * MiB, std::byte{0xAA}));
}

TEST_CASE("a file that cannot be made larger is that file's error") {
  /// A file on a disk that is full.
  class Full final : public DeviceFilter {
   public:
    using DeviceFilter::DeviceFilter;
    Capabilities capabilities() const override { return {.resizable = true, .has_blocks = false}; }
  };
  MemoryDevice disk("full", 2 * MiB);
  Full full(disk);
  MemoryDevice other("other", 4 * MiB);
  for (const std::size_t size : {MiB, 3 * MiB}) {  // it cannot be cut either
    const Content content = bootable_disk(size);
    const CopyResult result = copy_stream(content, {&full, &other});
    REQUIRE(result.destinations[0].error);
    CHECK(result.destinations[0].error->object() == "full");
    CHECK(!result.destinations[1].error);
    CHECK(bytes_of(other.bytes().first(size)) == content);
  }
}

TEST_CASE("Ctrl-C while a stream has nothing to say, and in its middle") {
  for (const std::size_t before : {std::size_t{0}, std::size_t{2 * MiB + 5}}) {
    const Interrupt interrupt;
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    std::thread writer([&] {
      const Content content = bootable_disk(2 * MiB + 5);
      for (std::size_t at = 0; at < before;) {
        const ssize_t put = write(ends[1], content.data() + at, before - at);
        if (put <= 0) break;
        at += static_cast<std::size_t>(put);
      }
      std::this_thread::sleep_for(20ms);
      std::raise(SIGINT);
    });
    InputStream stream("standard input", ends[0]);
    MemoryDevice destination("copy", 4 * MiB, std::byte{0xAA});
    const auto error = error_of([&] { run_copy(&stream, {&destination}, verified()); });
    REQUIRE(error);
    CHECK(error->code() == Exit::interrupted);
    CHECK(!bootable(destination.bytes()));
    writer.join();
    close(ends[0]);
    close(ends[1]);
  }
}
