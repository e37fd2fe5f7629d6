// SPDX-License-Identifier: Apache-2.0
#include "os/linux/cpio.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "os/linux/text.h"

namespace san::os {
namespace {

constexpr std::size_t kHeader = 110;                                      // magic and 13 fields of 8 digits
constexpr std::string_view kMagic = "070701", kMagicWithSums = "070702";  // cpio(5)
constexpr std::string_view kEnd = "TRAILER!!!";

std::optional<std::uint32_t> field(std::string_view header, unsigned index) {
  const auto digits = header.substr(6 + std::size_t{8} * index, 8);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + 8, value, 16);
  if (error != std::errc() || end != digits.data() + 8) return std::nullopt;
  return value;
}

/// Header and name, and the content, are each padded to four bytes.
std::uint64_t padded4(std::uint64_t length) {
  return (length + 3) & ~std::uint64_t{3};
}

}  // namespace

CpioReader::CpioReader(std::function<bool(const File&)> wanted, std::function<void(File&&)> found)
    : wanted_(std::move(wanted)), found_(std::move(found)) {}

std::size_t CpioReader::feed(std::span<const std::byte> bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::broken) {
    if (state_ == State::between) {
      if (bytes[at] == std::byte{0}) {
        ++at;
        continue;
      }
      if (bytes[at] != std::byte{'0'}) return at;
      expect(State::header, kHeader, true);
    }
    const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(missing_, bytes.size() - at));
    if (keep_)
      buffer_.insert(buffer_.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + take));
    at += take;
    missing_ -= take;
    while (missing_ == 0 && step()) {
    }
  }
  return at;
}

void CpioReader::expect(State state, std::uint64_t length, bool keep) {
  state_ = state;
  missing_ = length;
  keep_ = keep;
  buffer_.clear();
}

/// Moves from a complete state to the next one. Returns false if that state needs more bytes, or the stream
/// is broken.
bool CpioReader::step() {
  switch (state_) {
    case State::header:
      return read_header();
    case State::name:
      return read_name();
    case State::content:
      finish_file();
      return false;
    case State::between:
    case State::broken:
      break;
  }
  return false;
}

bool CpioReader::read_header() {
  const auto header = as_text(buffer_);
  const auto mode = field(header, 1), mtime = field(header, 5), size = field(header, 6),
             name = field(header, 11);
  if ((!header.starts_with(kMagic) && !header.starts_with(kMagicWithSums)) || !mode || !mtime || !size ||
      !name || *name == 0 || *name > kMaxName) {
    damage_ = "a header of the cpio archive is damaged";
    state_ = State::broken;
    return false;
  }
  file_ = {};
  file_.mode = *mode;
  file_.mtime = *mtime;
  file_.size = *size;
  name_size_ = *name;
  expect(State::name, padded4(kHeader + *name) - kHeader, true);
  return false;
}

bool CpioReader::read_name() {
  const auto name = as_text(buffer_).substr(0, name_size_);
  file_.name = name.substr(0, name.find('\0'));
  if (file_.name == kEnd) {
    ++archives_;
    state_ = State::between;
    return false;
  }
  const bool keep = wanted_(file_);
  expect(State::content, padded4(file_.size), keep);
  return missing_ == 0;
}

void CpioReader::finish_file() {
  if (keep_) {
    buffer_.resize(std::min<std::size_t>(buffer_.size(), static_cast<std::size_t>(file_.size)));
    file_.content = std::move(buffer_);
    buffer_ = {};
  }
  found_(std::move(file_));
  expect(State::header, kHeader, true);
}

}  // namespace san::os
