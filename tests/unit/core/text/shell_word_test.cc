// SPDX-License-Identifier: Apache-2.0
#include "core/text/shell_word.h"

#include <doctest/doctest.h>

#include <type_traits>
#include <vector>

#include "core/text/shell_command.h"
#include "nasty_strings.h"

using namespace san;

static_assert(!std::is_constructible_v<ShellText, std::string>);
static_assert(!std::is_constructible_v<ShellText, const char*>);
static_assert(!std::is_constructible_v<ShellText, std::string_view>);
static_assert(!ShellPart<std::string>);
static_assert(!std::is_constructible_v<PlainNames, std::vector<std::string>>);
static_assert(!std::is_constructible_v<ShellCommand, std::string>);
static_assert(!std::is_constructible_v<ShellWord, std::string>);
static_assert(!std::is_constructible_v<PlainName, std::string>);
static_assert(!std::is_constructible_v<SedPattern, std::string>);
static_assert(!std::is_constructible_v<std::vector<ShellCommand>, std::initializer_list<std::string>>);

TEST_CASE("plain_name: interfaces, modules, packages and services") {
  for (const char* name : {"eth0", "eth0.5", "eth0:1", "br-lan", "iscsi_tcp", "getty@tty1", "000A"}) {
    CAPTURE(name);
    REQUIRE(plain_name(name));
    CHECK(plain_name(name)->text() == name);
  }
  for (const std::string name :
       {"", "-n", "a b", "a/b", "a'b", "a\nb", "é", "a;b", "$a", "a*", "a&b", "a,b"}) {
    CAPTURE(name);
    CHECK_FALSE(plain_name(name));
  }
  CHECK(plain_name(std::string(255, 'a')));
  CHECK_FALSE(plain_name(std::string(256, 'a')));
  CHECK(four_hex_digits(0x1A).text() == "001A");
}

TEST_CASE("shell_word: quoted where it has to be, nothing where it cannot be carried") {
  CHECK(shell_word("/etc/network/interfaces")->text() == "/etc/network/interfaces");
  CHECK(shell_word("/etc/b;c")->text() == "'/etc/b;c'");
  CHECK(shell_word("a'b")->text() == "'a'\\''b'");
  CHECK(shell_word("~root")->text() == "'~root'");
  CHECK(shell_word("a=b")->text() == "'a=b'");
  CHECK(shell_word("é")->text() == "'é'");
  for (const std::string text : {"", "-n", "a\nb", "a\x1b", "\xff", "a\u202e", "\u2028", "\ufeff"})
    CHECK_FALSE(shell_word(text));
  CHECK_FALSE(shell_word(std::string("a\0b", 3)));
  CHECK_FALSE(shell_word(std::string(4097, 'a')));
}

TEST_CASE("sed_pattern: a point is a point") {
  CHECK(sed_pattern(*plain_name("eth0.5:1-a")).text() == "eth0\\.5:1-a");
}

TEST_CASE("ShellCommand: literals and words; a comment is one") {
  const ShellCommand command{"sed -i {} {} {} {}", *shell_word("a b"),
                             true ? ShellText("x") : ShellText("yz"), *plain_name("eth0"),
                             with_commas({*plain_name("a"), *plain_name("b")})};
  CHECK(command.text() == "sed -i 'a b' x eth0 a,b");
  CHECK_FALSE(command.is_comment());
  CHECK(ShellCommand{"  # x"}.is_comment());
  CHECK(ShellCommand{""}.is_comment());
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    const ShellCommand comment = shell_comment(text);
    CHECK(comment.is_comment());
    CHECK(comment.text().find_first_of("\n\r") == std::string::npos);
    CHECK(comment.text().starts_with("# "));
  }
}
