// SPDX-License-Identifier: Apache-2.0
#include "core/process/operation.h"

namespace san {

std::shared_ptr<const Operation>& Operation::of_this_thread() noexcept {
  thread_local std::shared_ptr<const Operation> operation;
  return operation;
}

void Operation::tell(log::Level level, std::string_view text) const {
  if (!message_ || level > log::Level::info) return;
  const std::scoped_lock lock(telling_);
  message_(level, text);
}

}  // namespace san
