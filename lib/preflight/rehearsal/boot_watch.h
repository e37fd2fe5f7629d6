// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace san::preflight {

/// Traffic of a session so far, in bytes.
struct SessionTraffic {
  unsigned session = 0;  ///< the target's session number: later sessions have higher ones
  std::uint64_t read = 0, written = 0;
};

/// Kinds of end of a virtual machine.
enum class MachineEnd { none, powered_off, reset, exited };

/// Observations of a booting machine at one time.
struct RehearsalSample {
  double seconds = 0;  ///< time since its start, seconds
  std::vector<SessionTraffic> sessions;
  std::string serial;  ///< output of the serial console, unfiltered; all of it, or the end
  MachineEnd end = MachineEnd::none;
};

enum class Rehearsed {
  up,        ///< the system came up from the LUN
  no_start,  ///< nothing of the system has run: firmware or boot loader failed
  no_login,  ///< its boot loader was read, but the system's own initiator has not logged in
  stopped,   ///< it has logged in, but did not come up
};

/// Judges a boot without knowledge of the system. The first session that reads belongs to the firmware and
/// the boot loader; a later one is the system's own. A write in it means that the root file system is mounted
/// read-write: initramfs and boot loader do not get that far. A system is up when it has logged in and asks
/// for a user on the serial console, when it powers off after it has written, or when it has written and then
/// run for a while without a sign of failure.
class RehearsalWatch {
 public:
  /// Sets the times in seconds: `settle` to run without a sign of failure, `limit` for everything.
  RehearsalWatch(double settle, double limit) : settle_(settle), limit_(limit) {}

  /// Adds a sample and returns the result once it is known. Samples must be in the order of time.
  std::optional<Rehearsed> observe(const RehearsalSample& sample);

  /// Returns the observations with times: "the firmware logged in after 4 s and read 47 MiB". Printable.
  std::string story() const;
  /// Returns the decisive observation: "after 30 s its console says \"Kernel panic\"". Printable.
  const std::string& reason() const { return reason_; }
  /// Returns the part of the serial console (plain_console) that explains a failure best.
  std::string_view console() const { return console_; }
  /// Returns the progress, to notice a change: 0 to 3.
  int stage() const { return (firmware_ ? 1 : 0) + (system_login_ ? 1 : 0) + (system_write_ ? 1 : 0); }
  /// Returns the time in seconds of the system's own login; nothing if there was none.
  std::optional<double> system_login() const { return system_login_; }

 private:
  Rehearsed failed() const;
  void account(const RehearsalSample& sample);

  double settle_, limit_;
  std::map<unsigned, SessionTraffic> sessions_;
  std::optional<unsigned> firmware_;
  std::optional<double> firmware_login_, system_login_, system_write_;
  std::uint64_t system_read_ = 0, system_written_ = 0;
  std::string reason_, console_;
};

/// Removes escape sequences (ECMA-48, 5.4), carriage returns and other control characters but line feeds.
std::string plain_console(std::string_view text);

/// A message on the console that means a failed boot.
struct ConsoleFailure {
  std::string line;     ///< of the console, printable
  bool early = false;   ///< message of firmware or boot loader: no kernel has run
  std::size_t end = 0;  ///< offset of the end of the line in the console
};

/// Finds the line of a serial console (plain_console) that means a failed boot; nothing if there is none.
std::optional<ConsoleFailure> console_failure(std::string_view console);

/// Returns true if the console asks for a user's name: getty's "HOST login:".
bool asks_for_user(std::string_view console);

/// Returns the last `count` lines of a console that are not empty, printable.
std::vector<std::string> last_lines(std::string_view console, std::size_t count);

/// Parses the output of `tgtadm --op stat --mode target`: the sessions of LUN `lun`.
std::vector<SessionTraffic> parse_tgt_stat(std::string_view text, unsigned lun);

}  // namespace san::preflight
