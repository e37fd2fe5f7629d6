// SPDX-License-Identifier: Apache-2.0
#include "system/mount/mounts.h"

#include <algorithm>
#include <charconv>

namespace san {
namespace {

/// Splits the next line of `text` into words, and removes the line from `text`.
std::vector<std::string_view> take_line(std::string_view& text) {
  std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
    line.remove_prefix(blanks);
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    if (!word.empty()) words.push_back(word);
    line.remove_prefix(word.size());
  }
  return words;
}

/// Decodes the escapes \040 and so on that the kernel writes for blanks and backslashes in names.
std::string unescape(std::string_view word) {
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\\' && i + 3 < word.size() && octal(word[i + 1]) && octal(word[i + 2]) &&
        octal(word[i + 3])) {
      out += static_cast<char>((word[i + 1] - '0') * 64 + (word[i + 2] - '0') * 8 + (word[i + 3] - '0'));
      i += 3;
    } else {
      out += word[i];
    }
  }
  return out;
}

bool has_option(std::string_view options, std::string_view wanted) {
  for (;;) {
    const std::size_t comma = options.find(',');
    if (options.substr(0, comma) == wanted) return true;
    if (comma == std::string_view::npos) return false;
    options.remove_prefix(comma + 1);
  }
}

/// Returns the text after `name` ("upperdir=") in the options.
std::string_view option_value(std::string_view options, std::string_view name) {
  for (;;) {
    const std::size_t comma = options.find(',');
    const std::string_view option = options.substr(0, comma);
    if (option.starts_with(name)) return option.substr(name.size());
    if (comma == std::string_view::npos) return {};
    options.remove_prefix(comma + 1);
  }
}

}  // namespace

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  while (!text.empty()) {
    const auto words = take_line(text);
    // ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG…] - TYPE SOURCE SUPER-OPTIONS
    const auto dash =
        std::find(words.begin() + std::min<std::ptrdiff_t>(6, std::ssize(words)), words.end(), "-");
    if (words.end() - dash < 4) continue;
    Mount mount;
    const std::string_view number = words[2];
    const char* end = number.data() + number.size();
    const auto colon = std::from_chars(number.data(), end, mount.major);
    if (colon.ec != std::errc{} || colon.ptr == end) continue;
    if (std::from_chars(colon.ptr + 1, end, mount.minor).ec != std::errc{}) continue;
    std::from_chars(words[0].data(), words[0].data() + words[0].size(), mount.id);
    mount.point = unescape(words[4]);
    mount.type = dash[1];
    mount.source = unescape(dash[2]);
    mount.writable = has_option(dash[3], "rw");
    if (mount.type == "overlay") mount.upper = unescape(option_value(dash[3], "upperdir="));
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

std::vector<std::string> parse_swaps(std::string_view text) {
  std::vector<std::string> paths;
  while (!text.empty()) {
    const auto words = take_line(text);
    // The first line has headings.
    if (!words.empty() && words.front().starts_with('/')) paths.push_back(unescape(words.front()));
  }
  return paths;
}

}  // namespace san
