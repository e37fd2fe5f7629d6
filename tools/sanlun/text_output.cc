// SPDX-License-Identifier: Apache-2.0
#include "text_output.h"

#include <unistd.h>

#include <cstdlib>

namespace san {

bool use_color(const std::string& mode) {
  if (mode != "auto") return mode == "always";
  // https://no-color.org
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody here changes the environment
  return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

std::string wrapped(std::string_view first, std::string_view text, std::size_t columns) {
  std::string out(first), line;
  const std::string indent(first.size(), ' ');
  while (!text.empty()) {
    const auto end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && indent.size() + line.size() + 1 + word.size() > columns) {
      out.append(line).append("\n").append(indent);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  return out + line + "\n";
}

}  // namespace san
