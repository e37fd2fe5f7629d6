// SPDX-License-Identifier: Apache-2.0
#include "devices/fault_device.h"

#include <fmt/core.h>

#include "core/units.h"

namespace san {
namespace {

using Op = FaultDevice::Op;

bool touches(const FaultDevice::Rule& rule, const FaultDevice::Request& request) {
  if (rule.op != request.op) return false;
  if (request.op == Op::flush) return true;
  // Written so that neither end overflows.
  return request.offset < rule.offset ? request.length > rule.offset - request.offset
                                      : request.length > 0 && request.offset - rule.offset < rule.length;
}

/// True if `rule` applies to this request, which it touches; counts the request.
bool take_turn(FaultDevice::Rule& rule) {
  if (rule.skip > 0) {
    --rule.skip;
    return false;
  }
  if (rule.count == 0) return false;
  if (rule.count != FaultDevice::kAll) --rule.count;
  return true;
}

}  // namespace

FaultDevice::FaultDevice(std::shared_ptr<Device> below) : DeviceFilter(*below), owned_(std::move(below)) {}

void FaultDevice::add(Rule rule) {
  const bool short_read = std::holds_alternative<ShortRead>(rule.effect);
  const auto* corrupt = std::get_if<Corrupt>(&rule.effect);
  if ((short_read && rule.op != Op::read) ||
      (corrupt != nullptr && rule.op != Op::read && rule.op != Op::write))
    throw Error(Exit::usage, name(), "a fault rule has an effect that its kind of request cannot have");
  if (corrupt != nullptr) {
    rule.offset = corrupt->offset;
    rule.length = 1;
  }
  const std::scoped_lock lock(mutex_);
  rules_.push_back(std::move(rule));
}

void FaultDevice::clear() {
  const std::scoped_lock lock(mutex_);
  rules_.clear();
  limit_ = kAll;
}

void FaultDevice::limit(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  limit_ = bytes;
}

std::uint64_t FaultDevice::count(Op op) const {
  const std::scoped_lock lock(mutex_);
  return counts_[static_cast<std::size_t>(op)];
}

std::vector<FaultDevice::Request> FaultDevice::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

void FaultDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  submit({{Op::read, offset, into.size()}, into, {}, std::move(done)});
}

void FaultDevice::write(std::uint64_t offset, std::span<const std::byte> from, Completion done) {
  submit({{Op::write, offset, from.size()}, {}, from, std::move(done)});
}

void FaultDevice::zero(std::uint64_t offset, std::uint64_t length, Completion done) {
  submit({{Op::zero, offset, length}, {}, {}, std::move(done)});
}

void FaultDevice::unmap(std::uint64_t offset, std::uint64_t length, Completion done) {
  submit({{Op::unmap, offset, length}, {}, {}, std::move(done)});
}

void FaultDevice::flush(Completion done) {
  submit({{Op::flush, 0, 0}, {}, {}, std::move(done)});
}

void FaultDevice::submit(Pending pending) {
  const Request& request = pending.request;
  std::optional<Effect> effect;
  std::chrono::milliseconds delay{0};
  {
    const std::scoped_lock lock(mutex_);
    ++counts_[static_cast<std::size_t>(request.op)];
    requests_.push_back(request);
    for (Rule& rule : rules_) {
      if (!touches(rule, request) || !take_turn(rule)) continue;
      if (const auto* wait = std::get_if<Delay>(&rule.effect))
        delay += wait->time;
      else if (!effect)
        effect = rule.effect;
    }
    if (limit_ < request.offset || limit_ - request.offset < request.length)
      effect = Fail{Error(Exit::failed, name(),
                          fmt::format("{} is past the end of the device: logical block address out of range",
                                      format_range(request.offset, request.length)))};
  }
  if (delay.count() == 0) return start(std::move(pending), effect);
  timer_.after(delay,
               [this, pending = std::move(pending), effect]() mutable { start(std::move(pending), effect); });
}

void FaultDevice::start(Pending pending, const std::optional<Effect>& effect) {
  if (!effect) return pass(std::move(pending));
  std::visit([&](const auto& which) { apply(std::move(pending), which); }, *effect);
}

void FaultDevice::apply(Pending pending, const Fail& effect) {
  pending.done(&effect.error);
}

void FaultDevice::apply(Pending pending, const ShortRead&) {
  const std::uint64_t half = round_down(pending.request.length / 2, limits().logical_block);
  Error error(Exit::failed, name(),
              fmt::format("only {} of {} could be read", format_size(half),
                          format_range(pending.request.offset, pending.request.length)));
  below_.read(pending.request.offset, pending.into.first(half),
              [done = std::move(pending.done), error = std::move(error)](const Error* worse) mutable {
                done(worse != nullptr ? worse : &error);
              });
}

void FaultDevice::apply(Pending pending, const Corrupt& effect) {
  const std::uint64_t index = effect.offset - pending.request.offset;
  if (pending.request.op == Op::read) {
    below_.read(pending.request.offset, pending.into,
                [done = std::move(pending.done), &byte = pending.into[index],
                 flip = effect.flip](const Error* error) mutable {
                  if (error == nullptr) byte ^= flip;
                  done(error);
                });
    return;
  }
  const auto copy = std::make_shared<std::vector<std::byte>>(pending.from.begin(), pending.from.end());
  (*copy)[index] ^= effect.flip;
  below_.write(pending.request.offset, *copy,
               [done = std::move(pending.done), copy](const Error* error) mutable { done(error); });
}

void FaultDevice::pass(Pending pending) {
  auto& [request, into, from, done] = pending;
  switch (request.op) {
    case Op::read:
      return below_.read(request.offset, into, std::move(done));
    case Op::write:
      return below_.write(request.offset, from, std::move(done));
    case Op::zero:
      return below_.zero(request.offset, request.length, std::move(done));
    case Op::unmap:
      return below_.unmap(request.offset, request.length, std::move(done));
    case Op::flush:
      return below_.flush(std::move(done));
  }
}

}  // namespace san
