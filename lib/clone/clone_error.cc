// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "sanboot/error.h"
#include "sanboot/version.h"

namespace san {

struct CloneError::Facts {
  ErrorCode code;
  std::string object, cause, advice, text;
};

CloneError::CloneError(ErrorCode code, const std::string& object, const std::string& cause,
                       const std::string& advice) {
  std::string text = object.empty() ? cause : object + ": " + cause;
  if (!advice.empty()) text += "; " + advice;
  facts_ = std::make_shared<const Facts>(Facts{code, object, cause, advice, std::move(text)});
}

CloneError::CloneError(const CloneError& other) noexcept = default;
CloneError& CloneError::operator=(const CloneError& other) noexcept = default;
CloneError::~CloneError() = default;

const char* CloneError::what() const noexcept {
  return facts_->text.c_str();
}

ErrorCode CloneError::code() const noexcept {
  return facts_->code;
}

const std::string& CloneError::object() const noexcept {
  return facts_->object;
}

const std::string& CloneError::cause() const noexcept {
  return facts_->cause;
}

const std::string& CloneError::advice() const noexcept {
  return facts_->advice;
}

const char* version() noexcept {
  return SANBOOT_VERSION;
}

}  // namespace san
