// SPDX-License-Identifier: Apache-2.0
#include "flash/live/nic_write.h"

#include "flash/fake_nics.h"
#include "flash/flash_device.h"

using namespace san::flash;

namespace {

using Writes = std::vector<std::pair<std::size_t, std::size_t>>;

/// An I210 with an iSCSI block at word 0x200.
NvmImage card() {
  NvmImage image = gigabit_image(0x1533);
  add_block(image, 1);
  return image;
}

NvmImage with(NvmImage image, const std::vector<std::pair<std::size_t, std::uint16_t>>& words) {
  for (const auto& [word, value] : words) image.set_word(word, value);
  seal(image);
  return image;
}

struct Bench {
  explicit Bench(const NvmImage& image = card()) : before(image), fake(std::make_shared<FakeEthtool>(image)) {
    nvm.object = "nic:eth0";
    nvm.nic.name = "eth0";
    nvm.nic.driver = "igb";
    nvm.nic.vendor = 0x8086;
    nvm.nic.device = 0x1533;
    nvm.ethtool = fake;
  }
  void write(const NvmImage& after) const {
    write_live(nvm, 0x15338086, before, after, &find_family("I210"));
  }
  bool untouched() const { return std::ranges::equal(fake->image.bytes(), before.bytes()); }

  NvmImage before;
  std::shared_ptr<FakeEthtool> fake;
  LiveNvm nvm;
};

struct Failure {
  san::Exit code = san::Exit::ok;
  bool partly = false;
  std::string text;
};

template <typename Work>
Failure failure(Work work) {
  try {
    work();
  } catch (const PartlyWritten& error) {
    return {error.code(), true, error.what()};
  } catch (const san::Error& error) {
    return {error.code(), false, error.what()};
  }
  return {};
}

bool contains(const std::string& text, const char* part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

const std::vector<std::pair<std::size_t, std::uint16_t>> kChanges = {
    {0x0A, 1}, {0x30, 0x0102}, {0x31, 0x4001}, {0x3D, 0x0200}, {0x23E, 0x4141}, {0x23F, 0x4242}, {0x900, 7}};

}  // namespace

TEST_CASE("the block is written first, the boot words last, and no more than what differs") {
  const Bench bench;
  bench.write(with(bench.before, kChanges));
  CHECK(bench.fake->writes == Writes{{0x23E, 2}, {0x900, 1}, {0x0A, 1}, {0x30, 2}});
  CHECK(bench.fake->image.word(0x30) == 0x0102);
  CHECK(std::ranges::equal(bench.fake->image.bytes(), with(bench.before, kChanges).bytes()));
}

TEST_CASE("a block that the new pointer leads to comes before the pointer") {
  NvmImage bare = gigabit_image(0x1533), after = bare;
  add_block(after, 1);
  const Bench bench(bare);
  bench.write(after);
  REQUIRE(bench.fake->writes.size() > 1);
  CHECK(bench.fake->writes.back() == Writes::value_type{0x3D, 1});
}

TEST_CASE("the checksum is left to the driver, and written where it does nothing") {
  Bench bench;
  bench.fake->mends = false;
  bench.write(with(bench.before, {{0x30, 0x0102}}));
  CHECK(bench.fake->writes == Writes{{0x30, 1}, {0x3F, 1}});
  // Only the checksum is wrong.
  NvmImage broken = card();
  broken.set_word(0x3F, 0x1234);
  const Bench repair(broken);
  repair.write(card());
  CHECK(repair.fake->writes == Writes{{0x3F, 1}});
}

TEST_CASE("a checksum that the driver makes right in place of a wrong one is no failure") {
  NvmImage wrong = with(card(), {{0x30, 0x0102}});
  wrong.set_word(0x3F, 0x1234);
  const Bench bench;
  bench.write(wrong);
  CHECK(bench.fake->image.word(0x30) == 0x0102);
  CHECK(std::ranges::equal(bench.fake->image.bytes(), with(card(), {{0x30, 0x0102}}).bytes()));
}

TEST_CASE("the bit of an 82580 that igb sets is no failure") {
  NvmImage image = gigabit_image(0x150E);
  image.set_word(3, 0x0001);
  seal(image);
  Bench bench(image);
  bench.nvm.nic.device = 0x150E;
  bench.fake->magic = 0x150E8086;
  const NvmImage after = with(image, {{0x30, 0x0102}});
  bench.fake->afterwards = [](NvmImage& nvm) {
    nvm.set_word(3, 0x8001);
    for (const std::size_t start : {0x00, 0x80, 0xC0, 0x100}) seal(nvm, start);
  };
  CHECK_NOTHROW(write_live(bench.nvm, 0x150E8086, image, after, &find_family("82580")));
  CHECK(bench.fake->image.word(3) == 0x8001);
  // Any other bit is one.
  Bench other(image);
  other.nvm.nic.device = 0x150E;
  other.fake->magic = 0x150E8086;
  other.fake->afterwards = [](NvmImage& nvm) { nvm.set_word(3, 0x8003), seal(nvm); };
  const Failure one =
      failure([&] { write_live(other.nvm, 0x150E8086, image, after, &find_family("82580")); });
  CHECK(one.partly);
  CHECK(contains(one.text, "word 0x0003 does not read back as written"));
}

TEST_CASE("a write that is taken and ignored is found out") {
  const Bench bench;
  bench.fake->ignores = true;
  const Failure one = failure([&] { bench.write(with(bench.before, {{0x30, 0x0102}})); });
  CHECK(one.code == san::Exit::failed);
  CHECK(!one.partly);
  CHECK(contains(one.text, "igb took the write of word 0x0030 without an error"));
  CHECK(contains(one.text, "nothing has changed"));
  CHECK(bench.fake->writes.size() == 1);
}

TEST_CASE("a word that does not take stops it before the boot words, and what has changed is named") {
  const Bench bench;
  bench.fake->stuck = 0x900;
  const Failure one = failure([&] { bench.write(with(bench.before, kChanges)); });
  CHECK(one.code == san::Exit::failed);
  CHECK(one.partly);
  CHECK(contains(one.text, "the write of word 0x0900 "));
  CHECK(contains(one.text, "; words 0x023e, 0x023f changed before that"));
  CHECK(bench.fake->image.word(0x30) == 0x0100);
}

TEST_CASE("a write that fails in the middle") {
  Bench bench;
  bench.fake->write_error = EIO;
  bench.fake->write_error_after = 2;
  const Failure one = failure([&] { bench.write(with(bench.before, kChanges)); });
  CHECK(one.partly);
  CHECK(contains(one.text, "nic:eth0: cannot write word 0x000a: Input/output error; words 0x023e, 0x023f, "));
  CHECK(contains(one.text, "0x0900 changed before that"));
  // And nothing can be read any more.
  Bench gone;
  gone.fake->write_error = gone.fake->read_error = ENODEV;
  gone.fake->write_error_after = gone.fake->read_error_after = 1;
  const Failure two = failure([&] { gone.write(with(gone.before, kChanges)); });
  CHECK(two.partly);
  CHECK(contains(two.text,
                 "cannot be read back: cannot read its NVM: No such device; and what has changed is "));
}

TEST_CASE("a first write that fails changes nothing, and has a hint") {
  for (const auto& [error, hint] :
       {std::pair{EPERM, "become root"}, {EOPNOTSUPP, "boot by iPXE"}, {EINVAL, "WriteProtectNVM=0"}}) {
    Bench bench;
    bench.nvm.nic.driver = "e1000e";
    bench.fake->write_error = error;
    const Failure one = failure([&] { bench.write(with(bench.before, kChanges)); });
    CHECK(one.code == san::Exit::failed);
    CHECK(!one.partly);
    CHECK(contains(one.text, "nothing has changed"));
    CHECK(contains(one.text, hint));
    CHECK(bench.untouched());
  }
}

TEST_CASE("a magic that is not that of the PCI device is never written with") {
  Bench bench;
  bench.fake->magic = 0x12345678;
  const Failure one = failure([&] { bench.write(with(bench.before, kChanges)); });
  CHECK(one.code == san::Exit::refused);
  const Failure two =
      failure([&] { write_live(bench.nvm, 0x12345678, bench.before, card(), &find_family("I210")); });
  CHECK(two.code == san::Exit::refused);
  CHECK(bench.fake->writes.empty());
}

TEST_CASE("an NVM that somebody has changed meanwhile is not written") {
  const Bench bench;
  bench.fake->image.set_word(0x31, 0x4100);
  const Failure one = failure([&] { bench.write(with(bench.before, kChanges)); });
  CHECK(one.code == san::Exit::failed);
  CHECK(contains(one.text, "another program has changed its NVM"));
  CHECK(bench.fake->writes.empty());
}

TEST_CASE("reading: no right to, no driver, fewer bytes than there are, no NVM") {
  Bench bench;
  CHECK(std::ranges::equal(read_live(bench.nvm).image.bytes(), bench.before.bytes()));
  bench.fake->short_by = 2;
  CHECK(contains(failure([&] { read_live(bench.nvm); }).text, "gives 4094 bytes of 4096 at offset 0x0"));
  bench.fake->read_error = EPERM;
  CHECK(contains(failure([&] { read_live(bench.nvm); }).text,
                 "cannot read its NVM: Operation not permitted; become root"));
  bench.fake->driver_error = ENODEV;
  CHECK(contains(failure([&] { read_live(bench.nvm); }).text, "cannot ask its driver: No such device"));
}
