// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "boot/profile/login_options.h"
#include "iscsi/session/reserver.h"

namespace san {

/// Options of open_for_reading() and open_for_writing().
struct OpenOptions {
  /// For a path to be written: size in bytes of a new file, made in the format that its name asks for
  /// (format_of_name()); an existing raw file that is smaller is extended. 0 if the size of the data is not
  /// known in advance.
  std::optional<std::uint64_t> create_size;
  /// Opens the file or device even if it is in use.
  bool force_in_use = false;
  /// For a path to be read: treats the content as a raw disk, whatever it looks like and whatever the name
  /// says; not even images are recognised.
  bool raw = false;
  /// For a path: treats everything except images as a raw disk, whatever the content and the name say.
  bool any_name = false;
  /// For a path to be read: it is inspected as a destination, and may hold a container.
  bool to_be_written = false;
  /// For a path to be read: a qcow2 image may have backing files (QemuImageOptions).
  bool allow_backing = false;
  /// For a path to be read: skips the in-use checks silently; for display only, when no result depends on it.
  bool look_only = false;
  /// For a path to be read: device numbers of frozen file systems (FileOptions::frozen).
  std::vector<dev_t> frozen = {};
  boot::LoginOptions login;
  unsigned sessions = 0;  ///< iSCSI sessions or NBD connections side by side; 0 lets the device choose
  unsigned depth = 0;     ///< iSCSI: requests in flight per session; 0 lets the device choose
  iscsi::ReserveOptions reserve = {};  ///< iSCSI, to be written
};

/// Opens a device argument of the command line to be read: PATH, iscsi://…, profile:FILE (the LUN of a boot
/// profile, with the login of that profile) or nbd://… . Images are recognised by their content
/// (recognise_file()). Throws Error(usage) for faults of the text alone and for a compressed file, unless it
/// is a .zst with a usable seek table; Error(refused) for other containers (recognise_container()); other
/// errors as opening the device gives them.
std::unique_ptr<ReadableDevice> open_for_reading(const std::string& argument, const OpenOptions& options);

/// Opens a device argument to be written and read. Images are recognised by their content, new ones by their
/// name. Throws Error(usage) for faults of the text alone; other errors as opening the device gives them.
std::unique_ptr<Device> open_for_writing(const std::string& argument, const OpenOptions& options);

/// Checks the text of a device argument, and the boot profile that it names, before anything is opened.
/// Throws Error(usage).
void check_argument(const std::string& argument, boot::ProfileCache& profiles);

/// Throws Error(refused) if the content of an opened device that is not a regular file is a container or an
/// image: such a device must be the disk itself. Content that cannot be read is not checked.
void check_content(ReadableDevice& device);

/// Throws Error(usage) if a destination would become a raw disk although its name promises something else:
/// disk.img.gz, disk.ova. Devices, URLs and the names of formats that can be written (format_of_name()) are
/// accepted.
void check_promise(const std::string& destination);

/// Returns true if `path` is a .zst file without a usable seek table, which open_for_reading() cannot open
/// because it can only be decompressed from front to back.
bool is_zst_stream(const std::string& path, bool force_in_use);

/// Returns true if a destination of that name always replaces an existing file: a compressed image.
bool is_made_anew(const std::string& path);

/// Returns true if both device arguments are paths of one file.
bool same_file(const std::string& a, const std::string& b);

/// Returns true if `argument` is not a path: written like a URL of any scheme ("scheme://"), or profile:FILE.
/// A file of such a name can be given as ./profile:FILE.
bool is_any_url(const std::string& argument);

/// Returns FILE of an argument profile:FILE; nothing for any other argument. Throws Error(usage) if FILE is
/// empty.
std::optional<std::string> profile_file(const std::string& argument);

/// Returns true if `argument` names an iSCSI LUN, by its URL or by a profile.
bool is_lun(const std::string& argument);

}  // namespace san
