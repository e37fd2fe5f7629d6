// SPDX-License-Identifier: Apache-2.0
#include "core/text/terminal.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace san;

namespace {

/// A variable of the environment for as long as this lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old, was_set_ = true;
    setenv(name, value, 1);
  }
  ~Variable() {
    if (was_set_)
      setenv(name_, old_.c_str(), 1);
    else
      unsetenv(name_);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string old_;
  bool was_set_ = false;
};

}  // namespace

TEST_CASE("the canvas is what the environment says") {
  const Variable all("LC_ALL", ""), ctype("LC_CTYPE", "de_DE.utf8"), lang("LANG", "C"),
      width("COLUMNS", "123");
  CHECK(canvas_of_stdout("never").width == 123);
  CHECK(canvas_of_stdout("never").utf8);
  CHECK(canvas_of_stdout("always").color);
  CHECK_FALSE(canvas_of_stdout("never").color);
  const Variable posix("LC_ALL", "POSIX");
  CHECK_FALSE(canvas_of_stdout("never").utf8);
  const Variable no("NO_COLOR", "1");
  CHECK_FALSE(canvas_of_stdout("auto").color);
  CHECK(canvas_of_stdout("always").color);
}

TEST_CASE("widths that no terminal has") {
  for (const char* typed : {"3", "40"})
    CHECK((Variable("COLUMNS", typed), canvas_of_stdout("never").width) >= 40);
  const Variable wide("COLUMNS", "1000000");
  CHECK(canvas_of_stdout("never").width == 400);
}

TEST_CASE("what may stand on a terminal") {
  CHECK(shown("plain", true) == "plain");
  CHECK(shown("a\x1b[31m", true) == "a\\x1b[31m");
  CHECK(shown("caf\xc3\xa9", true) == "caf\xc3\xa9");
  CHECK(shown("caf\xc3\xa9 \xe6\x97\xa5", false) == "caf? ?");
  CHECK(shown("abc\xe2\x80\xaetxt", true) == "abc\\u202etxt");
  CHECK(shown("\xff", true) == "\\xff");
}

TEST_CASE("columns: wide characters take two, combining ones none") {
  CHECK(columns("abc") == 3);
  CHECK(columns("\xc3\xa9") == 1);
  CHECK(columns("e\xcc\x81") == 1);
  CHECK(columns("\xe6\x97\xa5\xe6\x9c\xac") == 4);
  CHECK(columns("") == 0);
}

TEST_CASE("texts are cut and filled by columns, not by bytes") {
  CHECK(clipped("abcdef", 6, true) == "abcdef");
  CHECK(clipped("abcdef", 4, true) == "abc…");
  CHECK(clipped("abcdef", 4, false) == "abc~");
  CHECK(clipped("abcdef", 0, true).empty());
  CHECK(columns(clipped("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, true)) == 3);
  CHECK(padded("\xc3\xa9", 3) == "\xc3\xa9  ");
  CHECK(padded("12", 4, true) == "  12");
  CHECK(padded("12345", 4) == "12345");
}

TEST_CASE("lines are broken at spaces") {
  CHECK(wrapped("note: ", "one two three four", 15) == "note: one two\n      three\n      four\n");
  CHECK(wrapped("", "a-word-that-is-too-long b", 5) == "a-word-that-is-too-long\nb\n");
  CHECK(wrapped("x: ", "", 10) == "x: \n");
}

TEST_CASE("what is painted has its line feed behind the colour") {
  CHECK(painted(true, sgr::yellow, "x") == "\x1b[33mx\x1b[0m");
  CHECK(painted(true, sgr::yellow, "x\n") == "\x1b[33mx\x1b[0m\n");
  CHECK(painted(false, sgr::yellow, "x\n") == "x\n");
  CHECK(painted(true, "", "x") == "x");
  CHECK(painted(true, sgr::yellow, "").empty());
}
