// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "block/image/container.h"
#include "copy/stream/input_stream.h"

namespace san {

/// What another stream holds compressed. read() and peek() throw Error(failed) where that is damaged, or ends
/// before its own end: what came before is not the whole. Several compressed files in a row are one, as the
/// programs that make them have it. What stands behind the last one is ignored with a warning where they do
/// so (gzip, bzip2, lzip), unless it is the beginning of another; zeros are padding.
class PackedStream : public InputStream {
 public:
  PackedStream(std::unique_ptr<InputStream> packed, Container::Packing packing);

 protected:
  using KeepGoing = std::function<bool()>;

  /// The next packed bytes, none at the end; valid until the next call. Nothing where `keep_going` said no.
  std::optional<std::span<const std::byte>> next(const KeepGoing& keep_going);
  /// Whether all of the packed bytes have been given by next().
  bool all_given() const { return all_given_; }
  /// Packed bytes given by next().
  std::uint64_t given() const { return given_; }

  /// Reads and judges what stands behind the end: `rest` first, then all that comes. False where `keep_going`
  /// said no.
  bool pass_over(std::span<const std::byte> rest, const KeepGoing& keep_going);

  /// Of what is wrong after `taken` packed bytes: in the words of the library that found it, where it says
  /// any.
  Error damaged(std::uint64_t taken, const char* text) const;
  /// Of packed bytes that end too early.
  Error cut_off() const;

 private:
  std::unique_ptr<InputStream> packed_;
  Container::Packing packing_;
  std::vector<std::byte> buffer_;
  std::uint64_t given_ = 0;
  bool all_given_ = false;
};

/// The name of the program that makes it: "xz".
const char* program_of(Container::Packing packing);

}  // namespace san
