// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "iscsi/connection/wire_check.h"

namespace san::iscsi {

/// While it lives a WireCheck sees what libiscsi reads from the socket and writes to it in this thread, and a
/// PDU that it does not let pass looks to libiscsi like a read that failed.
///
/// libiscsi 1.19 has no hook for this. But it calls recv(), readv(), send() and writev() through the dynamic
/// linker, and the definitions of these four in this library stand in front of libc's (ELF gABI, 5, "Shared
/// object dependencies"). Without a tap in the thread, and for every other descriptor, they are libc's. A
/// program in which the linker finds libc's first (one that loads this library by dlopen()) is found out by
/// WireCheck::logged_in().
class WireTap {
 public:
  WireTap(WireCheck& check, int fd);
  ~WireTap();
  WireTap(const WireTap&) = delete;
  WireTap& operator=(const WireTap&) = delete;

  /// The tap of this thread, if it is about `fd`; else null.
  static WireTap* on(int fd) noexcept;
  WireCheck& check() { return check_; }

 private:
  WireCheck& check_;
  const int fd_;
  WireTap* const outer_;
};

}  // namespace san::iscsi
