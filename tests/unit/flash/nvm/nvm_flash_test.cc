// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_flash.h"
#include "core/hint_id.h"

#include <nlohmann/json.hpp>

#include "flash/test_images.h"
#include "report/flash/flash_report.h"

using namespace san::flash;
using namespace san::report;

namespace {

/// A flash in memory. What commit() writes is in `written`.
struct Bench {
  explicit Bench(NvmImage image, NvmOptions options = {})
      : flash("card", std::move(image), std::move(options),
              [this](const NvmImage& old, const NvmImage& fresh) {
                before.assign(old.bytes().begin(), old.bytes().end());
                written.assign(fresh.bytes().begin(), fresh.bytes().end());
              }) {}
  std::vector<std::byte> before, written;
  NvmFlash flash;
};

NvmImage card(std::uint16_t device, unsigned ports) {
  NvmImage image = gigabit_image(device);
  add_block(image, ports);
  put_mask(image, 0, {255, 255, 255, 0});
  return image;
}

std::string places(const NvmFlash& flash) {
  std::string all;
  for (const FlashChange& change : flash.changes()) all += change.where.substr(5) + " " + change.after + ", ";
  return all;
}

std::string joined(const std::vector<std::string>& notes) {
  std::string all;
  for (const std::string& note : notes) all += note + "\n";
  return all;
}

FlashSettings lun(std::uint16_t number) {
  FlashSettings s;
  s.lun = number;
  return s;
}

template <typename Work>
std::string refusal(san::Exit code, Work work) {
  const auto error = error_of(work);
  REQUIRE(error);
  CHECK(error->code() == code);
  return error->what();
}

template <typename Work>
san::HintId hint_of(Work work) {
  const auto error = error_of(work);
  REQUIRE(error);
  return error->hint_id();
}

}  // namespace

TEST_CASE("a choice changes its word and the checksum, and nothing before commit()") {
  Bench bench(card(0x1521, 2));
  CHECK(bench.flash.choose(san::boot::Priority::primary, 2).empty());
  CHECK(bench.flash.changes().size() == 2);
  CHECK(bench.flash.changes()[0].name == "main setup options, port 2");
  CHECK(bench.flash.changes()[0].after == "0x0102");
  CHECK(bench.flash.changes()[1].name == "checksum");
  CHECK(bench.written.empty());
  bench.flash.commit();
  CHECK(bench.written.size() == 0x2000);
  CHECK(bench.written != bench.before);
  CHECK(bench.flash.changes().empty());
  CHECK(bench.flash.verify().empty());
}

TEST_CASE("nothing to change is not written, and leaves a wrong checksum alone") {
  NvmImage image = card(0x1521, 2);
  image.set_word(0x3F, 0x1234);
  Bench bench(image);
  bench.flash.choose(san::boot::Priority::pxe, 1);
  bench.flash.commit();
  CHECK(bench.written.empty());
  CHECK(contains(joined(bench.flash.choose(san::boot::Priority::primary, 1)),
                 "checksum of the base words was wrong and is left so"));
  CHECK(places(bench.flash) == "0x0030 0x0102, ");
  CHECK(bench.flash.reset({}).empty());
  CHECK(bench.flash.verify().empty());
}

TEST_CASE("settings of one port need no checksum") {
  Bench bench(card(0x1533, 1));
  CHECK(bench.flash.set(lun(1), 1).empty());
  CHECK(places(bench.flash) == "0x0294 0x3d01, 0x029b 0x0001, ");
}

TEST_CASE("what cannot be written leaves the flash as it is") {
  Bench bench(card(0x1533, 1));
  FlashSettings bad = lun(1);
  bad.target = std::string(224, 'x');
  bad.priority = san::boot::Priority::primary;
  CHECK(contains(refusal(san::Exit::usage, [&] { bench.flash.set(bad, 1); }),
                 "card, port 1: the target name has 224 bytes"));
  CHECK(bench.flash.changes().empty());
  CHECK(contains(refusal(san::Exit::usage, [&] { bench.flash.set(lun(1), 2); }), "known for 1 port"));
  CHECK(contains(refusal(san::Exit::usage, [&] { bench.flash.choose(san::boot::Priority::pxe, 0); }),
                 "port 0: the boot"));
  Bench two(card(0x1521, 1));
  CHECK(contains(refusal(san::Exit::usage, [&] { two.flash.set(lun(1), 2); }), "room for 1 port"));
}

TEST_CASE("what no datasheet confirms takes a word of consent") {
  Bench bench(card(0x1521, 4));
  CHECK(contains(refusal(san::Exit::refused, [&] { bench.flash.choose(san::boot::Priority::primary, 3); }),
                 "allow what no document confirms"));
  CHECK(hint_of([&] { bench.flash.choose(san::boot::Priority::primary, 3); }) == san::HintId::unverified);
  CHECK(contains(refusal(san::Exit::refused, [&] { bench.flash.set(lun(1), 4); }), "0x3a and 0x3b"));
  NvmOptions options;
  options.unverified = true;
  Bench sure(card(0x1521, 4), options);
  sure.flash.choose(san::boot::Priority::primary, 3);
  CHECK(contains(places(sure.flash), "0x0038 0x0102"));
  Bench old(gigabit_image(0x10D3));
  CHECK(contains(refusal(san::Exit::refused, [&] { old.flash.choose(san::boot::Priority::disabled, 1); }),
                 "choose pxe"));
  CHECK(old.flash.choose(san::boot::Priority::secondary, 1).empty());
  Bench new_old(gigabit_image(0x10D3), options);
  new_old.flash.choose(san::boot::Priority::disabled, 1);
  CHECK(contains(places(new_old.flash), "0x0030 0x0101"));
}

TEST_CASE("an unknown family is shown, and not written") {
  NvmImage image = gigabit_image(0x1572);
  Bench bench(image);
  CHECK(bench.flash.family() == nullptr);
  refusal(san::Exit::refused, [&] { bench.flash.choose(san::boot::Priority::pxe, 1); });
  CHECK(hint_of([&] { bench.flash.choose(san::boot::Priority::pxe, 1); }) == san::HintId::choose_family);
  refusal(san::Exit::refused, [&] { bench.flash.reset({}); });
  CHECK(hint_of([&] { bench.flash.reset({}); }) == san::HintId::choose_family);
  CHECK(contains(flash_text(bench.flash), "unknown family"));
  CHECK(flash_json(bench.flash)["ports"][0]["setup_word"] == "0x0100");
  CHECK(flash_json(bench.flash)["family"] == nullptr);
  NvmOptions options;
  options.family = "i210";
  CHECK(Bench(image, options).flash.family()->name == "I210");
  Bench otp(gigabit_image(0x1539));
  CHECK(contains(refusal(san::Exit::refused, [&] { otp.flash.choose(san::boot::Priority::pxe, 1); }),
                 "one-time programmable"));
}

TEST_CASE("blocks that may not be written") {
  NvmImage old = card(0x10A7, 1);
  old.set_word(0x201, 600);
  Bench bench(old);
  CHECK(contains(refusal(san::Exit::refused, [&] { bench.flash.set(lun(1), 1); }), "old layout"));
  Bench none(gigabit_image(0x1533));
  CHECK(contains(refusal(san::Exit::failed, [&] { none.flash.set(lun(1), 1); }),
                 "has no iSCSI block, and none can be made"));
  NvmImage upon = card(0x1533, 1);
  upon.set_word(0x37, 0x220);
  Bench overlapping(upon);
  CHECK(contains(refusal(san::Exit::refused, [&] { overlapping.flash.set(lun(1), 1); }),
                 "alternate MAC addresses overlap"));
}

TEST_CASE("what the user should know is said") {
  Bench bench(card(0x1521, 2));
  FlashSettings s = lun(1);
  s.initiator = "iqn.2026-11.org.example:host1";
  s.priority = san::boot::Priority::primary;
  s.mac = "52:54:00:00:00:01";
  const std::string notes = joined(bench.flash.set(s, 1));
  CHECK(contains(notes, "all 2 ports of the NIC have one initiator name"));
  CHECK(contains(notes, "none of the I350 is public"));
  CHECK(contains(notes, "for MAC address 52:54:00:00:00:01, but this NIC has 52:54:00:12:34:56"));
  CHECK(contains(joined(bench.flash.choose(san::boot::Priority::primary, 2)),
                 "port 1 is the primary one, too"));
  CHECK(contains(joined(bench.flash.choose(san::boot::Priority::disabled, 2)), "X550"));
}

TEST_CASE("empty boot words become the defaults with the choice") {
  NvmImage image = gigabit_image(0x10C9);
  image.set_word(0x34, 0xFFFF);
  image.set_word(0x35, 0xFFFF);
  seal(image);
  Bench bench(image);
  CHECK(contains(joined(bench.flash.choose(san::boot::Priority::primary, 2)), "were empty"));
  CHECK(contains(places(bench.flash), "0x0034 0x0102, 0x0035 0x4000"));
}

TEST_CASE("reset takes ports that there are, or the one asked for") {
  NvmImage image = gigabit_image(0x10C9);
  image.set_word(0x30, 0x0543);
  image.set_word(0x31, 0xC801);
  image.set_word(0x34, 0xFFFF);
  image.set_word(0x35, 0xFFFF);
  image.set_word(0x3F, 0);
  Bench bench(image);
  bench.flash.reset({});
  CHECK(contains(places(bench.flash), "0x0030 0x0100, 0x0031 0x4000, 0x003f "));
  CHECK(bench.flash.verify().empty());
  Bench one(image);
  one.flash.reset(2);
  CHECK(contains(places(one.flash), "0x0034 0x0100, 0x0035 0x4000, 0x003f "));
}

TEST_CASE("a backup is that of this NIC") {
  const NvmImage image = card(0x1533, 1);
  Bench bench(image);
  const auto backup = bench.flash.backup();
  bench.flash.set(lun(9), 1);
  CHECK(bench.flash.backup() == backup);
  bench.flash.commit();
  CHECK(bench.flash.differences("backup", backup).size() == 2);
  CHECK(bench.flash.restore("backup", backup).empty());
  bench.flash.commit();
  CHECK(bench.written == backup);

  NvmImage other = image;
  other.set_word(2, 0x0000);
  CHECK(contains(refusal(san::Exit::refused, [&] { bench.flash.restore("other", other.bytes()); }),
                 "is of the NIC 52:54:00:12:00:00"));
  const auto shorter = std::vector<std::byte>(backup.begin(), backup.end() - 2);
  CHECK(contains(refusal(san::Exit::refused, [&] { bench.flash.restore("short", shorter); }),
                 "has 4095 words, but card has 4096"));
  NvmOptions options;
  options.force = "replaced";
  Bench forced(image, options);
  CHECK(contains(joined(forced.flash.restore("other", other.bytes())),
                 "in the backup the checksum of the base words is wrong"));
}

TEST_CASE("findings: errors first, each with its word") {
  NvmImage image = card(0x1521, 2);
  image.set_word(0x31, 0xC000);
  image.set_word(0x12, 0xDC00);
  image.set_word(0x30, 0x0102);
  image.set_word(0x34, 0x0102);
  image.set_word(0xFF, 0);
  put_mask(image, 1, {0, 255, 255, 255});
  seal(image);
  std::string all;
  for (const san::Diagnostic& finding : Bench(image).flash.verify())
    all +=
        (finding.severity == san::Severity::error ? "E " : "W ") + finding.where + ": " + finding.text + "\n";
  CHECK(contains(all, "E word 0xff: checksum of the LAN 2 is 0x0000"));
  CHECK(contains(all, "E word 0x12: the signature in bits 15:14 of 0xdc00 is not 01b"));
  CHECK(contains(all, "E iSCSI block: the netmasks of its ports are in different byte orders"));
  CHECK(contains(all, "W word 0x31: the signature in bits 15:14 of 0xc000 is not 01b"));
  CHECK(contains(all, "W boot words: 2 ports are iSCSI primary"));
  CHECK(all.rfind("E ") < all.find("W "));
}

TEST_CASE("a block of a 10 GbE NIC lies in the first 4 KiB") {
  NvmImage image = image_of(std::vector<std::uint16_t>(0x1000, 0xFFFF));
  add_block(image, 1, 0x700);
  image.set_word(0x17, 0x700);
  NvmOptions options;
  options.family = "X550";
  const auto text = flash_text(Bench(image, options).flash);
  CHECK(contains(text, "error: word 0x17: iSCSI block: ends behind the first 4 KiB"));
}

TEST_CASE("secrets are never shown; addresses whose order is not known are shown both ways") {
  Bench bench(card(0x1533, 1));
  FlashSettings s;
  s.user = "host1";
  s.secret = "secret-secret";
  s.portals = {{"10.1.2.3", 3260}};
  s.target = "iqn.2026-11.org.example:g\x1b[2J";
  bench.flash.set(s, 1);
  const std::string text = flash_text(bench.flash), json = flash_json(bench.flash).dump();
  CHECK(!contains(text + json, "secret-secret"));
  CHECK(contains(text, "secret ******"));
  CHECK(contains(text, "g\\x1b[2J"));
  CHECK(flash_json(bench.flash)["iscsi"]["ports"][0]["chap_secret_set"] == true);
  CHECK(flash_json(bench.flash)["iscsi"]["ports"][0]["portal_address"] == "10.1.2.3");
  NvmImage blind = bench.flash.image();
  put_mask(blind, 0, {});
  Bench unknown(blind);
  CHECK(contains(flash_text(unknown.flash), "10.1.2.3 or 3.2.1.10:3260"));
  CHECK(flash_json(unknown.flash)["iscsi"]["ports"][0]["portal_address"] == nullptr);
  NvmOptions options;
  options.ip_order = IpOrder::reversed;
  CHECK(flash_json(Bench(blind, options).flash)["iscsi"]["ports"][0]["portal_address"] == "3.2.1.10");
}
