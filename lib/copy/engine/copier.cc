// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/copier.h"

#include <fmt/core.h>

#include <algorithm>
#include <thread>

#include "block/zero_detection.h"
#include "copy/engine/poll_interval.h"
#include "copy/stopwatch.h"
#include "core/process/interrupt.h"
#include "core/units.h"

namespace san::copy {
namespace {

using std::chrono::milliseconds;

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

/// Returns the device; null for a stream.
ReadableDevice* device_of(const std::variant<ReadableDevice*, InputStream*>& source) {
  auto* const* device = std::get_if<ReadableDevice*>(&source);
  return device != nullptr ? *device : nullptr;
}

std::uint64_t head_of(const std::variant<ReadableDevice*, InputStream*>& source, const MapUse& map) {
  const ReadableDevice* device = device_of(source);
  if (device == nullptr) return kHead;
  return map.map != nullptr ? map.map->head() : std::min(kHead, device->size());
}

CopyOptions fitting(CopyOptions options, const std::variant<ReadableDevice*, InputStream*>& source,
                    const std::vector<Device*>& destinations) {
  options.block = copy_block(options, device_of(source), destinations);
  return options;
}

}  // namespace

std::uint64_t copy_block(const CopyOptions& options, const ReadableDevice* source,
                         const std::vector<Device*>& destinations) {
  std::uint64_t block = options.block;
  // Writes are cut to the limits of each destination, but blocks are also read back whole.
  const auto fit = [&block](const ReadableDevice& device) {
    block = std::min(block,
                     std::max<std::uint64_t>(kGranule, round_down(device.limits().max_transfer, kGranule)));
  };
  if (source != nullptr) fit(*source);
  for (const Device* device : destinations) fit(*device);
  return block;
}

Copier::Copier(std::variant<ReadableDevice*, InputStream*> source, const std::vector<Device*>& destinations,
               const CopyOptions& options, Progress& progress, MapUse map)
    : source_(source),
      options_(fitting(options, source, destinations)),
      progress_(progress),
      head_(head_of(source, map)),
      pool_(options_.block, buffers(options_, head_, destinations)),
      throttle_(options.rate),
      share_(options_.memory / destinations.size()),
      map_(std::move(map)) {
  for (Device* device : destinations) {
    queues_.push_back(std::make_unique<WriteQueue>());
    group_.push_back(group_.size());
    destinations_.push_back(std::make_unique<Destination>(*device, options_));
    results_.emplace_back().name = device->name();
    sizes_.push_back(device->size());
  }
  if (map_.map != nullptr) router_ = std::make_unique<MapRouter>(map_, destinations_, head_);
}

Copier::~Copier() = default;

CopyResult Copier::run() {
  const auto started = Clock::now();
  try {
    {
      const Stopwatch watch(copy_seconds_);
      if (auto* const* device = std::get_if<ReadableDevice*>(&source_))
        copy_device(**device);
      else
        copy_stream(*std::get<InputStream*>(source_));
    }
    if (options_.source_read) {
      wait_for_reads();
      while (left_out()) catch_up();
      options_.source_read();
    }
    do {
      complete_group();
    } while (catch_up());
  } catch (const Error& error) {
    const Error interrupted = interruption();
    abort();
    if (error.code() != Exit::interrupted) throw;
    throw Error(interrupted);
  } catch (...) {
    abort();
    throw;
  }
  progress_.end();
  boot_region_blocks_.clear();
  CopyResult done = result();
  done.seconds.total = std::chrono::duration<double>(Clock::now() - started).count();
  return done;
}

Error Copier::interruption() const {
  std::string done;
  for (const std::size_t i : done_)
    if (!destinations_[i]->failed()) done += fmt::format("{}{}", done.empty() ? "" : ", ", results_[i].name);
  if (!done.empty())
    return {Exit::interrupted, "", fmt::format("interrupted; complete: {}", done),
            router_ ? "run the same command again to go on" : "clone to the others again"};
  const bool streams = std::all_of(destinations_.begin(), destinations_.end(),
                                   [](const auto& one) { return one->device().sequential(); });
  return {Exit::interrupted, "", "interrupted",
          router_   ? "run the same command again to go on"
          : streams ? "there is no complete image"
          : !bootable_.empty()
              ? "every byte had been written, but not all was flushed and verified: clone again"
              : "the first MiB of the destination was not written, so that it does not look bootable"};
}

void Copier::complete_group() {
  // Slow destinations are completed later, when their skipped ranges have been copied.
  group_.clear();
  for (std::size_t i = 0; i < destinations_.size(); ++i)
    if (queues_[i]->left_out().empty() && std::find(done_.begin(), done_.end(), i) == done_.end())
      group_.push_back(i);
  if (group_.empty()) return;
  wait_until_idle();
  if (options_.source_check) options_.source_check();
  finish();
  wipe_rest();
  settle();
  cut_rest();
  // An image that could not be verified must not look bootable either.
  write_boot_region();
  settle();
  hide_bad_boot_regions();
  trim();
  commit();
  done_.insert(done_.end(), group_.begin(), group_.end());
}

void Copier::hide_boot_regions() {
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    Destination* destination = destinations_[i].get();
    // A complete clone's boot region is hidden later, before its first block is changed, if any is.
    if (destination->device().sequential() || (router_ && !router_->boot_region_unknown(i))) continue;
    // A run that was killed while it wrote the boot region may have entered parts of it into the map.
    if (router_) router_->forget_boot_region(i);
    try {
      // Files are locked, so no mark is needed; and they may become shorter than the boot region.
      const bool marked = router_ != nullptr || !destination->device().resizable();
      destination->hide_boot_region(head_, router_ ? router_->epoch(i) : Token::random(), marked);
    } catch (const Error& error) {
      destination->fail(error);
    }
  }
}

void Copier::copy_device(ReadableDevice& source) {
  progress_.begin("copy", source.size());
  read_boot_region(source);
  hide_boot_regions();
  for (const auto& block : boot_region_blocks_) send_early(block);
  copy_range(source, Range::between(head_, source.size()), group_, true);
}

void Copier::copy_range(ReadableDevice& source, const Range& range, const std::vector<std::size_t>& to,
                        bool first) {
  Plan plan(source, range, options_.block, router_ ? options_.block : Plan::kAlignment);
  while (const auto piece = plan.next()) {
    check();
    auto takers = choose(*piece, to);
    if (takers.empty()) break;
    if (piece->zero) {
      send_zeros(*piece, takers, first);
      continue;
    }
    pause(piece->length);
    auto block = make_block(piece->offset, piece->length);
    if (router_) router_->look_up(*block);
    // Held from now on: a block that is being read will be in flight in a moment.
    std::vector<std::pair<std::size_t, std::shared_ptr<const Block>>> held;
    held.reserve(takers.size());
    for (const std::size_t i : takers) held.emplace_back(i, queues_[i]->hold(block));
    ++reads_;
    source.read(piece->offset, block->bytes(),
                [this, block, &source, held = std::move(held), first](const Error* error) mutable {
                  if (error != nullptr) {
                    source_failed(*error);
                  } else {
                    const std::uint64_t content = source.content_size();
                    look_at(*block, std::min(block->length, content - std::min(content, block->offset)),
                            first);
                    for (auto& [i, own] : held) send(i, std::exchange(own, nullptr));
                  }
                  held.clear();
                  block.reset();
                  --reads_;
                });
  }
}

void Copier::read_boot_region(ReadableDevice& source) {
  for (std::uint64_t at = 0; at < head_; at += options_.block)
    keep_for_last(read_block(source, at, std::min(options_.block, head_ - at)));
}

std::shared_ptr<Block> Copier::read_block(ReadableDevice& source, std::uint64_t offset,
                                          std::uint64_t length) {
  check();
  auto block = make_block(offset, length);
  read_wait(source, offset, block->bytes());
  look_at(*block, std::min(length, source.content_size() - std::min(source.content_size(), offset)), true);
  return block;
}

void Copier::copy_stream(InputStream& source) {
  progress_.begin("copy", std::nullopt);
  std::uint64_t unit = 512;
  for (const auto& destination : destinations_)
    unit = std::max<std::uint64_t>(unit, destination->device().limits().logical_block);
  const auto keep_going = [this] {
    check();
    return !all_failed();
  };
  std::uint64_t at = 0;
  while (true) {
    pause(options_.block);
    const std::uint64_t wanted = at < head_ ? std::min(options_.block, head_ - at) : options_.block;
    auto block = make_block(at, wanted);
    const auto got = source.read(block->bytes(), keep_going);
    if (!got || *got == 0) break;
    if (at == 0) hide_boot_regions();
    const std::uint64_t padded = round_up(*got, unit);
    std::fill(block->bytes().begin() + static_cast<std::ptrdiff_t>(*got),
              block->bytes().begin() + static_cast<std::ptrdiff_t>(padded), std::byte{0});
    block->length = padded;
    ensure_size(at + padded);
    look_at(*block, *got, true);
    if (at < head_) {
      send_early(block);
      keep_for_last(std::move(block));
    } else {
      for (const std::size_t i : choose({at, padded, false}, group_)) send(i, queues_[i]->hold(block));
    }
    at += padded;
    if (*got < wanted) break;
  }
  // The program that feeds it has probably failed; an empty clone must not be reported as a success.
  if (at == 0 && !all_failed())
    throw Error(Exit::failed, source.name(), "is empty: no data arrived",
                "look at the program that writes to it");
  wait_until_idle();
}

void Copier::ensure_size(std::uint64_t end) {
  for (const auto& destination : destinations_) {
    Device& device = destination->device();
    if (destination->failed() || device.size() >= end) continue;
    try {
      if (!device.resizable())
        throw Error(Exit::refused, device.name(),
                    fmt::format("holds {}, {} is longer", format_size_exact(device.size()),
                                std::get<InputStream*>(source_)->name()),
                    "create a larger volume; what is on it now is not a complete clone");
      device.resize(round_up(end, GiB));
    } catch (const Error& error) {
      destination->fail(error);
    }
  }
}

std::shared_ptr<Block> Copier::make_block(std::uint64_t offset, std::uint64_t length) {
  auto block = std::make_shared<Block>();
  while (!block->buffer) {
    block->buffer = pool_.acquire(kPollInterval);
    check();
  }
  block->offset = offset;
  block->length = length;
  block->share = std::make_shared<ProgressTicket>(progress_, length);
  return block;
}

void Copier::look_at(Block& block, std::uint64_t content, bool first) {
  zero_runs(block.bytes(), kGranule, kGranule, block.runs);
  if (options_.verify != VerifyMode::none || router_) block.hash = hash128(block.bytes());
  if (!first) return;
  for (const Run& run : block.runs) (run.zero ? zero_ : data_) += run.length;
  hash_.add(block.offset, block.bytes().first(static_cast<std::size_t>(content)), block.buffer);
}

void Copier::send(std::size_t destination, const std::shared_ptr<const Block>& block) {
  if (router_)
    router_->write(destination, block);
  else
    destinations_[destination]->write(block);
}

void Copier::send_early(const std::shared_ptr<const Block>& block) {
  for (const auto& destination : destinations_)
    if (destination->device().sequential()) destination->write(block);
}

void Copier::send_zeros(const Piece& piece, const std::vector<std::size_t>& to, bool first) {
  const auto share = std::make_shared<ProgressTicket>(progress_, piece.length);
  for (const std::size_t i : to) {
    if (router_)
      router_->zero(i, piece.offset, piece.length, share, [this] { check(); });
    else
      destinations_[i]->zero(piece.offset, piece.length, share);
  }
  if (!first) return;
  zero_ += piece.length;
  // Last, because the destinations work meanwhile.
  hash_.add_zeros(piece.offset, piece.length);
}

void Copier::pause(std::uint64_t bytes) {
  const auto until = Clock::now() + throttle_.take(bytes);
  while (Clock::now() < until) {
    check();
    std::this_thread::sleep_for(std::min<Clock::duration>(kPollInterval, until - Clock::now()));
  }
}

void Copier::source_failed(const Error& error) {
  const std::scoped_lock lock(mutex_);
  if (!source_error_) source_error_ = error;
}

void Copier::check() {
  Interrupt::check("");
  if (router_) router_->checkpoint();
  const std::scoped_lock lock(mutex_);
  if (source_error_) throw Error(*source_error_);
}

bool Copier::all_failed() const {
  return std::all_of(destinations_.begin(), destinations_.end(), [](const auto& d) { return d->failed(); });
}

void Copier::wait_for_reads() {
  while (reads_ > 0) {
    check();
    std::this_thread::sleep_for(milliseconds(1));
  }
}

void Copier::wait_until_idle() {
  const auto held = [this](std::size_t i) { return queues_[i]->held() > 0; };
  while (reads_ > 0 || std::any_of(group_.begin(), group_.end(), held)) {
    check();
    std::this_thread::sleep_for(milliseconds(1));
  }
  for (const std::size_t i : group_) {
    while (router_ && !router_->wait_until_idle(i, kPollInterval)) check();
    while (!destinations_[i]->wait_until_idle(kPollInterval)) check();
  }
  check();
}

bool Copier::idle() const {
  return reads_ == 0 && pool_.in_use() <= boot_region_blocks_.size();
}

void Copier::abort() {
  if (auto* const* device = std::get_if<ReadableDevice*>(&source_)) (*device)->cancel();
  for (const auto& destination : destinations_) {
    destination->fail(Error(Exit::interrupted, destination->device().name(), "stopped before the end"));
    destination->device().cancel();
  }
  boot_region_blocks_.clear();
  hash_.stop();
  // Cancelled requests complete, and their buffers come back; the pool must exist until then.
  while (!idle()) std::this_thread::sleep_for(milliseconds(1));
  for (const auto& destination : destinations_)
    while (!destination->wait_until_idle(kPollInterval)) {
    }
  router_.reset();
  destinations_.clear();  // the verifiers end with them
  progress_.end();
}

CopyResult Copier::result() {
  CopyResult result;
  result.total = hash_.position();
  result.data = data_;
  result.zero = zero_;
  result.hash = hash_.digest();
  result.seconds.copy = copy_seconds_;
  result.seconds.flush = flush_seconds_;
  result.seconds.verify = verify_seconds_;
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    results_[i].error = destinations_[i]->error();
    results_[i].bytes = destinations_[i]->bytes();
    if (router_) results_[i].compared = router_->compared(i);
    if (destinations_[i]->verifier() != nullptr)
      results_[i].verified = destinations_[i]->verifier()->verified();
  }
  result.destinations = results_;
  return result;
}

}  // namespace san::copy
