// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san {

/// Tells whether `path` names the very file that `fd` has open: another process may have replaced it. A
/// symbolic link is another file.
bool is_named(int fd, const std::string& path);

/// Renames `from` to `to` where nothing has that name: 0, EEXIST, or another errno. File systems without
/// RENAME_NOREPLACE (renameat2(2)) get a second name, and those without hard links a look beforehand.
int rename_new(const std::string& from, const std::string& to);

/// Brings the name `path` to stable storage. A directory that may not be read, or that cannot be synced at
/// all, is not an error. Throws Error(failed).
void flush_directory_of(const std::string& path);

}  // namespace san
