// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san {

/// True if `path` names the very file that `fd` has open; another process may have replaced it. A symbolic
/// link counts as another file.
bool is_named(int fd, const std::string& path);

/// Renames `from` to `to` unless `to` exists. Returns 0, EEXIST, or another errno. On file systems without
/// RENAME_NOREPLACE (renameat2(2)) it makes a hard link and removes `from`; without hard links as well it
/// checks for `to` beforehand, which leaves a race.
int rename_new(const std::string& from, const std::string& to);

/// Flushes the directory of `path`, so that the name is on stable storage. Returns false, with errno set, if
/// the directory may not be read, or its file system cannot flush directories. Throws Error(failed) if
/// flushing it failed.
bool flush_directory_of(const std::string& path);

/// Returns the end of the symbolic links that begin at `path`, even if nothing is there yet; `path` if it is
/// no link, or if the links cannot be read. Links of its directories are left in it.
std::string follow_links(const std::string& path);

/// Throws Error(usage) if the directory that `path` would be created in does not exist.
void check_directory_of(const std::string& path);

}  // namespace san
