// SPDX-License-Identifier: Apache-2.0
#include "copy/map/reservation_key.h"

#include <fmt/core.h>

#include "core/endian.h"
#include "core/hash.h"

namespace san::copy {
namespace {

constexpr unsigned kPidBits = 22, kMachineBits = 18;
constexpr std::uint64_t kPidMask = (std::uint64_t{1} << kPidBits) - 1;
constexpr std::uint64_t kMark = 0x53414E;  // "SAN"

std::uint64_t machine_hash(const WriterProcess& process) {
  std::string text = fmt::format("{} {} ", process.host, process.pid_namespace);
  text.append(reinterpret_cast<const char*>(process.boot.data()), process.boot.size());  // NOLINT
  const Hash128 hash = hash128(std::as_bytes(std::span(text)));
  return std::uint64_t{*read_at<be64>(std::as_bytes(std::span(hash.bytes)), 0)} >> (64 - kMachineBits);
}

}  // namespace

std::uint64_t reservation_key(const WriterProcess& process) {
  return kMark << (kPidBits + kMachineBits) | machine_hash(process) << kPidBits | (process.pid & kPidMask);
}

iscsi::KeyOwner owner_of_key(std::uint64_t key) {
  using Kind = iscsi::KeyOwner::Kind;
  if (key >> (kPidBits + kMachineBits) != kMark) return {Kind::stranger, {}};
  const WriterProcess here = this_process();
  if (key == reservation_key(here)) return {Kind::own, {}};
  const auto pid = static_cast<std::uint32_t>(key & kPidMask);
  const bool local = key >> kPidBits == reservation_key(here) >> kPidBits;
  std::string name = fmt::format("process {} on {}", pid, local ? here.host : "another machine");
  if (local && runs(pid, 0) == false) return {Kind::dead, std::move(name)};
  return {Kind::unknown, std::move(name)};
}

iscsi::ReserveOptions reserve_options(iscsi::ReserveMode mode) {
  return {mode, reservation_key(this_process()), owner_of_key};
}

}  // namespace san::copy
