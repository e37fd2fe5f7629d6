// SPDX-License-Identifier: Apache-2.0
#include "os/linux/grub_words.h"

#include <algorithm>

namespace san::os {
namespace {

constexpr std::size_t kMaxExpandedWord = std::size_t{64} << 10;  // bytes that become of one word

bool blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Returns the name after a "$" at `at`, and moves `at` past it; empty if no name follows.
std::string_view variable_at(std::string_view text, std::size_t& at) {
  std::size_t first = at + 1;
  if (first < text.size() && text[first] == '{') {
    const auto end = text.find('}', ++first);
    if (end == std::string_view::npos) return {};
    at = end + 1;
    return text.substr(first, end - first);
  }
  auto end = first;
  while (end < text.size() && name_character(text[end])) ++end;
  if (end == first && end < text.size() && (text[end] == '?' || text[end] == '@' || text[end] == '*')) ++end;
  if (end != first) at = end;
  return text.substr(first, end - first);
}

class Splitter {
 public:
  explicit Splitter(std::string_view script) : script_(script) {}

  std::vector<GrubWord> words() {
    for (; at_ < script_.size(); ++at_) take(script_[at_]);
    finish();
    words_.push_back({{}, line_});
    return std::move(words_);
  }

 private:
  void take(char c) {
    if (c == '\\' && quote_ != '\'' && at_ + 1 < script_.size()) {
      escape();
    } else if (quote_ != 0) {
      if (c == quote_) quote_ = 0;
      add(c);
    } else if (c == '"' || c == '\'') {
      quote_ = c;
      add(c);
    } else if (c == '#' && !started_) {
      at_ = std::min(script_.find('\n', at_), script_.size()) - 1;
    } else if (blank(c)) {
      finish();
    } else if (c == '\n' || c == ';') {
      finish();
      words_.push_back({{}, line_});
    } else {
      add(c);
    }
    if (c == '\n') ++line_;
  }

  void escape() {
    if (script_[at_ + 1] == '\n') {
      ++at_;
      ++line_;
      return;
    }
    add('\\');
    add(script_[++at_]);
  }

  void add(char c) {
    if (!started_) word_.line = line_;
    started_ = true;
    word_.text += c;
  }

  void finish() {
    if (started_) words_.push_back(std::move(word_));
    word_ = {};
    started_ = false;
  }

  std::string_view script_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
  char quote_ = 0;
  bool started_ = false;
  GrubWord word_;
  std::vector<GrubWord> words_;
};

/// Takes quotes and variables out of a word.
class Expander {
 public:
  explicit Expander(const GrubVariables& variables) : variables_(variables) {}

  std::vector<std::string> parts(const std::string& word) {
    for (std::size_t i = 0; i < word.size() && length_ < kMaxExpandedWord;) {
      const auto before = i;
      if (word[i] == '$' && quote_ != '\'') {
        const auto name = variable_at(word, i);
        if (i != before) {
          add_value(name);
          continue;
        }
      }
      const char c = word[i++];
      if (c == '\\' && quote_ != '\'' && i < word.size())
        add(word[i++]);
      else
        character(c);
    }
    if (started_) parts_.push_back(std::move(part_));
    return std::move(parts_);
  }

 private:
  void add(char c) {
    part_ += c;
    ++length_;
    started_ = true;
  }

  void character(char c) {
    if (quote_ == 0 && (c == '"' || c == '\'')) {
      quote_ = c;
      started_ = true;
    } else if (c == quote_ && quote_ != 0) {
      quote_ = 0;
    } else {
      add(c);
    }
  }

  void add_value(std::string_view name) {
    const auto found = variables_.find(name);
    if (found == variables_.end()) return;
    for (const char c : found->second) {
      if (length_ >= kMaxExpandedWord) return;
      if (quote_ != 0 || !(blank(c) || c == '\n')) {
        add(c);
      } else if (started_) {
        parts_.push_back(std::move(part_));
        part_.clear();
        started_ = false;
      }
    }
  }

  const GrubVariables& variables_;
  std::vector<std::string> parts_;
  std::string part_;
  std::size_t length_ = 0;
  bool started_ = false;
  char quote_ = 0;
};

}  // namespace

std::vector<GrubWord> grub_words(std::string_view script) {
  return Splitter(script).words();
}

std::vector<std::string> expanded(const std::string& word, const GrubVariables& variables) {
  return Expander(variables).parts(word);
}

std::string expanded_one(const std::string& word, const GrubVariables& variables) {
  std::string all;
  for (const auto& part : expanded(word, variables)) {
    if (!all.empty()) all += ' ';
    all += part;
  }
  return all;
}

}  // namespace san::os
