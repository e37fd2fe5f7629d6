// SPDX-License-Identifier: Apache-2.0
// Files that are no profiles at all.
#include <sys/stat.h>

#include "boot/profiles.h"
#include "core/error.h"
#include "temp_dir.h"

using namespace san;
using namespace san::boot;

namespace {

std::string unreadable(const std::string& path) {
  const auto error = error_of([&] { read_boot_profile(path); });
  REQUIRE(error);
  CHECK(error->code() == Exit::usage);
  return error->what();
}

}  // namespace

TEST_CASE("what is no text") {
  CHECK(refusal(kMinProfile + std::string(1, '\0')) ==
        "host1.toml:6: holds a zero byte; a boot profile is text in UTF-8");
  CHECK(refusal(std::string("\xFF\xFE[\0i\0", 6)) == "host1.toml:1: is UTF-16; save it as UTF-8");
  CHECK(refusal(std::string("\xFE\xFF\0[\0i", 6)) == "host1.toml:1: is UTF-16; save it as UTF-8");
  for (const char* bad : {"# \xC0\xAF", "# \xFF", "# \xC3", "# \xED\xA0\x80", "# \xF8\x88\x80\x80\x80"}) {
    CAPTURE(bad);
    CHECK(refusal("\n" + std::string(bad) + "\n" + kMinProfile)
              .starts_with("host1.toml:2: is not valid TOML: "));
  }
  CHECK(parse("# \xE2\x82\xAC \xF0\x9F\x92\xBE\n" + kMinProfile) == parse(kMinProfile));
  CHECK(refusal(kMinProfile + "\x07").starts_with("host1.toml:6: is not valid TOML: "));
  CHECK(refusal("[initiator\n").starts_with("host1.toml:1: is not valid TOML: "));
  CHECK(refusal("[initiator]\nname = \"x").starts_with("host1.toml:2: is not valid TOML: "));
  CHECK(
      refusal("[initiator]\nname = \"x\"\nname = \"y\"\n").starts_with("host1.toml:3: is not valid TOML: "));
  CHECK(refusal("[initiator]\n[initiator]\n").starts_with("host1.toml:2: is not valid TOML: "));
  CHECK(refusal(kMinProfile + std::string(kMaxProfileBytes - kMinProfile.size(), '\n')).empty());
  CHECK(refusal(std::string(kMaxProfileBytes + 1, '\n')) ==
        "host1.toml: has more than 16 KiB: it is not a boot profile");
}

TEST_CASE("nesting as deep as the size allows does not end the process") {
  const auto deep = [](const std::string& piece, const std::string& end) {
    std::string text;
    while (text.size() + piece.size() + end.size() <= kMaxProfileBytes) text += piece;
    return text + end;
  };
  CHECK_FALSE(refusal(deep("a.", "a=1")).empty());
  CHECK_FALSE(refusal("[" + deep("a.", "a]").substr(2)).empty());
  CHECK_FALSE(refusal(deep("[", "")).empty());
  CHECK_FALSE(refusal("a=" + deep("[", "").substr(2)).empty());
  CHECK_FALSE(refusal("a=" + deep("{a=", "").substr(2)).empty());
  CHECK_FALSE(
      refusal("a=" + deep("{a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=", "").substr(2))
          .empty());
}

TEST_CASE("files") {
  const TempDir place;
  const std::string good = place.text_file("good.toml", kFullProfile, 0644);
  BootProfile expected = parse(kFullProfile);
  expected.path = good;
  CHECK(read_boot_profile(good) == expected);
  CHECK(unreadable(place / "none") ==
        place / "none" + ": cannot read the boot profile: No such file or directory");
  CHECK(unreadable("/") == "/: cannot read the boot profile: it is not a regular file");
  CHECK(unreadable("/dev/zero") == "/dev/zero: cannot read the boot profile: it is not a regular file");
  const std::string fifo = place / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(unreadable(fifo) == fifo + ": cannot read the boot profile: it is not a regular file");
  CHECK(unreadable(place.text_file("large", std::string(1000000, ' '))) ==
        place / "large" + ": has more than 16 KiB: it is not a boot profile");
  CHECK(unreadable(place.text_file("bad", with_line(kFullProfile, 11, "lun = -1"))) ==
        place / "bad" + ":11: target.lun: -1 is not between 0 and 16383 (SAM-5, flat space addressing)");
}
