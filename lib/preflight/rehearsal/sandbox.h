// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace san::preflight {

/// Throws Error(failed) that names a program or file that a rehearsal takes, by UEFI or by a BIOS, and its
/// Debian package, or what else is missing: the right to make a network namespace. Callable before anything
/// else.
void check_rehearsal_tools(bool uefi);

/// Where EDK II is: its code, and a variable store that was never used.
struct FirmwareFiles {
  std::string code, variables;
};
/// Throws Error(failed) where it is not installed.
FirmwareFiles edk2_files();

/// A directory below TMPDIR that nobody else may enter, and that goes with what is in it.
class PrivateDirectory {
 public:
  PrivateDirectory();
  ~PrivateDirectory();
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;

  /// The path of a file in it.
  std::string file(std::string_view name) const;
  /// Makes a file of mode 0600 there, and returns its path.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

/// Takes the calling thread, and what it starts from now on, out of the network: into a namespace that has
/// nothing but a loopback interface with 127.0.0.1 and, unless it is empty, the IPv4 address `also`. Throws
/// Error(failed).
void leave_the_network(const std::string& also);

}  // namespace san::preflight
