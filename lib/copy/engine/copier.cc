// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/copier.h"

#include <fmt/core.h>

#include <algorithm>

#include "copy/engine/stage_progress.h"
#include "copy/stopwatch.h"
#include "core/process/interrupt.h"
#include "core/units.h"

namespace san::copy {
namespace {

// Reads in flight beside the writes of a single destination.
constexpr std::uint64_t kBlocksBeingRead = 8;

/// Returns the number of buffers: as many as one destination can have in flight, and some for reads, because
/// buffers that are reused soon are still in the processor's cache. Several destinations do not keep step,
/// and get all.
std::size_t buffers(const CopyOptions& options, std::uint64_t head,
                    const std::vector<Device*>& destinations) {
  const std::uint64_t most = options.memory / options.block;
  std::uint64_t wanted = most;
  if (destinations.size() == 1)
    wanted = std::min<std::uint64_t>(most, kBlocksBeingRead + destinations[0]->limits().queue_depth);
  return static_cast<std::size_t>(std::max<std::uint64_t>(4, wanted) +
                                  (head + options.block - 1) / options.block);
}

template <typename Source>
Source* source_as(const std::variant<ReadableDevice*, InputStream*>& source) {
  auto* const* one = std::get_if<Source*>(&source);
  return one != nullptr ? *one : nullptr;
}

std::uint64_t head_of(const ReadableDevice* source, const MapUse& map) {
  if (source == nullptr) return kHead;
  return map.map != nullptr ? map.map->head() : std::min(kHead, source->size());
}

CopyOptions fitting(CopyOptions options, const ReadableDevice* source,
                    const std::vector<Device*>& destinations) {
  options.block = copy_block(options, source, destinations);
  return options;
}

}  // namespace

Copier::Copier(std::variant<ReadableDevice*, InputStream*> source, const std::vector<Device*>& destinations,
               const CopyOptions& options, Progress& progress, MapUse map)
    : device_(source_as<ReadableDevice>(source)),
      stream_(source_as<InputStream>(source)),
      progress_(progress),
      map_(std::move(map)),
      context_{
          fitting(options, device_, destinations), device_, head_of(device_, map_), reader_, signal_, map_},
      share_(options.memory / destinations.size()),
      reader_(device_, context_.options, options.verify != VerifyMode::none || map_.map != nullptr,
              buffers(context_.options, context_.head, destinations), signal_) {
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    pipelines_.push_back(std::make_unique<DestinationPipeline>(*destinations[i], i, context_));
    all_.push_back(pipelines_.back().get());
  }
  fed_ = all_;
  if (map_.map != nullptr) map_.map->commit();
}

Copier::~Copier() = default;

CopyResult Copier::run() {
  const auto started = Clock::now();
  try {
    {
      const Stopwatch watch(copy_seconds_);
      if (device_ != nullptr)
        copy_device();
      else
        copy_stream();
      signal_.wait_until([this] { return reader_.reads().count() == 0; }, [this] { check(); });
      check();
      fed_.clear();
    }
    if (context_.options.source_read) {
      while (catch_up()) {
      }
      context_.options.source_read();
    }
    all_read_ = true;
    while (catch_up()) {
    }
    signal_.wait_until(
        [this] {
          return std::all_of(all_.begin(), all_.end(), [](const auto* one) { return one->finishing(); });
        },
        [this] { check(); });
    show();
    await_end({all_.begin(), all_.end()}, progress_, signal_, [this] { check(); });
  } catch (const Error& error) {
    const Error interrupted = abort();
    if (error.code() != Exit::interrupted) throw;
    throw Error(interrupted);
  } catch (...) {
    abort();
    throw;
  }
  progress_.end();
  // Nobody is left for whom the source was read.
  for (const DestinationPipeline* one : all_)
    if (one->source_error() && all_failed()) throw Error(*one->source_error());
  CopyResult done = result();
  done.seconds.total = std::chrono::duration<double>(Clock::now() - started).count();
  return done;
}

Error Copier::interruption() const {
  std::string done;
  bool bootable = false;
  for (const DestinationPipeline* one : all_) {
    bootable = bootable || one->bootable();
    if (one->stage() == Stage::complete)
      done += fmt::format("{}{}", done.empty() ? "" : ", ", one->destination().device().name());
  }
  const bool map = map_.map != nullptr;
  if (!done.empty())
    return {Exit::interrupted, "", fmt::format("interrupted; complete: {}", done),
            map ? "run the same command again to go on" : "clone to the others again"};
  const bool streams = std::all_of(all_.begin(), all_.end(),
                                   [](const auto* one) { return one->destination().device().sequential(); });
  return {Exit::interrupted, "", "interrupted",
          map        ? "run the same command again to go on"
          : streams  ? "there is no complete image"
          : bootable ? "every byte had been written, but not all was flushed and verified: clone again"
                     : "the first MiB of the destination was not written, so that it does not look bootable"};
}

void Copier::copy_device() {
  progress_.begin("copy", device_->size());
  read_boot_region();
  for (DestinationPipeline* one : all_) one->hide_boot_region();
  for (const auto& block : boot_region_)
    for (DestinationPipeline* one : all_)
      if (one->destination().device().sequential()) one->destination().write(block);
  copy_range(Range::between(context_.head, device_->size()), all_, Reading::first);
}

void Copier::read_boot_region() {
  const std::uint64_t most = context_.options.block, head = context_.head;
  for (std::uint64_t at = 0; at < head; at += most) {
    check();
    boot_region_.push_back(
        reader_.read_now({at, std::min(most, head - at)}, Reading::first, [this] { check(); }));
    copied_ += boot_region_.back()->length;
  }
}

void Copier::copy_range(const Range& range, const Pipelines& to, Reading reading) {
  Plan plan(*device_, range, context_.options.block,
            map_.map != nullptr ? context_.options.block : Plan::kAlignment);
  const auto next = [&] {
    try {
      return plan.next();
    } catch (const Error& error) {
      source_failed_ = true;
      throw;
    }
  };
  while (const auto piece = next()) {
    check();
    const auto takers = choose(*piece, to);
    if (takers.empty()) break;
    if (piece->zero)
      give_zeros(*piece, takers, reading);
    else
      give(*piece, takers, reading);
  }
}

void Copier::give(const Piece& piece, const Pipelines& takers, Reading reading) {
  reader_.wait_for_rate(piece.length, [this] { check(); });
  const auto block = reader_.new_block({piece.offset, piece.length}, [this] { check(); });
  block->share = ticket(piece.length, reading);
  /// A block on its way to a destination: held from now on, because it will be in flight in a moment.
  struct Delivery {
    DestinationPipeline* to;
    std::shared_ptr<const Block> block;
    map_format::Slot known;
  };
  std::vector<Delivery> deliveries;
  deliveries.reserve(takers.size());
  for (DestinationPipeline* one : takers)
    deliveries.push_back({one, one->queue().hold(block), one->look_up(piece.offset)});
  reader_.read(block, reading, [deliveries = std::move(deliveries)]() mutable {
    for (Delivery& one : deliveries) one.to->write(std::exchange(one.block, nullptr), one.known);
  });
}

void Copier::give_zeros(const Piece& piece, const Pipelines& takers, Reading reading) {
  const auto share = ticket(piece.length, reading);
  for (DestinationPipeline* one : takers) one->zero({piece.offset, piece.length}, share, [this] { check(); });
  // Last, because the destinations work meanwhile.
  if (reading == Reading::first) reader_.add_zeros({piece.offset, piece.length});
}

std::shared_ptr<const ProgressTicket> Copier::ticket(std::uint64_t bytes, Reading reading) {
  // Later passes after the first that catches up are not counted: its phase is announced once.
  if (reading == Reading::again && caught_up_) return nullptr;
  return std::make_shared<ProgressTicket>(reading == Reading::first ? copied_ : copied_again_, bytes);
}

void Copier::copy_stream() {
  progress_.begin("copy", std::nullopt);
  std::uint64_t unit = 512;
  for (const DestinationPipeline* one : all_)
    unit = std::max<std::uint64_t>(unit, one->destination().device().limits().logical_block);
  const auto keep_going = [this] {
    check();
    return !all_failed();
  };
  const std::uint64_t most = context_.options.block, head = context_.head;
  std::uint64_t at = 0;
  while (true) {
    reader_.wait_for_rate(most, [this] { check(); });
    const std::uint64_t wanted = at < head ? std::min(most, head - at) : most;
    const auto block = reader_.new_block({at, wanted}, [this] { check(); });
    const auto got = stream_->read(block->bytes(), keep_going);
    if (!got || *got == 0) break;
    if (at == 0)
      for (DestinationPipeline* one : all_) one->hide_boot_region();
    const std::uint64_t padded = round_up(*got, unit);
    std::fill(block->bytes().begin() + static_cast<std::ptrdiff_t>(*got),
              block->bytes().begin() + static_cast<std::ptrdiff_t>(padded), std::byte{0});
    block->length = padded;
    ensure_size(at + padded);
    reader_.examine(*block, *got, Reading::first);
    if (at < head) {
      give_boot_region(block);
    } else {
      block->share = ticket(padded, Reading::first);
      for (DestinationPipeline* one : choose({at, padded, false}, all_))
        one->write(one->queue().hold(block), {});
    }
    at += padded;
    if (*got < wanted) break;
  }
  // The program that feeds it has probably failed; an empty clone must not be reported as a success.
  if (at == 0 && !all_failed())
    throw Error(Exit::failed, stream_->name(), "is empty: no data arrived",
                "look at the program that writes to it");
}

void Copier::give_boot_region(const std::shared_ptr<Block>& block) {
  for (DestinationPipeline* one : all_)
    if (one->destination().device().sequential()) one->destination().write(block);
  boot_region_.push_back(block);
  copied_ += block->length;
}

void Copier::ensure_size(std::uint64_t end) {
  for (DestinationPipeline* one : all_) {
    Destination& destination = one->destination();
    Device& device = destination.device();
    if (destination.failed() || device.size() >= end) continue;
    try {
      if (!device.resizable())
        throw Error(Exit::refused, device.name(),
                    fmt::format("holds {}, {} is longer", format_size_exact(device.size()), stream_->name()),
                    "create a larger volume; what is on it now is not a complete clone");
      device.resize(round_up(end, GiB));
    } catch (const Error& error) {
      destination.fail(error);
    }
  }
}

void Copier::hand_over() {
  Pipelines written;
  for (DestinationPipeline* one : all_) {
    if (one->destination().failed()) {
      one->queue().take_left_out();
      // What it holds until everything before has come would never be let go.
      if (one->destination().device().sequential()) one->destination().device().cancel();
    }
    const bool fed = std::find(fed_.begin(), fed_.end(), one) != fed_.end();
    if (!one->finishing() && !fed && one->is_written()) written.push_back(one);
  }
  if (written.empty()) return;
  if (context_.options.source_check) context_.options.source_check();
  for (DestinationPipeline* one : written) one->finish(reader_.position(), boot_region_);
}

bool Copier::all_failed() const {
  return std::all_of(all_.begin(), all_.end(), [](const auto* one) { return one->destination().failed(); });
}

void Copier::check() {
  Interrupt::check("");
  show();
  if (map_.map != nullptr) {
    for (DestinationPipeline* one : all_) one->checkpoint();
    map_.map->commit();
  }
  if (const auto error = reader_.reads().error()) {
    source_failed_ = true;
    throw Error(*error);
  }
  for (const DestinationPipeline* one : all_) one->rethrow();
  if (all_read_) hand_over();
}

Error Copier::abort() {
  for (DestinationPipeline* one : all_)
    one->stop(Error(Exit::interrupted, one->destination().device().name(), "stopped before the end"));
  if (device_ != nullptr) device_->cancel();
  reader_.stop();
  // Cancelled requests complete, and their buffers come back; the pool must exist until then.
  reader_.reads().drain();
  signal_.wait_until(
      [this] {
        return std::all_of(all_.begin(), all_.end(),
                           [](const auto* one) { return !one->finishing() || one->ended(); });
      },
      [] {});
  const Error interrupted = interruption();
  all_.clear();
  pipelines_.clear();
  boot_region_.clear();
  progress_.end();
  return interrupted;
}

void Copier::show() {
  const std::uint64_t done = *counted_;
  if (done > shown_) progress_.add(done - shown_);
  shown_ = std::max(shown_, done);
}

void Copier::begin_second_pass(std::uint64_t total) {
  if (counted_ == &copied_again_) return;
  progress_.add(device_->size() - shown_);
  progress_.begin("catch up", total);
  counted_ = &copied_again_;
  shown_ = 0;
}

CopyResult Copier::result() {
  CopyResult result;
  result.total = reader_.position();
  result.data = reader_.data();
  result.zero = reader_.zeros();
  result.hash = reader_.digest();
  result.seconds.copy = copy_seconds_;
  double write = 0;
  for (DestinationPipeline* one : all_) {
    result.destinations.push_back(one->result());
    write = std::max(write, one->seconds().write);
    result.seconds.flush = std::max(result.seconds.flush, one->seconds().flush);
    result.seconds.verify = std::max(result.seconds.verify, one->seconds().verify);
  }
  result.seconds.copy += write;
  return result;
}

}  // namespace san::copy
