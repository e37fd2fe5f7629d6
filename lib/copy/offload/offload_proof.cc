// SPDX-License-Identifier: Apache-2.0
#include "copy/offload/offload_proof.h"

#include <algorithm>

#include "core/hash.h"

namespace san::copy {
namespace {
constexpr std::size_t kReads = 8;
}

OffloadProof::OffloadProof(Device& source, std::uint64_t block) : source_(source), pool_(block, kReads) {}

OffloadProof::~OffloadProof() {
  while (!wait_until_idle(std::chrono::seconds(1))) {
  }
}

void OffloadProof::expect(std::uint64_t offset, std::uint64_t length, Verifier& verifier,
                          const std::function<void()>& check) {
  for (const std::uint64_t end = offset + length; offset < end;) {
    auto buffer = pool_.acquire(std::chrono::milliseconds(50));
    check();
    if (!buffer) continue;
    const std::span<std::byte> bytes(buffer.get(), std::min<std::uint64_t>(pool_.size(), end - offset));
    {
      const std::scoped_lock lock(mutex_);
      ++active_;
    }
    // A device may keep a copy of the completion for a while; it must not keep the buffer.
    const auto held = std::make_shared<std::shared_ptr<std::byte>>(std::move(buffer));
    source_.read(offset, bytes, [this, offset, bytes, held, &verifier](const Error* error) {
      if (error == nullptr) verifier.add({{offset, bytes.size()}, hash128(bytes)});
      held->reset();
      const std::scoped_lock lock(mutex_);
      if (error != nullptr && !error_) error_ = *error;
      --active_;
      changed_.notify_all();
    });
    offset += bytes.size();
  }
}

bool OffloadProof::wait_until_idle(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return active_ == 0; });
}

std::optional<Error> OffloadProof::error() const {
  const std::scoped_lock lock(mutex_);
  return error_;
}

}  // namespace san::copy
