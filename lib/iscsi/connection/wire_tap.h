// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "iscsi/connection/wire_check.h"

namespace san::iscsi {

/// Passes everything that libiscsi reads from a socket and writes to it in this thread to a WireCheck, for
/// the lifetime of the object. A PDU that the check rejects looks to libiscsi like a failed read.
///
/// libiscsi 1.19 has no hook for this. But it calls recv(), readv(), send() and writev() through the dynamic
/// linker, and the definitions of these four in this library take precedence over libc's (ELF gABI, 5,
/// "Shared object dependencies"). Without a tap in the thread, and for every other descriptor, they behave
/// like libc's. A program in which the linker finds libc's first (one that loads this library by dlopen()) is
/// detected by WireCheck::logged_in().
class WireTap {
 public:
  WireTap(WireCheck& check, int fd);
  ~WireTap();
  WireTap(const WireTap&) = delete;
  WireTap& operator=(const WireTap&) = delete;

  /// Returns the tap of this thread if it belongs to `fd`, else null.
  static WireTap* on(int fd) noexcept;
  WireCheck& check() { return check_; }

 private:
  WireCheck& check_;
  const int fd_;
  WireTap* const outer_;
};

}  // namespace san::iscsi
