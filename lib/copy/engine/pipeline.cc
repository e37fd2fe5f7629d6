// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/pipeline.h"

#include <algorithm>
#include <utility>

#include "copy/stopwatch.h"
#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "core/process/operation.h"
#include "core/units.h"

namespace san::copy {

DestinationPipeline::DestinationPipeline(Device& device, std::size_t index, const CopyContext& context)
    : context_(context),
      size_(device.size()),
      queue_(&context.signal),
      destination_(device, context.options, &context.signal) {
  if (context.map.map != nullptr)
    delta_ = std::make_unique<DeltaWriter>(destination_, context.map, index, context.head, context.signal);
}

DestinationPipeline::~DestinationPipeline() {
  if (thread_.joinable()) thread_.join();
}

void DestinationPipeline::hide_boot_region() {
  Device& device = destination_.device();
  // A complete clone's boot region is hidden later, before its first block is changed, if any is.
  if (device.sequential() || (delta_ && !delta_->boot_region_unknown())) return;
  // A run that was killed while it wrote the boot region may have entered parts of it into the map.
  if (delta_) delta_->forget_boot_region();
  // Files are locked, so no mark is needed; and they may become shorter than the boot region.
  const bool marked = delta_ != nullptr || !device.resizable();
  try {
    destination_.hide_boot_region(context_.head, delta_ ? delta_->epoch() : Token::random(), marked);
  } catch (const Error& error) {
    destination_.fail(error);
  }
}

map_format::Slot DestinationPipeline::look_up(std::uint64_t offset) {
  return delta_ ? delta_->look_up(offset) : map_format::Slot{};
}

void DestinationPipeline::write(const std::shared_ptr<const Block>& block, const map_format::Slot& known) {
  if (delta_)
    delta_->write(block, known);
  else
    destination_.write(block);
}

void DestinationPipeline::zero(const Range& range, const std::shared_ptr<const ProgressTicket>& share,
                               const ChunkReader::Check& check) {
  if (delta_)
    delta_->zero(range, share, check);
  else
    destination_.zero(range.offset, range.length, share);
}

void DestinationPipeline::checkpoint() {
  if (!finishing_) destination_.checkpoint();
}

bool DestinationPipeline::is_written() const {
  return queue_.left_out().empty() && queue_.held() == 0 && (!delta_ || delta_->idle()) &&
         destination_.idle();
}

void DestinationPipeline::finish(std::uint64_t content,
                                 const std::vector<std::shared_ptr<Block>>& boot_region) {
  content_ = content;
  boot_region_ = &boot_region;
  thread_ = start_thread([this] { run(); });
  finishing_ = true;
}

void DestinationPipeline::run() {
  try {
    end_stream();
    wipe_rest();
    settle();
    cut_rest();
    write_boot_region();
    if (bootable_) settle();
    if (bootable_ && !good()) clear_boot_region();
    trim();
    commit();
  } catch (...) {
    {
      const std::scoped_lock lock(mutex_);
      exception_ = std::current_exception();
    }
    // Not after a signal: then the user waits, and is told that it was written.
    if (bootable_ && !stopping_ && !Interrupt::requested()) clear_boot_region();
  }
  ended_ = true;
  context_.signal.notify();
}

void DestinationPipeline::stop(const Error& error) {
  stopping_ = true;
  destination_.cancel(error);
  context_.signal.notify();
}

void DestinationPipeline::rethrow() const {
  const std::scoped_lock lock(mutex_);
  if (exception_) std::rethrow_exception(exception_);
}

void DestinationPipeline::enter(Stage stage) {
  if (stage > stage_) stage_ = stage;
  context_.signal.notify();
}

void DestinationPipeline::check() const {
  Interrupt::check("");
  if (stopping_) throw Error(Exit::interrupted, "", "stopped before the end");
}

void DestinationPipeline::wait_until_idle() {
  context_.signal.wait_until([this] { return (!delta_ || delta_->idle()) && destination_.idle(); },
                             [this] { check(); });
}

void DestinationPipeline::on_destination(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    destination_.fail(error);
  }
}

void DestinationPipeline::on_source(const std::function<void()>& work) {
  on_destination([&] {
    try {
      work();
    } catch (const Error& error) {
      source_error_ = error;
      throw;
    }
  });
}

void DestinationPipeline::end_stream() {
  if (destination_.failed() || !destination_.device().sequential()) return;
  enter(Stage::flush);
  const Stopwatch watch(seconds_.flush);
  on_destination([this] { destination_.device().finish(content_); });
}

void DestinationPipeline::wipe_rest() {
  // Large enough for one command of most targets, and small enough to show progress.
  constexpr std::uint64_t kPiece = 256 * MiB;
  const Device& device = destination_.device();
  const std::uint64_t begin = round_up(content_, device.limits().logical_block), end = device.size();
  const bool goes = device.resizable() && !context_.options.keep_size;  // cut off with the rest of the file
  if (!context_.options.wipe_rest || destination_.failed() || device.sequential() || goes || end <= begin)
    return;
  const Stopwatch watch(seconds_.write);
  to_wipe_ = end - begin;
  enter(Stage::wipe);
  for (std::uint64_t at = begin, piece = 0; at < end && !destination_.failed(); at += piece) {
    piece = std::min(kPiece, end - at);
    zero_again({at, piece}, std::make_shared<ProgressTicket>(wiped_, piece));
  }
  wait_until_idle();
}

void DestinationPipeline::zero_again(const Range& range, std::shared_ptr<const ProgressTicket> share) {
  while (!destination_.failed() && !destination_.wait_for_capacity(kPollInterval)) check();
  destination_.zero_again(range.offset, range.length, std::move(share));
}

void DestinationPipeline::cut_rest() {
  Device& device = destination_.device();
  const std::uint64_t whole = round_up(content_, device.limits().logical_block);
  if (context_.options.keep_size || !cuts() || device.size() <= whole) return;
  on_destination([&] { device.resize(whole); });
}

void DestinationPipeline::write_boot_region() {
  if (!good() || destination_.device().sequential()) return;
  enter(Stage::boot_region);
  const Stopwatch watch(seconds_.write);
  bootable_ = true;
  on_destination([this] {
    if (delta_)
      delta_->write_boot_region(*boot_region_);
    else
      destination_.write_boot_region(*boot_region_);
  });
  wait_until_idle();
}

void DestinationPipeline::clear_boot_region() {
  // The failure of this destination has been, or will be, reported elsewhere. A map that cannot be written is
  // no reason to leave a damaged clone bootable.
  const auto attempt = [](auto&& work) {
    try {
      work();
    } catch (const Error& error) {
      log::info("{}", error.what());
    }
  };
  if (delta_) attempt([this] { delta_->forget_boot_region(); });
  attempt([this] { destination_.clear_boot_region(context_.head); });
}

void DestinationPipeline::trim() {
  Device& device = destination_.device();
  std::uint64_t content = content_;
  if (context_.options.keep_size && size_ > round_up(content, device.limits().logical_block)) content = size_;
  if (!cuts() || device.content_size() == content) return;
  on_destination([&] { device.resize(content); });
  flush();
}

void DestinationPipeline::commit() {
  if (!good()) return;
  enter(Stage::commit);
  on_destination([this] { destination_.device().commit(); });
  if (good()) enter(Stage::complete);
}

DestinationResult DestinationPipeline::result() {
  DestinationResult result;
  result.name = destination_.device().name();
  result.error = destination_.error();
  result.bytes = destination_.bytes();
  if (delta_) result.compared = delta_->compared();
  if (destination_.verifier() != nullptr) result.verified = destination_.verifier()->verified();
  result.rewritten = rewritten_;
  result.mismatches = mismatches_;
  return result;
}

}  // namespace san::copy
