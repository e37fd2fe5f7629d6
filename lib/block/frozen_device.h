// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"
#include "block/freeze.h"

namespace san {

/// A source whose file systems are frozen: what is read is of one moment, or the read fails. It cannot be
/// written.
class FrozenDevice final : public Device {
 public:
  /// Both outlive it.
  FrozenDevice(Device& below, const Freeze& freeze) : below_(below), freeze_(freeze) {}

  const std::string& name() const override { return below_.name(); }
  std::uint64_t size() const override { return below_.size(); }
  std::uint64_t content_size() const override { return below_.content_size(); }
  Limits limits() const override { return below_.limits(); }
  std::string identity() const override { return below_.identity(); }
  std::string lasting_identity() const override { return below_.lasting_identity(); }
  bool read_only() const override { return true; }
  /// Throws where read() would fail.
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override;
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override;
  void flush(Completion done) override { done(nullptr); }
  void cancel() override { below_.cancel(); }

 private:
  void refuse(const Completion& done) const;

  Device& below_;
  const Freeze& freeze_;
};

}  // namespace san
