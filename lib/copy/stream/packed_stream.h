// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "block/image/container.h"
#include "copy/stream/input_stream.h"

namespace san::copy {

/// Content of another stream that is compressed. read() and peek() throw Error(failed) if that is damaged, or
/// ends before its own end: the data that came before are not the whole. Several compressed files in a row
/// are one, as for the programs that make them. Data behind the last one are ignored with a warning if these
/// programs do the same (gzip, bzip2, lzip), unless they are the beginning of another file; zeros are
/// padding.
class PackedStream : public InputStream {
 public:
  /// Reads `packed`, which is compressed by `packing`.
  PackedStream(std::unique_ptr<InputStream> packed, Container::Packing packing);

 protected:
  using KeepGoing = std::function<bool()>;

  /// Returns the next packed bytes, none at the end; valid until the next call. Nothing if `keep_going`
  /// returned false.
  std::optional<std::span<const std::byte>> next(const KeepGoing& keep_going);
  /// Returns true if next() has returned all of the packed bytes.
  bool all_given() const { return all_given_; }
  /// Returns the number of packed bytes that next() has returned.
  std::uint64_t given() const { return given_; }

  /// Reads and checks the data behind the end: `rest` first, then all that comes. False if `keep_going`
  /// returned false. Throws Error(failed) if they must not be ignored.
  bool pass_over(std::span<const std::byte> rest, const KeepGoing& keep_going);

  /// Returns an error about the content after `taken` packed bytes, with the text of the library that found
  /// it, if there is one.
  Error damaged(std::uint64_t taken, const char* text) const;
  /// Returns an error about packed bytes that end too early.
  Error cut_off() const;

 private:
  std::unique_ptr<InputStream> packed_;
  Container::Packing packing_;
  std::vector<std::byte> buffer_;
  std::uint64_t given_ = 0;
  bool all_given_ = false;
};

/// Returns the name of the program that makes it: "xz".
const char* program_of(Container::Packing packing);

}  // namespace san::copy
