// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace san::preflight {

/// Checks the prerequisites of a rehearsal, by UEFI or by a BIOS. Throws Error(failed), which names the
/// missing program or file and its Debian package, or the missing right to create a network namespace. May be
/// called before anything else.
void check_rehearsal_tools(bool uefi);

/// Paths of EDK II: its code, and a variable store that was never used.
struct FirmwareFiles {
  std::string code, variables;
};
/// Finds EDK II. Throws Error(failed) if it is not installed.
FirmwareFiles edk2_files();

/// A directory below TMPDIR that only this user may enter. The destructor removes it with its content.
class PrivateDirectory {
 public:
  PrivateDirectory();
  ~PrivateDirectory();
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;

  /// Returns the path of a file in the directory.
  std::string file(std::string_view name) const;
  /// Creates a file of mode 0600 in the directory and returns its path.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

/// Moves the calling thread, and the processes that it starts afterwards, into a network namespace of its
/// own, which has nothing but a loopback interface with 127.0.0.1 and, unless it is empty, the IPv4 address
/// `also`. Throws Error(failed).
void leave_the_network(const std::string& also);

}  // namespace san::preflight
