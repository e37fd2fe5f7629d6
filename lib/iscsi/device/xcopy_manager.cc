// SPDX-License-Identifier: Apache-2.0
#include "iscsi/device/xcopy_manager.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <bitset>
#include <mutex>

#include "core/process/log.h"
#include "core/units.h"
#include "iscsi/address/url.h"
#include "iscsi/device/queue_transport.h"
#include "iscsi/lun/xcopy.h"

namespace san::iscsi {
namespace {

// Large enough that the commands cost nothing, small enough to see progress and to stop soon.
constexpr std::uint64_t kMaxSegment = 16 * MiB;
constexpr unsigned kMaxConcurrent = 4;
constexpr std::uint64_t kAlignment = 4096;

std::unique_ptr<Request> make_request(const char* verb, const Cdb& cdb, Direction direction,
                                      std::span<std::byte> data, Request::Done done) {
  auto request = std::make_unique<Request>();
  request->verb = verb;
  request->cdb = cdb;
  request->direction = direction;
  request->data = data;
  request->slow = true;
  request->done = std::move(done);
  return request;
}

Error impossible(const Device& device, const std::string& why) {
  return {Exit::failed, device.name(), why};
}

class CopyManagerImpl final : public CopyManager {
 public:
  CopyManagerImpl(LunDevice& destination, CopyEnd from, CopyEnd to, const CopyLimits& limits)
      : device_(destination), from_(std::move(from)), to_(std::move(to)), limits_(limits) {
    ids_.set(0);  // not every target accepts 0 as an identifier
  }

  CopyLimits limits() const override { return limits_; }
  void cancel() override { device_.cancel(); }
  void copy(std::uint64_t offset, std::uint64_t length, Done done) override;

 private:
  void copied(std::uint64_t offset, std::uint64_t length, std::uint8_t id, const Answer& answer, Done& done);
  void ask(std::uint64_t offset, std::uint64_t length, std::uint8_t id, Done done);
  CopyOutcome judge_status(std::uint64_t offset, std::uint64_t length,
                           std::span<const std::byte> bytes) const;
  Error error(std::uint64_t offset, std::uint64_t length, const std::string& why) const;
  std::uint8_t take_id();
  void finish(std::uint8_t id, const Done& done, const CopyOutcome& outcome);

  LunDevice& device_;
  const CopyEnd from_, to_;
  const CopyLimits limits_;
  std::mutex mutex_;
  std::bitset<256> ids_;  ///< list identifiers in use
  std::uint8_t last_id_ = 0;
  std::atomic<bool> tells_status_{true};
};

std::uint8_t CopyManagerImpl::take_id() {
  const std::scoped_lock lock(mutex_);
  do ++last_id_;
  while (ids_[last_id_]);  // far fewer are in use than there are
  ids_.set(last_id_);
  return last_id_;
}

void CopyManagerImpl::finish(std::uint8_t id, const Done& done, const CopyOutcome& outcome) {
  {
    const std::scoped_lock lock(mutex_);
    ids_.reset(id);
  }
  done(outcome);
}

Error CopyManagerImpl::error(std::uint64_t offset, std::uint64_t length, const std::string& why) const {
  return {Exit::failed, device_.name(),
          fmt::format("copy of {} by the target failed: {}", format_range(offset, length), why)};
}

void CopyManagerImpl::copy(std::uint64_t offset, std::uint64_t length, Done done) {
  const std::uint64_t block = to_.block_size;
  const std::uint8_t id = take_id();
  const CopySegment segment{offset / block, offset / block, static_cast<std::uint16_t>(length / block)};
  auto list = std::make_shared<std::vector<std::byte>>(copy_parameter_list(id, from_, to_, {&segment, 1}));
  auto request = make_request("copy by the target", extended_copy(static_cast<std::uint32_t>(list->size())),
                              Direction::out, *list,
                              [this, offset, length, id, list, done = std::move(done)](
                                  const Answer& answer, const Error* gave_up) mutable {
                                if (gave_up != nullptr) return finish(id, done, {0, *gave_up, true});
                                copied(offset, length, id, answer, done);
                              });
  request->offset = offset;
  request->length = length;
  device_.submit(std::move(request));
}

void CopyManagerImpl::copied(std::uint64_t offset, std::uint64_t length, std::uint8_t id,
                             const Answer& answer, Done& done) {
  if (judge(answer) != Action::done)
    return finish(id, done, {0, error(offset, length, describe(answer)), false});
  if (!tells_status_) return finish(id, done, {length, {}, false});
  ask(offset, length, id, std::move(done));
}

void CopyManagerImpl::ask(std::uint64_t offset, std::uint64_t length, std::uint8_t id, Done done) {
  auto buffer = std::make_shared<std::vector<std::byte>>(64);
  auto request = make_request(
      "query of the copy", receive_copy_status(id, static_cast<std::uint32_t>(buffer->size())), Direction::in,
      *buffer,
      [this, offset, length, id, buffer, done = std::move(done)](const Answer& answer, const Error* gave_up) {
        if (gave_up != nullptr) return finish(id, done, {0, *gave_up, true});
        if (judge(answer) == Action::done)
          return finish(id, done, judge_status(offset, length, arrived(*buffer, answer)));
        // The Linux kernel's target answers GOOD when it has copied, and keeps no status
        // (target_core_xcopy.c).
        if (tells_status_.exchange(false))
          log::info("{}: the target does not tell what became of a copy: {}", device_.name(),
                    describe(answer));
        finish(id, done, {length, {}, false});
      });
  request->offset = offset;
  request->length = length;
  device_.submit(std::move(request));
}

CopyOutcome CopyManagerImpl::judge_status(std::uint64_t offset, std::uint64_t length,
                                          std::span<const std::byte> bytes) const {
  const auto status = parse_copy_status(bytes, from_.block_size);
  if (!status) return {0, error(offset, length, "its COPY STATUS makes no sense"), false};
  if (status->state == CopyStatus::State::in_progress)
    return {0, error(offset, length, "it answered GOOD, and says that it is still copying"), false};
  const std::uint64_t done = round_down(status->copied(length), limits_.granularity);
  const bool whole = done == length && status->state == CopyStatus::State::completed;
  if (!whole && done == 0)
    return {0, error(offset, length, "it answered GOOD, and says that it has copied nothing"), false};
  // The error may lie at the end as well as in the middle, so a full count is no proof.
  if (!whole && done == length)
    return {0, error(offset, length, "it answered GOOD, and says that there were errors"), false};
  return {done, {}, false};
}

/// Queries the limits of the copy manager of `device`, and waits for the answer. Throws Error(failed).
CopyParameters ask_parameters(LunDevice& device) {
  constexpr std::uint32_t kLength = 512;
  QueueTransport transport(
      device.name(), [&device](std::unique_ptr<Request> one) { device.submit(std::move(one)); }, &device);
  const ScsiReply reply =
      receive(transport, "query of the copy manager", receive_copy_parameters(kLength), kLength);
  if (!reply.done())
    throw impossible(device, "the target does not tell what it can copy: " + describe(reply.answer));
  const auto parameters = parse_copy_parameters(reply.bytes);
  if (!parameters) throw impossible(device, "what the target says that it can copy makes no sense");
  return *parameters;
}

CopyLimits limits_of(const CopyParameters& parameters, const LunDevice& device, std::uint64_t block) {
  if (!parameters.knows(kBlockToBlock) || !parameters.knows(kIdentification))
    throw impossible(device,
                     "the target does not copy from block to block between LUNs named by their identifiers");
  if (parameters.max_cscd_descriptors < 2 || parameters.max_segment_descriptors < 1 ||
      (parameters.max_descriptor_list != 0 && parameters.max_descriptor_list < copy_descriptor_bytes(1)))
    throw impossible(device, "the target does not copy between two LUNs");
  CopyLimits limits;
  if (parameters.granularity_exponent > 20)
    throw impossible(device, "the target copies only in pieces of more than a MiB");
  limits.granularity = std::max(block, std::uint64_t{1} << parameters.granularity_exponent);
  // The segment descriptor counts blocks in 16 bits.
  limits.segment = std::min(kMaxSegment, 65535 * block);
  if (parameters.max_segment_length != 0)
    limits.segment = std::min<std::uint64_t>(limits.segment, parameters.max_segment_length);
  // Both are powers of two.
  limits.segment =
      round_down(limits.segment, std::max(limits.granularity, limits.segment < MiB ? kAlignment : MiB));
  if (limits.segment == 0)
    throw impossible(device, "the target copies only pieces that are too short to be of use");
  limits.concurrent = std::clamp(unsigned{parameters.max_concurrent}, 1U, kMaxConcurrent);
  if (parameters.total_concurrent != 0)
    limits.concurrent = std::min<unsigned>(limits.concurrent, parameters.total_concurrent);
  return limits;
}

}  // namespace

bool same_target(const LunDevice& source, const LunDevice& destination) {
  const Url from = parse_url(source.name()), to = parse_url(destination.name());
  return from.portal == to.portal && from.target == to.target;
}

std::unique_ptr<CopyManager> open_copy_manager(LunDevice& source, LunDevice& destination) {
  for (const LunDevice* device : {&source, &destination})
    if (!device->lun().inquiry || !device->lun().inquiry->third_party_copy)
      throw impossible(*device, "the target does not offer to copy by itself (3PC)");
  auto from = copy_end(source.lun()), to = copy_end(destination.lun());
  if (!from || !to)
    throw impossible(from ? destination : source, "has no NAA identifier by which the target could find it");
  if (from->block_size != to->block_size)
    throw impossible(destination, "has blocks of another size than the source");
  // A copy manager could confuse the two.
  if (from->naa == to->naa) throw impossible(destination, "has the same NAA identifier as the source");
  const Inquiry &a = *source.lun().inquiry, &b = *destination.lun().inquiry;
  if (!same_target(source, destination) && (a.vendor != b.vendor || a.product != b.product))
    throw impossible(destination, "belongs to another target than the source");
  const CopyLimits limits = limits_of(ask_parameters(destination), destination, to->block_size);
  return std::make_unique<CopyManagerImpl>(destination, std::move(*from), std::move(*to), limits);
}

}  // namespace san::iscsi
