// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "iscsi/login/credentials.h"
#include "iscsi/session/reserver.h"

namespace san {

/// How open_device() opens what the user named.
struct OpenOptions {
  bool writable = false;
  /// For a path, with `writable`: a file that does not exist is made this large, in the format that its name
  /// asks for (format_of_name()); a raw one that is smaller is extended. 0: what comes is of unknown size.
  std::optional<std::uint64_t> create_size;
  /// Go on although something else uses the file or device.
  bool force_in_use = false;
  /// For a path to be read: what is there is the disk, whatever its content and its name say; no image
  /// either.
  bool raw = false;
  /// For a path: what is there and is no image is the disk, whatever its content and its name say.
  bool any_name = false;
  /// For a path to be read: it is a destination, looked at before; that it holds a container does not matter.
  bool to_be_written = false;
  /// For a path to be read: a qcow2 image may have backing files (QemuImageOptions).
  bool allow_backing = false;
  /// For a path to be read: whatever uses it, without a word. For a look that nobody relies on.
  bool look_only = false;
  /// For a path to be read: numbers of file systems that are frozen (FileOptions::frozen).
  std::vector<dev_t> frozen = {};
  iscsi::LoginOptions login;
  unsigned sessions = 0;  ///< iSCSI sessions, NBD connections side by side, 0 for the device's own choice
  unsigned depth = 0;     ///< iSCSI: requests in flight a session, 0 for the device's own choice
  iscsi::ReserveOptions reserve = {};  ///< iSCSI, with `writable`
};

/// Opens a device argument of the command line: PATH, iscsi://…, profile:FILE (the LUN of a boot profile,
/// with the login of that profile) or nbd://… . Images are recognised by their content (recognise_file()),
/// new ones by their name. Throws Error; what can be judged from the text alone is Error(usage), and so is a
/// file that is to be read and is compressed, unless it is a .zst with a usable seek table. Other containers
/// (recognise_container()) are Error(refused).
std::unique_ptr<Device> open_device(const std::string& argument, const OpenOptions& options);

/// Judges a device argument by its text, and the boot profile that it names, before anything is opened.
/// Throws Error(usage).
void check_argument(const std::string& argument);

/// What was opened by open_device() and is no regular file is the disk itself: throws Error(refused) where
/// what is on it is a container or an image. Nothing is said of what cannot be read.
void check_content(Device& device);

/// Throws Error(usage) where a destination of that name would not be what its name promises, being a raw
/// disk: disk.img.gz, disk.ova. Devices, URLs and names of formats that are made (format_of_name()) are fine.
void check_promise(const std::string& destination);

/// Whether `path` is a .zst file that open_device() cannot open, because it can only be decompressed from
/// front to back.
bool is_zst_stream(const std::string& path, bool force_in_use);

/// Whether a destination of that name is made anew whatever there is: a compressed image.
bool is_made_anew(const std::string& path);

/// Whether two device arguments are paths of the same file.
bool same_file(const std::string& a, const std::string& b);

/// Whether `argument` is no path: written like a URL of any kind ("scheme://"), or profile:FILE. A file of
/// such a name is ./profile:FILE.
bool is_any_url(const std::string& argument);

/// The file of an argument that is profile:FILE; nothing for any other. Throws Error(usage) where it is
/// empty.
std::optional<std::string> profile_file(const std::string& argument);

/// Whether `argument` names an iSCSI LUN: by its URL, or by a profile.
bool is_lun(const std::string& argument);

}  // namespace san
