// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace san::preflight {

/// What a session has moved so far, bytes.
struct SessionTraffic {
  unsigned session = 0;  ///< the target's number of it: later ones have higher numbers
  std::uint64_t read = 0, written = 0;
};

/// How a machine has come to its end.
enum class MachineEnd { none, powered_off, reset, exited };

/// What is seen of a machine that boots, at one time.
struct RehearsalSample {
  double seconds = 0;  ///< since it was started
  std::vector<SessionTraffic> sessions;
  std::string serial;  ///< all that its serial console has said, or the end of it; as it came
  MachineEnd end = MachineEnd::none;
};

enum class Rehearsed {
  up,        ///< the system came up from the LUN
  no_start,  ///< nothing of it has run: firmware or boot loader
  no_login,  ///< its boot loader was read, but it has not logged in by itself
  stopped,   ///< it has logged in, but did not come up
};

/// Judges a boot without knowing the system. The first session that reads is the firmware's, and the boot
/// loader's too; a later one is the system's own. That it writes means that the root file system is mounted
/// read-write: initramfs and boot loader do not come so far. A system is up when it asks for a user on the
/// serial console, when it powers off by itself after it has written, or when it has written and then run on
/// for a while without a sign of failure.
class RehearsalWatch {
 public:
  /// `settle`: seconds to run on without a sign of failure; `limit`: seconds for everything.
  RehearsalWatch(double settle, double limit) : settle_(settle), limit_(limit) {}

  /// The result, once it is known. Samples come in the order of time.
  std::optional<Rehearsed> observe(const RehearsalSample& sample);

  /// What was seen, with times: "the firmware logged in after 4 s and read 47 MiB". Printable.
  std::string story() const;
  /// What decided it: "says \"Kernel panic\" after 30 s". Printable.
  const std::string& reason() const { return reason_; }
  /// The part of the serial console (plain_console) that tells most of a failure.
  std::string_view console() const { return console_; }
  /// How far it has come, to notice a change: 0 to 3.
  int stage() const { return (firmware_ ? 1 : 0) + (system_login_ ? 1 : 0) + (system_write_ ? 1 : 0); }
  /// Seconds after which the system's own session was there; nothing where it never was.
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

/// The text without escape sequences (ECMA-48, 5.4), carriage returns and other control characters but line
/// feeds.
std::string plain_console(std::string_view text);

/// By what a boot has failed.
struct ConsoleFailure {
  std::string line;     ///< of the console, printable
  bool early = false;   ///< firmware or boot loader say it, no kernel has run
  std::size_t end = 0;  ///< of the line in the console, an offset
};

/// The line of a serial console (plain_console) by which a boot has failed; nothing where there is none.
std::optional<ConsoleFailure> console_failure(std::string_view console);

/// Whether the console asks for a user's name: getty's "HOST login:".
bool asks_for_user(std::string_view console);

/// The last lines of a console that say something, printable.
std::vector<std::string> last_lines(std::string_view console, std::size_t count);

/// The sessions of LUN `lun` in what `tgtadm --op stat --mode target` prints.
std::vector<SessionTraffic> parse_tgt_stat(std::string_view text, unsigned lun);

}  // namespace san::preflight
