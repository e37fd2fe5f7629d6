// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/buffer_warm_up.h"

#include <memory>

#include "core/process/log.h"
#include "core/units.h"

namespace san::iscsi {
namespace {

// Eight requests: glibc gives its heap's top back to the kernel when twice as much is free there.
constexpr std::size_t kSize = 8 * MiB;

}  // namespace

void warm_up_buffers(ScsiTransport& transport, const Inquiry& inquiry) {
  if (inquiry.vendor != "IET") return;
  // Not cleared: nearly all of it is never touched, neither here nor in the target.
  const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kSize);
  const Answer answer =
      transport.send("REPORT LUNS", report_luns(kSize), Direction::in, std::span(buffer.get(), kSize), {});
  if (!answer.ok()) log::debug("REPORT LUNS with much room: {}", describe(answer));
}

}  // namespace san::iscsi
