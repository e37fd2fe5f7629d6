// SPDX-License-Identifier: Apache-2.0
#include "core/hint.h"

#include <doctest/doctest.h>

#include <type_traits>

#include "core/error.h"
#include "core/hint_id.h"

using namespace san;

namespace {

std::string shout(HintId id, std::string_view text, const std::vector<std::string>& facts) {
  return std::to_string(static_cast<int>(id)) + " " + std::string(text) + " " + facts.at(0) + "!";
}

std::string dashed(std::string_view name) {
  return "--" + std::string(name);
}

/// Has the words of a program for as long as it lives.
struct Program {
  Program() { set_wording({shout, dashed}); }
  ~Program() { set_wording({}); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
};

}  // namespace

TEST_CASE("plain hints read the same everywhere") {
  const Program program;
  CHECK(Hint().text().empty());
  CHECK(Hint().id() == HintId::none);
  CHECK(Hint("look").text() == "look");
  CHECK(Hint(std::string("look")).id() == HintId::none);
  CHECK(std::string(Error(Exit::failed, "disk", "is hot", "cool it").what()) == "disk: is hot; cool it");
}

TEST_CASE("without the words of a program, an advice names no option, and has its id and facts") {
  const Error error(Exit::refused, "disk", "in use", Hint(HintId::force_in_use, "stop it", {"sda"}));
  CHECK(std::string(error.what()) == "disk: in use; stop it");
  CHECK(error.hint() == "stop it");
  CHECK(error.hint_id() == HintId::force_in_use);
  CHECK(error.hint_facts() == std::vector<std::string>{"sda"});
  CHECK(setting("force") == "force");
  CHECK(setting("force", "live") == "force=live");
}

TEST_CASE("a program words it, and what it says of settings") {
  const Program program;
  const Error error(Exit::refused, setting("device"), "in use",
                    Hint(HintId::force_in_use, "stop it", {"sda"}));
  CHECK(std::string(error.what()) == "--device: in use; 1 stop it sda!");
  CHECK(error.hint_id() == HintId::force_in_use);
  CHECK(setting("force", "live") == "--force=live");
}

TEST_CASE("an error about the same object keeps the hint") {
  const Error first(Exit::refused, "disk", "in use", Hint(HintId::force_live, "stop it"));
  const Error second = first.with(Exit::failed, "in use, and lost");
  CHECK(second.code() == Exit::failed);
  CHECK(std::string(second.what()) == "disk: in use, and lost; stop it");
  CHECK(second.hint_id() == HintId::force_live);
}

TEST_CASE("errors can be thrown and copied") {
  CHECK(std::is_copy_constructible_v<Error>);
  CHECK(std::is_nothrow_move_constructible_v<Hint>);
}
