// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace san {

/// Identifies an advice that every program words for its own users, because it is about a setting or a
/// command of that program. The values are in core/hint_id.h.
enum class HintId : int;

/// The next step after a failure: plain text, or an id with the facts that belong to it and a sentence that
/// names no option of any program.
class Hint {
 public:
  /// Makes an empty hint: there is nothing to advise.
  Hint() = default;

  /// Makes a hint that reads the same in every program.
  Hint(std::string text) : text_(std::move(text)) {}  // NOLINT(google-explicit-constructor): as a text
  Hint(const char* text) : text_(text) {}             // NOLINT(google-explicit-constructor)

  /// Makes a hint that the program may word by itself (set_wording()). `text` is the library's sentence; the
  /// id says which `facts` there are.
  Hint(HintId id, std::string text, std::vector<std::string> facts = {});

  /// Returns HintId::none for plain text.
  HintId id() const noexcept { return id_; }
  const std::vector<std::string>& facts() const noexcept { return facts_; }

  /// Returns the sentence in the words of this program, without a final full stop.
  const std::string& text() const noexcept { return text_; }

 private:
  HintId id_{};
  std::vector<std::string> facts_;
  std::string text_;
};

/// Words of a program for what the library says about its settings and commands.
struct Wording {
  /// Returns the program's sentence of an advice; `text` is the library's.
  std::string (*hint)(HintId id, std::string_view text, const std::vector<std::string>& facts);
  /// Returns what the program's users call a setting: "--force" for "force".
  std::string (*setting)(std::string_view name);
};

/// Gives hints and settings from now on the words of `wording`. Without this call they have the library's.
/// Call it before any thread is started.
void set_wording(const Wording& wording);

/// Returns what users call the setting `name`, or `name=value`, of an operation. For objects and causes of
/// errors: "force=live", or "--force=live" in the words of a program with options.
std::string setting(std::string_view name, std::string_view value = {});

}  // namespace san
