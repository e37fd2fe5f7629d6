// SPDX-License-Identifier: Apache-2.0
#include "measure/text_layout.h"

namespace san {

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    std::string& line = lines.back();
    if (!line.empty() && line.size() + 1 + word.size() > columns)
      lines.emplace_back(word);
    else
      line += (line.empty() ? "" : " ") + std::string(word);
  }
  return lines;
}

std::string Paint::bar(std::size_t length) const {
  if (length == 0) return {};
  return color_ ? in("42", std::string(length, ' ')) : std::string(length, '#');
}

std::string Paint::in(const char* code, const std::string& text) const {
  if (!color_) return text;
  return "\x1b[" + std::string(code) + "m" + text + "\x1b[0m";
}

}  // namespace san
