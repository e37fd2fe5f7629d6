// SPDX-License-Identifier: Apache-2.0
#include "fake_target/rules.h"

#include <array>
#include <charconv>

#include "core/error.h"

namespace fake {
namespace {

constexpr std::array<const char*, 16> kOpNames = {
    "login", "nop",       "tur",  "inquiry",   "readcap",    "read",  "write",       "writesame",
    "unmap", "lbastatus", "sync", "modesense", "reportluns", "xcopy", "copyresults", "other"};

[[noreturn]] void wrong(const std::string& text, const std::string& why) {
  throw san::Error(san::Exit::usage, "--rule " + text, why);
}

std::uint64_t number(const std::string& rule, const std::string& text, int base = 10) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stop != end || text.empty()) wrong(rule, "'" + text + "' is not a number");
  return value;
}

std::uint8_t hex_byte(const std::string& rule, const std::string& text) {
  const std::uint64_t value = number(rule, text, 16);
  if (value > 0xff) wrong(rule, "'" + text + "' is not a byte");
  return static_cast<std::uint8_t>(value);
}

void parse_op(Rule& rule, const std::string& text, const std::string& value) {
  if (value == "any") return;
  for (std::size_t i = 0; i < kOpNames.size(); ++i)
    if (value == kOpNames[i]) {
      rule.op = static_cast<Op>(i);
      return;
    }
  if (!value.starts_with("0x")) wrong(text, "no operation is called '" + value + "'");
  rule.opcode = hex_byte(text, value.substr(2));
}

/// KK/ASC/ASCQ, or the same six digits without the slashes.
Sense parse_sense(const std::string& rule, std::string digits) {
  std::erase(digits, '/');
  if (digits.size() != 6) wrong(rule, "sense data are written KK/ASC/ASCQ");
  return {hex_byte(rule, digits.substr(0, 2)), hex_byte(rule, digits.substr(2, 2)),
          hex_byte(rule, digits.substr(4, 2))};
}

Action parse_action(const std::string& rule, const std::string& text) {
  using Kind = Action::Kind;
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  const std::string value = colon == std::string::npos ? "" : text.substr(colon + 1);
  const auto short_number = [&](int base) { return static_cast<std::uint32_t>(number(rule, value, base)); };

  if (name == "ua")
    return {Kind::sense, value.empty() ? Sense{0x06, 0x29, 0x00} : parse_sense(rule, value), 0};
  if (name == "sense") return {Kind::sense, parse_sense(rule, value), 0};
  if (name == "delay") return {Kind::delay, {}, short_number(10)};
  if (name == "length") return {Kind::length, {}, short_number(10)};
  if (name == "login") return {Kind::login, {}, short_number(16)};
  static constexpr std::pair<const char*, Kind> plain[] = {
      {"busy", Kind::busy},       {"full", Kind::full},       {"conflict", Kind::conflict},
      {"nosense", Kind::nosense}, {"drop", Kind::drop},       {"hang", Kind::hang},
      {"ignore", Kind::ignore},   {"corrupt", Kind::corrupt}, {"short", Kind::shorten},
      {"reject", Kind::reject}};
  for (const auto& [word, kind] : plain)
    if (text == word) return {kind, {}, 0};
  wrong(rule, "no action is called '" + text + "'");
}

bool fits(const Rule& rule, const Subject& subject) {
  const bool scsi = subject.op != Op::login && subject.op != Op::nop;
  if (rule.opcode ? !scsi || *rule.opcode != subject.opcode : rule.op ? *rule.op != subject.op : !scsi)
    return false;
  // SPC-4, 5.14: INQUIRY and REPORT LUNS do not report a pending unit attention.
  if (!rule.op && !rule.opcode && rule.action.kind == Action::Kind::sense && rule.action.sense.key == 0x06 &&
      (subject.op == Op::inquiry || subject.op == Op::reportluns))
    return false;
  if (rule.any_lba) return true;
  return subject.blocks > 0 && subject.lba <= rule.last_lba &&
         subject.lba + (subject.blocks - 1) >= rule.first_lba;
}

}  // namespace

const char* op_name(Op op) {
  return kOpNames[static_cast<std::size_t>(op)];
}

Rule parse_rule(const std::string& text) {
  Rule rule;
  bool acts = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string item = text.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos) wrong(text, "'" + item + "' is not KEY=VALUE");
    const std::string key = item.substr(0, equals), value = item.substr(equals + 1);
    if (key == "op") {
      parse_op(rule, text, value);
    } else if (key == "skip") {
      rule.skip = number(text, value);
    } else if (key == "count") {
      rule.count = number(text, value);
    } else if (key == "every-login") {
      rule.every_login = number(text, value) != 0;
    } else if (key == "lba") {
      const std::size_t dash = value.find('-');
      rule.any_lba = false;
      rule.first_lba = number(text, value.substr(0, dash));
      rule.last_lba = dash == std::string::npos ? rule.first_lba : number(text, value.substr(dash + 1));
    } else if (key == "action") {
      rule.action = parse_action(text, value);
      acts = true;
    } else {
      wrong(text, "no key is called '" + key + "'");
    }
  }
  if (!acts) wrong(text, "an action is missing");
  return rule;
}

std::optional<Action> match(const std::vector<Rule>& rules, const Subject& subject, Counters& target,
                            Counters& session) {
  std::optional<Action> action;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    if (!fits(rule, subject)) continue;
    const std::uint64_t seen = (rule.every_login ? session : target).next(i);
    if (!action && seen > rule.skip && seen - rule.skip <= rule.count) action = rule.action;
  }
  return action;
}

}  // namespace fake
