// SPDX-License-Identifier: Apache-2.0
#include <ctime>
#include <fstream>

#include "block/null_device.h"
#include "copy/compare.h"
#include "copy/copy_checks.h"
#include "copy/engine/copier.h"
#include "copy/sparse_device.h"

using namespace san;
using namespace san::copy;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Memory must not depend on it, and time only by the hash of its zeros, so 2 TiB would show nothing more.
constexpr std::uint64_t kDisk = (kSanitized ? 64 : 256) * GiB;

/// Peak of the resident memory in bytes since the last reset, of Linux; nothing where it does not tell.
std::optional<std::uint64_t> peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmHWM:") {
      std::uint64_t kilobytes = 0;
      status >> kilobytes;
      return kilobytes * KiB;
    }
  return std::nullopt;
}

bool reset_peak() {
  std::ofstream clear("/proc/self/clear_refs");
  return static_cast<bool>(clear << "5" << std::flush);
}

/// A little data every 32 GiB, and a lot at the end.
SparseDevice sparse_disk() {
  std::vector<Extent> data;
  for (std::uint64_t at = 0; at + 32 * GiB <= kDisk; at += 32 * GiB)
    data.push_back({at, 2 * MiB, Extent::Kind::data});
  data.push_back({kDisk - 100 * MiB, 100 * MiB, Extent::Kind::data});
  return {kDisk, std::move(data)};
}

}  // namespace

TEST_CASE("a huge disk of holes takes seconds and little memory") {
  SparseDevice source = sparse_disk();
  NullDevice a("a", kDisk), b("b", kDisk + MiB);
  const bool can_tell = reset_peak();
  const auto before = peak_memory();
  const std::clock_t started = std::clock();
  const CopyResult result = run_copy(&source, {&a, &b});
  // Of processor time, since machines that run tests are busy.
  if (!kSanitized) CHECK((std::clock() - started) / CLOCKS_PER_SEC < 15);
  CHECK(result.total == kDisk);
  CHECK(result.data == kDisk / (32 * GiB) * 2 * MiB + 100 * MiB);
  CHECK(result.zero == kDisk - result.data);
  for (const DestinationResult& one : result.destinations) {
    CHECK(!one.error);
    CHECK(one.bytes.written + one.bytes.unmapped == kDisk);
  }
  if (!kSanitized && can_tell && before) CHECK(*peak_memory() - *before < 100 * MiB);
  // The hash of the whole, taken in another order of lengths.
  Hasher hasher;
  Content part(2 * MiB);
  std::uint64_t at = 0;
  const auto read_part = [&](std::uint64_t offset, std::uint64_t length) {
    hasher.update_zeros(offset - at);
    for (at = offset; at < offset + length; at += part.size()) {
      read_wait(source, at, part);
      hasher.update(part);
    }
  };
  for (std::uint64_t offset = 0; offset + 32 * GiB <= kDisk; offset += 32 * GiB) read_part(offset, 2 * MiB);
  read_part(kDisk - 100 * MiB, 100 * MiB);
  CHECK(result.hash == hasher.digest());
}

TEST_CASE("a huge disk of holes verified: what kernels call holes is not read") {
  SparseDevice source(kDisk, {});
  NullDevice destination("copy", kDisk);
  CopyOptions options;
  options.verify = VerifyMode::full;
  const CopyResult result = run_copy(&source, {&destination}, options);
  CHECK(result.destinations[0].verified == kDisk);
  CHECK(result.destinations[0].mismatches.empty());
}

TEST_CASE("a huge disk of holes compared") {
  SparseDevice left = sparse_disk();
  NullDevice right("right", kDisk);
  Progress progress(nullptr);
  const CompareResult result = compare(left, right, kDisk, {}, progress);
  CHECK(result.ranges.size() == 16);
  CHECK(result.differing == (kDisk / (32 * GiB) * 2 * MiB + 100 * MiB) / 8);
}
