// SPDX-License-Identifier: Apache-2.0
#include "copy/buffered_reads.h"

#include <memory>
#include <utility>

namespace san::copy {

BufferedReads::BufferedReads(ReadableDevice& device, std::uint64_t block, std::size_t most,
                             ChangeSignal* signal)
    : device_(device), pool_(static_cast<std::size_t>(block), most), in_flight_(signal) {}

bool BufferedReads::read(const Range& range, const std::function<bool()>& keep_going, Done done) {
  std::shared_ptr<std::byte> buffer;
  while (!buffer) {
    if (!keep_going()) return false;
    buffer = pool_.acquire(kPollInterval);
  }
  const std::span<std::byte> bytes(buffer.get(), static_cast<std::size_t>(range.length));
  device_.read(range.offset, bytes,
               [this, bytes, buffer = std::move(buffer), done = std::move(done),
                ticket = in_flight_.begin()](const Error* error) mutable {
                 if (error != nullptr) in_flight_.fail(*error);
                 done(bytes, error);
                 done = {};
                 // Released before the count says so: the pool must outlive its buffers.
                 buffer.reset();
                 ticket.end();
               });
  return true;
}

}  // namespace san::copy
