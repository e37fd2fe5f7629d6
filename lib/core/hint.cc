// SPDX-License-Identifier: Apache-2.0
#include "core/hint.h"

#include <utility>

namespace san {
namespace {

Wording wording = {};

}  // namespace

Hint::Hint(HintId id, std::string text, std::vector<std::string> facts)
    : id_(id), facts_(std::move(facts)), text_(std::move(text)) {
  if (wording.hint != nullptr) text_ = wording.hint(id_, text_, facts_);
}

void set_wording(const Wording& words) {
  wording = words;
}

std::string setting(std::string_view name, std::string_view value) {
  std::string text = wording.setting != nullptr ? wording.setting(name) : std::string(name);
  if (!value.empty()) text.append("=").append(value);
  return text;
}

}  // namespace san
