// SPDX-License-Identifier: Apache-2.0
#include "copy/copier.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "block/zero.h"
#include "core/interrupt.h"
#include "core/units.h"

namespace san {
namespace {

using std::chrono::milliseconds;

// How long a wait may go on before signals and errors are looked at.
constexpr milliseconds kStep{50};
constexpr int kRepairs = 2;
constexpr std::uint64_t kBlocksBeingRead = 8;

/// As many blocks as the destinations can have under way, and some that are being read: buffers that are used
/// again soon are still in the processor's cache. Several destinations do not keep step, and get all there
/// is.
std::size_t buffers(const CopyOptions& options, std::uint64_t head,
                    const std::vector<Device*>& destinations) {
  const std::uint64_t most = options.memory / options.block;
  std::uint64_t wanted = most;
  if (destinations.size() == 1)
    wanted = std::min<std::uint64_t>(most, kBlocksBeingRead + destinations[0]->limits().queue_depth);
  return static_cast<std::size_t>(std::max<std::uint64_t>(4, wanted) +
                                  (head + options.block - 1) / options.block);
}

/// Null for a stream.
Device* device_of(const std::variant<Device*, InputStream*>& source) {
  auto* const* device = std::get_if<Device*>(&source);
  return device != nullptr ? *device : nullptr;
}

std::uint64_t head_of(const std::variant<Device*, InputStream*>& source, const MapUse& map) {
  const Device* device = device_of(source);
  if (device == nullptr) return kHead;
  return std::min(map.map != nullptr ? round_up(kHead, map.map->block()) : kHead, device->size());
}

CopyOptions fitting(CopyOptions options, const std::variant<Device*, InputStream*>& source,
                    const std::vector<Device*>& destinations) {
  options.block = copy_block(options, device_of(source), destinations);
  return options;
}

/// Adds the time that it lives to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(double& sum) : sum_(sum) {}
  ~Stopwatch() { sum_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double& sum_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

std::uint64_t copy_block(const CopyOptions& options, const Device* source,
                         const std::vector<Device*>& destinations) {
  std::uint64_t block = options.block;
  // What is written is cut to the limits of each destination, but it is also read back.
  const auto fit = [&block](const Device& device) {
    block = std::min(block,
                     std::max<std::uint64_t>(kGranule, round_down(device.limits().max_transfer, kGranule)));
  };
  if (source != nullptr) fit(*source);
  for (const Device* device : destinations) fit(*device);
  return block;
}

Copier::Copier(std::variant<Device*, InputStream*> source, const std::vector<Device*>& destinations,
               const CopyOptions& options, Progress& progress, MapUse map)
    : source_(source),
      options_(fitting(options, source, destinations)),
      progress_(progress),
      head_(head_of(source, map)),
      pool_(options_.block, buffers(options_, head_, destinations)),
      throttle_(options.rate),
      map_(std::move(map)) {
  for (Device* device : destinations) {
    destinations_.push_back(std::make_unique<Destination>(*device, options_));
    results_.emplace_back().name = device->name();
  }
  if (map_.map != nullptr) router_ = std::make_unique<MapRouter>(map_, destinations_, head_);
}

Copier::~Copier() = default;

CopyResult Copier::run() {
  const auto started = Clock::now();
  try {
    {
      const Stopwatch watch(copy_seconds_);
      if (auto* const* device = std::get_if<Device*>(&source_))
        copy_device(**device);
      else
        copy_stream(*std::get<InputStream*>(source_));
    }
    if (options_.source_read) options_.source_read();
    finish();
    settle();
    // An image that could not be verified must not look bootable either.
    write_head();
    settle();
    hide_bad_heads();
    trim();
    commit();
  } catch (const Error& error) {
    const bool complete = !bootable_.empty(), map = router_ != nullptr;
    const bool streams = std::all_of(destinations_.begin(), destinations_.end(),
                                     [](const auto& one) { return one->device().sequential(); });
    abort();
    if (error.code() != Exit::interrupted) throw;
    throw Error(Exit::interrupted, "", "interrupted",
                map       ? "run the same command again to go on"
                : streams ? "there is no complete image"
                : complete
                    ? "every byte had been written, but not all was flushed and verified: clone again"
                    : "the first MiB of the destination was not written, so that it does not look bootable");
  } catch (...) {
    abort();
    throw;
  }
  progress_.end();
  head_blocks_.clear();
  CopyResult done = result();
  done.seconds.total = std::chrono::duration<double>(Clock::now() - started).count();
  return done;
}

void Copier::hide_old_heads() {
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    Destination* destination = destinations_[i].get();
    // A complete clone is brought up to date; its head is removed before the first write, if there is one.
    if (destination->device().sequential() || (router_ && !router_->head_unknown(i))) continue;
    // A run that was killed while it wrote the head may have entered a part of it.
    if (router_) router_->forget_head(i);
    try {
      destination->hide_old_head(std::min(head_, destination->device().size()));
    } catch (const Error& error) {
      destination->fail(error);
    }
  }
}

void Copier::copy_device(Device& source) {
  progress_.begin("copy", source.size());
  read_head(source);
  hide_old_heads();
  for (const auto& block : head_blocks_) send_early(block);
  Plan plan(source, head_, source.size(), options_.block, router_ ? options_.block : Plan::kAlignment);
  while (const auto piece = plan.next()) {
    check();
    if (all_failed()) break;
    if (piece->zero) {
      send_zeros(*piece);
      continue;
    }
    pause(piece->length);
    auto block = make_block(piece->offset, piece->length);
    if (router_) router_->look_up(*block);
    ++reads_;
    source.read(piece->offset, block->bytes(), [this, block, &source](const Error* error) {
      if (error != nullptr) {
        source_failed(*error);
      } else {
        look_at(*block, std::min(block->length,
                                 source.content_size() - std::min(source.content_size(), block->offset)));
        send(block);
      }
      --reads_;
    });
  }
  wait_until_idle();
}

void Copier::read_head(Device& source) {
  for (std::uint64_t at = 0; at < head_; at += options_.block)
    head_blocks_.push_back(read_block(source, at, std::min(options_.block, head_ - at)));
}

std::shared_ptr<Block> Copier::read_block(Device& source, std::uint64_t offset, std::uint64_t length) {
  check();
  auto block = make_block(offset, length);
  read_wait(source, offset, block->bytes());
  look_at(*block, std::min(length, source.content_size() - std::min(source.content_size(), offset)));
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
    if (at == 0) hide_old_heads();
    const std::uint64_t padded = round_up(*got, unit);
    std::fill(block->bytes().begin() + static_cast<std::ptrdiff_t>(*got),
              block->bytes().begin() + static_cast<std::ptrdiff_t>(padded), std::byte{0});
    block->length = padded;
    make_room(at + padded);
    look_at(*block, *got);
    if (at < head_) {
      send_early(block);
      head_blocks_.push_back(std::move(block));
    } else {
      send(block);
    }
    at += padded;
    if (*got < wanted) break;
  }
  // What feeds it failed, in all likelihood; to go on would replace a disk by nothing, and call that a
  // success.
  if (at == 0 && !all_failed())
    throw Error(Exit::failed, source.name(), "is empty: not one byte came",
                "look at the program that writes to it");
  wait_until_idle();
}

void Copier::make_room(std::uint64_t end) {
  for (const auto& destination : destinations_) {
    Device& device = destination->device();
    if (destination->failed() || device.size() >= end) continue;
    try {
      if (!device.resizable())
        throw Error(Exit::refused, device.name(),
                    fmt::format("holds {}, standard input is longer", format_size_exact(device.size())),
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
    block->buffer = pool_.acquire(kStep);
    check();
  }
  block->offset = offset;
  block->length = length;
  block->share = std::make_shared<Share>(progress_, length);
  return block;
}

void Copier::look_at(Block& block, std::uint64_t content) {
  zero_runs(block.bytes(), kGranule, kGranule, block.runs);
  for (const Run& run : block.runs) (run.zero ? zero_ : data_) += run.length;
  if (options_.verify != VerifyMode::none || router_) block.hash = hash128(block.bytes());
  hash_.add(block.offset, block.bytes().first(static_cast<std::size_t>(content)), block.buffer);
}

void Copier::send(const std::shared_ptr<const Block>& block) {
  if (router_) return router_->write(block);
  for (const auto& destination : destinations_) destination->write(block);
}

void Copier::send_early(const std::shared_ptr<const Block>& block) {
  for (const auto& destination : destinations_)
    if (destination->device().sequential()) destination->write(block);
}

void Copier::send_zeros(const Piece& piece) {
  zero_ += piece.length;
  const auto share = std::make_shared<Share>(progress_, piece.length);
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    Destination& destination = *destinations_[i];
    while (!destination.failed() && !destination.wait_for_room(kStep)) check();
    if (router_)
      router_->zero(i, piece.offset, piece.length, share, [this] { check(); });
    else
      destination.zero(piece.offset, piece.length, share);
  }
  // Last: the destinations work meanwhile.
  hash_.add_zeros(piece.offset, piece.length);
}

void Copier::pause(std::uint64_t bytes) {
  const auto until = Clock::now() + throttle_.take(bytes);
  while (Clock::now() < until) {
    check();
    std::this_thread::sleep_for(std::min<Clock::duration>(kStep, until - Clock::now()));
  }
  // A verifier far behind holds the reader up here, where no buffer is held.
  for (const auto& destination : destinations_)
    while (!destination->failed() && !destination->wait_for_room(kStep)) check();
}

void Copier::write_head() {
  const Stopwatch watch(copy_seconds_);
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    if (destinations_[i]->failed() || !results_[i].mismatches.empty() ||
        destinations_[i]->device().sequential())
      continue;
    bootable_.push_back(i);
    if (router_)
      router_->write_head(i, head_blocks_);
    else
      for (const auto& block : head_blocks_) destinations_[i]->write(block);
  }
  wait_until_idle();
}

void Copier::hide_bad_heads() {
  for (const std::size_t i : bootable_) {
    Destination& destination = *destinations_[i];
    if (!destination.failed() && results_[i].mismatches.empty()) continue;
    if (router_) router_->forget_head(i);
    try {
      destination.hide_old_head(std::min(head_, destination.device().size()));
    } catch (const Error&) {
      // It has been reported already that this destination cannot be relied upon.
    }
  }
}

void Copier::finish() {
  const Stopwatch watch(flush_seconds_);
  for (const auto& destination : destinations_) {
    if (destination->failed() || !destination->device().sequential()) continue;
    try {
      destination->device().finish(hash_.position());
    } catch (const Error& error) {
      destination->fail(error);
    }
  }
}

void Copier::commit() {
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    if (destinations_[i]->failed() || !results_[i].mismatches.empty()) continue;
    try {
      destinations_[i]->device().commit();
    } catch (const Error& error) {
      destinations_[i]->fail(error);
    }
  }
}

void Copier::trim() {
  const std::uint64_t content = hash_.position();
  auto* const* source = std::get_if<Device*>(&source_);
  bool trimmed = false;
  for (const auto& destination : destinations_) {
    Device& device = destination->device();
    if (destination->failed() || !device.resizable() || device.content_size() == content) continue;
    if (source != nullptr && device.size() != (*source)->size()) continue;
    try {
      device.resize(content);
      trimmed = true;
    } catch (const Error& error) {
      destination->fail(error);
    }
  }
  if (trimmed) flush_all();
}

void Copier::settle() {
  for (const auto& destination : destinations_) zero_distrusted(*destination);
  flush_all();
  if (options_.verify == VerifyMode::none) return;
  verify_all();
  for (std::size_t i = 0; i < destinations_.size(); ++i) repair(i);
}

void Copier::zero_distrusted(Destination& destination) {
  for (const auto& [offset, length] : destination.take_distrusted()) {
    while (!destination.failed() && !destination.wait_for_room(kStep)) check();
    destination.zero_again(offset, length);
  }
  wait_until_idle();
}

void Copier::flush_all() {
  const Stopwatch watch(flush_seconds_);
  for (unsigned round = 0;; ++round) {
    flush_once();
    if (!recover_lost(round)) return;
  }
}

void Copier::flush_once() {
  progress_.begin("flush", std::nullopt);
  for (const auto& destination : destinations_) destination->flush();
  wait_until_idle();
  if (router_) router_->all_flushed();
}

void Copier::verify_all() {
  const Stopwatch watch(verify_seconds_);
  std::uint64_t left = 0;
  for (const auto& destination : destinations_) left += destination->verifier()->backlog();
  progress_.begin("verify", left);
  for (const auto& destination : destinations_) {
    Verifier& verifier = *destination->verifier();
    bool idle = false;
    while (!destination->failed() && !idle) {
      idle = verifier.wait_until_idle(kStep);
      check();
      std::uint64_t now = 0;
      for (const auto& each : destinations_) now += each->verifier()->backlog();
      if (now < left) progress_.add(left - now);
      left = std::min(left, now);
    }
    if (const auto error = verifier.error()) destination->fail(*error);
  }
}

void Copier::repair(std::size_t index) {
  Destination& destination = *destinations_[index];
  DestinationResult& told = results_[index];
  auto* const* source = std::get_if<Device*>(&source_);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> tried;
  for (int round = 0; !destination.failed(); ++round) {
    const auto wrong = destination.verifier()->take_mismatches();
    if (wrong.empty() || source == nullptr || round == kRepairs || destination.device().sequential()) {
      for (const Expectation& range : wrong) {
        told.mismatches.emplace_back(range.offset, range.length);
        if (router_) router_->forget(index, range.offset, range.length);
      }
      for (const auto& range : tried)
        if (std::none_of(wrong.begin(), wrong.end(), [&](const Expectation& still) {
              return still.offset < range.first + range.second && range.first < still.offset + still.length;
            }))
          told.rewritten.push_back(range);
      return;
    }
    // An unmap proved at its ends may have left something in the middle.
    destination.stop_unmapping();
    for (const Expectation& range : wrong) {
      if (const std::pair place(range.offset, range.length);
          std::find(tried.begin(), tried.end(), place) == tried.end())
        tried.push_back(place);
      if (router_) router_->forget(index, range.offset, range.length);
      rewrite(**source, destination, range);
    }
    wait_until_idle();
    flush_all();
    verify_all();
  }
}

void Copier::rewrite(Device& source, Destination& destination, const Expectation& range) {
  // A range of zeros may be a part of a block, and a map knows only whole ones.
  const std::uint64_t unit = router_ ? router_->block() : 1;
  const std::uint64_t end = std::min(source.size(), round_up(range.offset + range.length, unit));
  for (std::uint64_t at = round_down(range.offset, unit); at < end && !destination.failed();
       at += options_.block) {
    auto block = make_block(at, std::min(options_.block, end - at));
    read_wait(source, at, block->bytes());
    zero_runs(block->bytes(), kGranule, kGranule, block->runs);
    block->hash = hash128(block->bytes());
    if (range.hash ? block->hash == *range.hash : all_zero(block->bytes()))
      destination.write(block);
    else
      destination.fail(Error(Exit::failed, source.name(),
                             fmt::format("{} changed while it was copied", format_range(at, block->length)),
                             "clone from a snapshot, or from a disk that nobody writes to"));
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

void Copier::wait_until_idle() {
  while (!idle()) {
    check();
    std::this_thread::sleep_for(milliseconds(1));
  }
  if (router_)
    while (!router_->wait_until_idle(kStep)) check();
  for (const auto& destination : destinations_)
    while (!destination->wait_until_idle(kStep)) check();
  check();
}

bool Copier::idle() const {
  return reads_ == 0 && pool_.in_use() <= head_blocks_.size();
}

void Copier::abort() {
  if (auto* const* device = std::get_if<Device*>(&source_)) (*device)->cancel();
  for (const auto& destination : destinations_) {
    destination->fail(Error(Exit::interrupted, destination->device().name(), "stopped before the end"));
    destination->device().cancel();
  }
  head_blocks_.clear();
  hash_.stop();
  // Cancelled requests end, and their buffers come back; the buffers' owner must be there until then.
  while (!idle()) std::this_thread::sleep_for(milliseconds(1));
  for (const auto& destination : destinations_)
    while (!destination->wait_until_idle(kStep)) {
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

}  // namespace san
