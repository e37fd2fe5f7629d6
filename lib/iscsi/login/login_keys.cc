// SPDX-License-Identifier: Apache-2.0
#include "iscsi/login/login_keys.h"

#include <iscsi/iscsi.h>

#include <cstdlib>
#include <mutex>
#include <string_view>

namespace san::iscsi {
namespace {

/// The level at which libiscsi logs keys.
constexpr int kLevel = 6;

std::mutex listening;
/// The listening object; libiscsi's log function has no argument of its own.
thread_local LoginKeys* listener = nullptr;

}  // namespace

// NOLINTBEGIN(concurrency-mt-unsafe): nothing here changes the environment
LoginKeys::Listening::Listening(LoginKeys* keys)
    : keys_(keys != nullptr && std::getenv("LIBISCSI_DEBUG") == nullptr ? keys : nullptr) {
  // NOLINTEND(concurrency-mt-unsafe)
  if (keys_ == nullptr) return;
  listening.lock();
  listener = keys_;
  iscsi_set_log_level(keys_->context_, kLevel);
  iscsi_set_log_fn(keys_->context_, [](int, const char* message) {
    if (listener != nullptr) listener->hear(message);
  });
}

LoginKeys::Listening::~Listening() {
  if (keys_ == nullptr) return;
  iscsi_set_log_fn(keys_->context_, nullptr);
  iscsi_set_log_level(keys_->context_, 0);
  listener = nullptr;
  listening.unlock();
}

void LoginKeys::hear(const std::string& message) {
  // "TargetLoginReply: KEY=VALUE [TARGET]"
  constexpr std::string_view kReply = "TargetLoginReply: ";
  if (!message.starts_with(kReply)) return;
  const std::string pair = message.substr(kReply.size(), message.rfind(" [") - kReply.size());
  const auto equals = pair.find('=');
  if (equals != std::string::npos && !pair.starts_with("CHAP_"))
    keys_[pair.substr(0, equals)] = pair.substr(equals + 1);
}

}  // namespace san::iscsi
