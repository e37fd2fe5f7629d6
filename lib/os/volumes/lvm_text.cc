// SPDX-License-Identifier: Apache-2.0
#include "os/volumes/lvm_text.h"

#include <algorithm>
#include <charconv>

namespace san::os {
namespace {

constexpr std::size_t kMaxDepth = 16;

struct Token {
  enum class Kind { end, bad, word, punctuation };
  Kind kind = Kind::end;
  std::string text;

  bool is(char c) const { return kind == Kind::punctuation && text[0] == c; }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next() {
    skip();
    if (at_ == text_.size()) return {};
    const char c = text_[at_];
    if (c == '"' || c == '\'') return quoted(c);
    if (kPunctuation.find(c) != std::string_view::npos) {
      ++at_;
      return {Token::Kind::punctuation, std::string(1, c)};
    }
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n#\"'{}[]=,", at_), text_.size());
    if (text_.substr(at_, end - at_).find('\0') != std::string_view::npos) return {Token::Kind::bad, {}};
    Token token{Token::Kind::word, std::string(text_.substr(at_, end - at_))};
    at_ = end;
    return token;
  }

 private:
  static constexpr std::string_view kPunctuation = "{}[]=,";

  void skip() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#')
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
        ++at_;
      else
        return;
    }
  }

  Token quoted(char quote) {
    std::string word;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        return {Token::Kind::word, word};
      }
      if (text_[at_] == '\\' && quote == '"' && at_ + 1 < text_.size()) ++at_;
      word += text_[at_];
    }
    return {Token::Kind::bad, {}};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Reads the tokens after "=": one, or a list. Returns false if there are none.
bool read_words(Lexer& lexer, std::vector<std::string>& words) {
  Token token = lexer.next();
  if (token.kind == Token::Kind::word) {
    words.push_back(token.text);
    return true;
  }
  if (!token.is('[')) return false;
  for (;;) {
    token = lexer.next();
    if (token.is(']')) return true;
    if (token.is(',')) continue;
    if (token.kind != Token::Kind::word) return false;
    words.push_back(token.text);
  }
}

}  // namespace

const LvmValue* LvmValue::find(std::string_view child) const {
  for (const LvmValue& value : children)
    if (value.name == child) return &value;
  return nullptr;
}

std::string LvmValue::word(std::string_view child) const {
  const LvmValue* value = find(child);
  return value != nullptr && value->words.size() == 1 ? value->words.front() : "";
}

std::optional<std::uint64_t> LvmValue::number(std::string_view child) const {
  const std::string text = word(child);
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<LvmValue> parse_lvm_text(std::string_view text) {
  Lexer lexer(text);
  // The sections that are open, the whole text first.
  std::vector<LvmValue> open(1);
  open.front().section = true;
  for (;;) {
    const Token name = lexer.next();
    if (name.kind == Token::Kind::end) break;
    if (name.is('}') && open.size() > 1) {
      LvmValue done = std::move(open.back());
      open.pop_back();
      open.back().children.push_back(std::move(done));
      continue;
    }
    if (name.kind != Token::Kind::word) return std::nullopt;
    LvmValue value;
    value.name = name.text;
    const Token sign = lexer.next();
    if (sign.is('{')) {
      if (open.size() > kMaxDepth) return std::nullopt;
      value.section = true;
      open.push_back(std::move(value));
    } else {
      if (!sign.is('=') || !read_words(lexer, value.words)) return std::nullopt;
      open.back().children.push_back(std::move(value));
    }
  }
  if (open.size() != 1) return std::nullopt;
  return std::move(open.front());
}

}  // namespace san::os
