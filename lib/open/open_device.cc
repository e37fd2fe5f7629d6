// SPDX-License-Identifier: Apache-2.0
#include "open/open_device.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "block/file/file_device.h"
#include "block/image/container.h"
#include "block/image/image_format.h"
#include "block/image/qemu_image.h"
#include "block/nbd/nbd_device.h"
#include "block/zst/zst_device.h"
#include "block/zst/zst_writer.h"
#include "boot/profile/profile_login.h"
#include "core/hint_id.h"
#include "iscsi/device/lun_device.h"
#include "system/file/name_promise.h"

namespace san {
namespace {

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

enum class Access { read, write };

iscsi::LunOptions lun_options(const OpenOptions& options, Access access) {
  iscsi::LunOptions lun;
  lun.sessions = options.sessions;
  lun.depth = options.depth;
  if (access == Access::write) lun.reserve = options.reserve;
  return lun;
}

/// Opens an argument that names a LUN or an export; null for a path.
std::unique_ptr<Device> open_remote(const std::string& argument, const OpenOptions& options, Access access) {
  if (const auto file = profile_file(argument)) {
    const boot::BootProfile& profile = options.login.profiles->read(*file);
    // Read the secrets first: a portal that does not answer takes seconds.
    const iscsi::Credentials credentials = boot::make_credentials(options.login, &profile, "");
    return iscsi::open_lun(boot::url(profile), credentials, lun_options(options, access));
  }
  check_argument(argument, *options.login.profiles);
  if (iscsi::is_url(argument)) {
    const iscsi::Url url = iscsi::parse_url(argument);
    return iscsi::open_lun(url, boot::make_credentials(options.login, url.user),
                           lun_options(options, access));
  }
  if (!is_nbd_url(argument)) return nullptr;
  NbdContext context;
  context.server = parse_nbd_url(argument);
  context.name = argument;
  return open_nbd(context, {access == Access::write, options.sessions, {}});
}

/// Throws Error(refused) if the name of an existing file promises a format that its content does not have.
/// The extents of a VMDK of several files are raw, whatever their names.
void check_name(const std::string& path, const OpenOptions& options) {
  std::error_code error;
  if (options.raw || options.any_name || path.ends_with("-flat.vmdk") ||
      !std::filesystem::is_regular_file(path, error))
    return;
  const std::string format = format_of_name(path);
  const auto promise = promise_of_name(path);
  if (format.empty() && (!promise || !promise->compressed)) return;
  throw Error(Exit::refused, path,
              format.empty() ? fmt::format("is named like {} but is not one", promise->what)
                             : fmt::format("is named like a {} image but is not one", shown_format(format)),
              Hint(HintId::raw_name, "give a raw image another name, or remove a file that is not an image"));
}

/// Throws for a file to be read that is a container: not a disk, or without random access.
void check_container(const std::string& path) {
  const auto found = recognise_container_file(path);
  if (!found) return;
  if (found->packing == Container::Packing::none) throw no_disk(*found, path, Came::as_file);
  throw Error(Exit::usage, path, found->what + ", and can only be read from front to back",
              "clone it (into a .zst file, which can be read at any place), or decompress it first");
}

std::unique_ptr<Device> open_image(const std::string& path, const ImageFormat& format,
                                   const OpenOptions& options, Access access,
                                   std::unique_ptr<NewFile> made = nullptr) {
  QemuImageOptions image;
  image.writable = access == Access::write;
  image.force_in_use = options.force_in_use || options.look_only;
  image.allow_backing = options.allow_backing;
  image.connections = options.sessions;
  return open_qemu_image(path, format, image, std::move(made));
}

std::unique_ptr<Device> open_raw(const std::string& path, const OpenOptions& options, Access access) {
  FileOptions file;
  file.writable = access == Access::write;
  file.create_size = options.create_size;
  file.resize = FileOptions::Resize::at_least;
  file.force_in_use = options.force_in_use;
  file.look_only = options.look_only;
  file.frozen = options.frozen;
  return open_file(path, file);
}

std::unique_ptr<ReadableDevice> open_path_for_reading(const std::string& path, const OpenOptions& options) {
  const auto format = options.raw ? std::nullopt : recognise_file(path);
  if (!format && !options.raw && !options.any_name && !options.to_be_written) check_container(path);
  if (!format) check_name(path, options);
  if (!format) return open_raw(path, options, Access::read);
  if (format->name != "zst") return open_image(path, *format, options, Access::read);
  if (auto device = open_zst(path, options.force_in_use || options.look_only)) return device;
  throw Error(Exit::usage, path, "has no seek table and can only be read from front to back",
              Hint(HintId::clone_to_zst, "clone it into a .zst file with one, or decompress it first"));
}

std::unique_ptr<Device> open_path_for_writing(const std::string& path, const OpenOptions& options) {
  const std::string by_name = format_of_name(path);
  if (options.create_size && is_made_anew(path))
    return create_zst(path, *options.create_size > 0 ? options.create_size : std::nullopt);

  auto format = recognise_file(path);
  std::unique_ptr<NewFile> made;
  if (options.create_size && !by_name.empty() && !exists(path)) {
    if (*options.create_size == 0)
      throw Error(Exit::usage, path,
                  fmt::format("is to be a new {} image, but its size is not known", by_name),
                  fmt::format("create it first: qemu-img create -f {} FILE SIZE", by_name));
    made = create_qemu_image(path, by_name, *options.create_size);
    format = ImageFormat{by_name, ""};
  }
  if (!format) check_name(path, options);
  if (format && format->name != "zst")
    return open_image(path, *format, options, Access::write, std::move(made));
  return open_raw(path, options, Access::write);
}

}  // namespace

void check_content(ReadableDevice& device) {
  std::vector<std::byte> front(static_cast<std::size_t>(std::min<std::uint64_t>(kImageFront, device.size())));
  try {
    read_wait(device, 0, front);
  } catch (const Error& error) {
    if (error.code() != Exit::failed) throw;
    return;  // the clone reports unreadable ranges
  }
  if (const auto found = recognise_bytes(front)) throw no_disk(*found, device.name(), Came::as_device);
}

void check_promise(const std::string& destination) {
  std::error_code error;
  const auto promise = promise_of_name(destination);
  if (!promise || is_any_url(destination) ||
      (exists(destination) && !std::filesystem::is_regular_file(destination, error)))
    return;
  throw Error(Exit::usage, destination,
              fmt::format("would be a raw disk under the name of {}", promise->what), promise->instead);
}

std::optional<std::string> profile_file(const std::string& argument) {
  constexpr std::string_view kPrefix = "profile:";
  if (!argument.starts_with(kPrefix)) return std::nullopt;
  if (argument.size() == kPrefix.size())
    throw Error(Exit::usage, argument, "names no boot profile", "the form is profile:FILE");
  return argument.substr(kPrefix.size());
}

bool is_lun(const std::string& argument) {
  return iscsi::is_url(argument) || profile_file(argument);
}

bool is_any_url(const std::string& argument) {
  if (profile_file(argument)) return true;
  const auto colon = argument.find("://");
  // RFC 3986, 3.1. Also in capitals: ISCSI:// is no path.
  return colon != std::string::npos && colon > 0 &&
         argument.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-") ==
             colon;
}

void check_argument(const std::string& argument, boot::ProfileCache& profiles) {
  if (const auto file = profile_file(argument)) {
    profiles.read(*file);
  } else if (iscsi::is_url(argument)) {
    iscsi::parse_url(argument);
  } else if (is_nbd_url(argument)) {
    parse_nbd_url(argument);
  } else if (is_any_url(argument)) {
    throw Error(
        Exit::usage, argument,
        fmt::format("no devices of the kind {} are known", argument.substr(0, argument.find("://") + 3)),
        "a device is a path, iscsi://HOST[:PORT]/TARGET-NAME/LUN, profile:FILE or nbd://HOST[:PORT]/NAME");
  }
}

bool is_zst_stream(const std::string& path, bool force_in_use) {
  if (is_any_url(path)) return false;
  const auto format = recognise_file(path);
  return format && format->name == "zst" && !open_zst(path, force_in_use);
}

bool is_made_anew(const std::string& path) {
  return !is_any_url(path) && format_of_name(path) == "zst";
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return !is_any_url(a) && !is_any_url(b) && std::filesystem::equivalent(a, b, error) && !error;
}

std::unique_ptr<ReadableDevice> open_for_reading(const std::string& argument, const OpenOptions& options) {
  if (auto device = open_remote(argument, options, Access::read)) return device;
  return open_path_for_reading(argument, options);
}

std::unique_ptr<Device> open_for_writing(const std::string& argument, const OpenOptions& options) {
  if (auto device = open_remote(argument, options, Access::write)) return device;
  return open_path_for_writing(argument, options);
}

}  // namespace san
