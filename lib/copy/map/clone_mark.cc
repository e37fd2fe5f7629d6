// SPDX-License-Identifier: Apache-2.0
#include "copy/map/clone_mark.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/endian.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace san::copy {
namespace {

// Text for a user who finds the mark with a hex editor.
constexpr std::string_view kText = "Written by sanclone: this disk is not a complete clone.\n";
constexpr std::uint32_t kVersion = 1;

struct RawMark {
  char text[64] = {};
  le32 version;
  le32 pid;
  std::array<std::uint8_t, 16> run = {}, epoch = {}, boot = {};
  le64 counter, beat, since, pid_namespace, ticks;
  char host[64] = {};
};
constexpr std::size_t kChecksumAt = kMarkBytes - sizeof(le64);
static_assert(sizeof(RawMark) == 224 && sizeof(RawMark) <= kChecksumAt);
static_assert(kText.size() < sizeof(RawMark::text) && WriterProcess::kMaxHost < sizeof(RawMark::host));

std::uint64_t checksum(std::span<const std::byte> block) {
  return XXH3_64bits_withSeed(block.data(), kChecksumAt, kVersion);
}

}  // namespace

std::vector<std::byte> write_mark(const CloneMark& mark, std::size_t block) {
  RawMark raw;
  std::copy(kText.begin(), kText.end(), raw.text);
  raw.version = kVersion;
  raw.pid = mark.writer.pid;
  raw.run = mark.run.bytes;
  raw.epoch = mark.epoch.token.bytes;
  raw.boot = mark.writer.boot;
  raw.counter = mark.epoch.counter;
  raw.beat = mark.beat;
  raw.since = mark.since;
  raw.pid_namespace = mark.writer.pid_namespace;
  raw.ticks = mark.writer.ticks;
  std::copy_n(mark.writer.host.begin(), std::min(mark.writer.host.size(), WriterProcess::kMaxHost), raw.host);
  std::vector<std::byte> bytes(std::max(block, kMarkBytes));
  write_at(bytes, 0, raw);
  write_at(bytes, kChecksumAt, le64(checksum(bytes)));
  return bytes;
}

std::optional<CloneMark> read_mark(std::span<const std::byte> block) {
  const auto raw = read_at<RawMark>(block, 0);
  const auto sum = read_at<le64>(block, kChecksumAt);
  if (!raw || !sum || std::string_view(raw->text, kText.size()) != kText || raw->version != kVersion ||
      *sum != checksum(block))
    return std::nullopt;
  CloneMark mark;
  mark.run.bytes = raw->run;
  mark.writer.host.assign(raw->host, strnlen(raw->host, WriterProcess::kMaxHost));
  // The name is printed, and the disk may hold any bytes.
  for (char& c : mark.writer.host)
    if (c <= ' ' || c > '~') c = '?';
  mark.writer.boot = raw->boot;
  mark.writer.pid_namespace = raw->pid_namespace;
  mark.writer.pid = raw->pid;
  mark.writer.ticks = raw->ticks;
  mark.since = raw->since;
  mark.beat = raw->beat;
  mark.epoch = {{raw->epoch}, raw->counter};
  return mark;
}

}  // namespace san::copy
