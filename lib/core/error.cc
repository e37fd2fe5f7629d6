// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"

#include <fmt/core.h>

#include <system_error>

namespace san {

Error::Error(Exit code, std::string object, std::string cause, Hint hint)
    : code_(code), object_(std::move(object)), cause_(std::move(cause)), hint_(std::move(hint)) {
  text_ = object_.empty() ? cause_ : fmt::format("{}: {}", object_, cause_);
  if (!hint_.text().empty()) text_ += "; " + hint_.text();
}

std::string errno_text(int value) {
  return std::generic_category().message(value);
}

Error system_error(std::string object, const std::string& doing, int errno_value, Hint hint) {
  return {Exit::failed, std::move(object), fmt::format("cannot {}: {}", doing, errno_text(errno_value)),
          std::move(hint)};
}

}  // namespace san
