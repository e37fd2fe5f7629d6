// SPDX-License-Identifier: Apache-2.0
#include "clone/clone_devices.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "block/file/output_stream.h"
#include "block/zst/zst_writer.h"
#include "copy/map/reservation_key.h"
#include "copy/stream/file_stream.h"
#include "copy/stream/unpack_stream.h"
#include "core/process/interrupt.h"
#include "open/open_device.h"

namespace san {
namespace {

bool not_interrupted() {
  return !Interrupt::requested();
}

/// Returns the path of a source; /dev/stdin for standard input.
std::string path_of(const std::string& source) {
  return source == "-" ? "/dev/stdin" : source;
}

OpenOptions open_options(const CloneRun& run) {
  OpenOptions options;
  options.login = run.login;
  options.sessions = run.request.sessions;
  options.depth = run.request.depth;
  return options;
}

iscsi::ReserveMode reserve_mode(CloneRequest::Reserve reserve) {
  switch (reserve) {
    case CloneRequest::Reserve::automatic:
      return iscsi::ReserveMode::automatic;
    case CloneRequest::Reserve::never:
      return iscsi::ReserveMode::never;
    case CloneRequest::Reserve::require:
      return iscsi::ReserveMode::require;
  }
  return iscsi::ReserveMode::automatic;
}

}  // namespace

bool is_stream(const std::string& source) {
  struct stat status = {};
  return source == "-" && !(fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode) &&
                            lseek(STDIN_FILENO, 0, SEEK_CUR) == 0);
}

std::unique_ptr<copy::WholeStream> open_stream(const CloneRun& run) {
  const CloneRequest& request = run.request;
  const bool from_program = is_stream(request.source);
  std::unique_ptr<copy::InputStream> bytes;
  if (from_program)
    bytes = std::make_unique<copy::InputStream>("standard input", STDIN_FILENO);
  else if (!request.raw && !is_any_url(request.source) &&
           (is_zst_stream(path_of(request.source), request.force.live) ||
            copy::is_packed_file(path_of(request.source))))
    bytes = copy::open_front_to_back(path_of(request.source), request.force.live);
  else
    return nullptr;
  auto disk = request.raw ? std::move(bytes) : copy::unpack_stream(std::move(bytes), not_interrupted);
  Interrupt::check(disk->name().c_str());
  return std::make_unique<copy::WholeStream>(std::move(disk), from_program, run.overrides(),
                                             warn_of_overridden);
}

namespace {

OpenOptions destination_options(const CloneRun& run) {
  OpenOptions options = open_options(run);
  options.force_in_use = run.request.force.in_use;
  options.any_name = run.request.raw;
  options.to_be_written = run.purpose != CloneRun::Purpose::compare;
  return options;
}

}  // namespace

std::unique_ptr<Device> open_destination(const CloneRun& run, const std::string& argument,
                                         std::optional<std::uint64_t> create_size) {
  const CloneRequest& request = run.request;
  if (argument == "-") {
    const auto open_output = request.compress_output ? open_zst_output : open_output_stream;
    return open_output("standard output", STDOUT_FILENO, create_size > 0 ? create_size : std::nullopt);
  }
  OpenOptions options = destination_options(run);
  options.reserve = copy::reserve_options(reserve_mode(request.reserve));
  options.create_size = create_size;
  return open_for_writing(argument, options);
}

std::unique_ptr<ReadableDevice> look_at_destination(const CloneRun& run, const std::string& argument) {
  return open_for_reading(argument, destination_options(run));
}

std::unique_ptr<ReadableDevice> open_source(const CloneRun& run, const std::vector<dev_t>& frozen) {
  const CloneRequest& request = run.request;
  OpenOptions options = open_options(run);
  options.force_in_use = request.force.live;
  options.frozen = frozen;
  options.raw = request.raw;
  options.allow_backing = request.allow_backing;
  const std::string path = path_of(request.source);
  auto device = open_for_reading(path, options);
  std::error_code error;
  if (!is_any_url(path) && std::filesystem::is_regular_file(path, error)) {
    if (device->content_size() == 0)
      throw Error(Exit::failed, path, "is empty: there is no data in it",
                  "look at the program that should have written it");
  } else if (!request.raw) {
    check_content(*device);
  }
  return device;
}

bool will_be_created(const std::string& destination) {
  return destination == "-" || is_made_anew(destination) ||
         (!is_any_url(destination) && !std::filesystem::exists(destination));
}

std::string identity_of(const std::string& argument, const ReadableDevice* destination) {
  if (destination != nullptr) return destination->identity().id;
  std::error_code error;
  const auto place = std::filesystem::weakly_canonical(std::filesystem::absolute(argument), error);
  return error || argument == "-" ? std::string() : "new file " + place.string();
}

std::vector<std::optional<Error>> duplicates(const std::vector<std::string>& names,
                                             const std::vector<std::string>& identities) {
  std::vector<std::optional<Error>> found(names.size());
  for (std::size_t i = 1; i < names.size(); ++i) {
    const auto first =
        std::find(identities.begin(), identities.begin() + static_cast<std::ptrdiff_t>(i), identities[i]);
    const auto at = static_cast<std::size_t>(first - identities.begin());
    if (at < i && !identities[i].empty())
      found[i] = Error(Exit::refused, names[i],
                       names[i] == names[at] ? "is named twice" : "is " + names[at] + " by another name",
                       "name every destination once");
  }
  return found;
}

std::uint64_t size_with_clone(const CloneRun& run, const ReadableDevice& destination, std::uint64_t source) {
  if (!destination.resizable()) return destination.size();
  return run.request.keep_size ? std::max(destination.size(), source) : source;
}

}  // namespace san
