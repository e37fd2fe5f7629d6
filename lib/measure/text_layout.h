// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace san {

/// `text` in lines of at most `columns`, broken at spaces; a longer word has a line of its own.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

/// ANSI escape sequences (ECMA-48, 8.3.117), or nothing.
class Paint {
 public:
  explicit Paint(bool color) : color_(color) {}
  std::string red(const std::string& text) const { return in("31;1", text); }
  std::string green(const std::string& text) const { return in("32", text); }
  std::string yellow(const std::string& text) const { return in("33", text); }
  std::string faint(const std::string& text) const { return in("2", text); }
  std::string bold(const std::string& text) const { return in("1", text); }
  /// A bar `length` columns long: '#' signs, or a coloured area.
  std::string bar(std::size_t length) const;

 private:
  std::string in(const char* code, const std::string& text) const;
  bool color_;
};

}  // namespace san
