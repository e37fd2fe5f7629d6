// SPDX-License-Identifier: Apache-2.0
#include "devices.h"

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
#include "filesystem/disk_table.h"
#include "open/open_device.h"
#include "overridden.h"
#include "used_only_report.h"

namespace san {
namespace {

/// Returns the reason why the source would be refused as in use without --force=live; empty if it would not.
std::string why_in_use(CloneOptions o, const std::vector<dev_t>& frozen) {
  o.overrides.live = false;
  try {
    open_source(o, frozen);
    return {};
  } catch (const Error& error) {
    if (error.code() != Exit::refused) throw;
    return "the source is " + error.cause();
  }
}

/// The table of what was cut off is evidence, and left as it is.
void refuse_edits(const CloneOptions& o) {
  const std::pair<bool, const char*> edits[] = {
      {o.grow_last, "--grow-last"}, {o.new_ids, "--new-ids"}, {o.sector_convert, "--sector-convert"}};
  for (const auto& [given, name] : edits)
    if (given)
      throw Error(Exit::refused, name, "would edit the partition table of a source that was cut off",
                  "leave it out");
}

bool not_interrupted() {
  return !Interrupt::requested();
}

/// Returns the path of a source; /dev/stdin for standard input.
std::string path_of(const std::string& source) {
  return source == "-" ? "/dev/stdin" : source;
}

OpenOptions open_options(const CloneOptions& o) {
  OpenOptions options;
  options.login = o.common.login;
  options.sessions = o.sessions;
  options.depth = o.depth;
  return options;
}

OpenOptions destination_options(const CloneOptions& o) {
  OpenOptions options = open_options(o);
  options.force_in_use = o.overrides.in_use;
  options.any_name = o.raw;
  return options;
}

}  // namespace

bool is_stream(const std::string& source) {
  struct stat status = {};
  return source == "-" && !(fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode) &&
                            lseek(STDIN_FILENO, 0, SEEK_CUR) == 0);
}

std::unique_ptr<copy::WholeStream> open_stream(const CloneOptions& o) {
  const bool from_program = is_stream(o.source);
  std::unique_ptr<copy::InputStream> bytes;
  if (from_program)
    bytes = std::make_unique<copy::InputStream>("standard input", STDIN_FILENO);
  else if (!o.raw && !is_any_url(o.source) &&
           (is_zst_stream(path_of(o.source), o.overrides.live) || copy::is_packed_file(path_of(o.source))))
    bytes = copy::open_front_to_back(path_of(o.source), o.overrides.live);
  else
    return nullptr;
  auto disk = o.raw ? std::move(bytes) : copy::unpack_stream(std::move(bytes), not_interrupted);
  Interrupt::check(disk->name().c_str());
  return std::make_unique<copy::WholeStream>(std::move(disk), from_program, o.overrides, warn_of_overridden);
}

std::unique_ptr<Device> open_for_writing(const CloneOptions& o, const std::string& argument,
                                         std::optional<std::uint64_t> create_size) {
  if (argument == "-") {
    const auto open_output = o.stream == "zst" ? open_zst_output : open_output_stream;
    return open_output("standard output", STDOUT_FILENO, create_size > 0 ? create_size : std::nullopt);
  }
  OpenOptions options = destination_options(o);
  options.reserve = copy::reserve_options(o.reserve_mode);
  options.create_size = create_size;
  return open_for_writing(argument, options);
}

std::unique_ptr<ReadableDevice> open_for_reading(const CloneOptions& o, const std::string& argument) {
  OpenOptions options = destination_options(o);
  options.to_be_written = !o.compare;
  return open_for_reading(argument, options);
}

std::unique_ptr<ReadableDevice> open_source(const CloneOptions& o, const std::vector<dev_t>& frozen) {
  OpenOptions options = open_options(o);
  options.force_in_use = o.overrides.live;
  options.frozen = frozen;
  options.raw = o.raw;
  options.allow_backing = o.allow_backing;
  const std::string path = path_of(o.source);
  auto device = open_for_reading(path, options);
  std::error_code error;
  if (!is_any_url(path) && std::filesystem::is_regular_file(path, error)) {
    if (device->content_size() == 0)
      throw Error(Exit::failed, path, "is empty: there is no data in it",
                  "look at the program that should have written it");
  } else if (!o.raw) {
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

std::uint64_t size_with_clone(const CloneOptions& o, const ReadableDevice& destination,
                              std::uint64_t source) {
  if (!destination.resizable()) return destination.size();
  return o.copy.keep_size ? std::max(destination.size(), source) : source;
}

Source::Source(const CloneOptions& o) : freeze_(o) {
  const std::vector<dev_t> frozen = freeze_.numbers();
  std::string copy_whole_reason;
  if (o.used_only && o.overrides.live) copy_whole_reason = why_in_use(o, frozen);
  device_ = open_source(o, frozen);
  if (o.retries) rescue_ = std::make_unique<RescueDevice>(*device_, *o.retries);
  if (freeze_.freeze() != nullptr)
    frozen_ = std::make_unique<FrozenDevice>(rescue_ ? *rescue_ : *device_, *freeze_.freeze());
  table_ = filesystem::read_disk_table(readable());
  if (!o.compare) {
    const auto overridden = copy::check_length(
        device_->name(), filesystem::needed_length(readable(), table_), o.overrides,
        "get a complete copy of it; to clone what there is, with its partition table as it "
        "is, add --force=cut-source");
    cut_off_ = overridden.has_value();
    if (overridden) warn_of_overridden(*overridden);
  }
  if (cut_off_) refuse_edits(o);
  if (!o.used_only) return;
  // If the clone may not have this table, no space counts as free.
  const bool no_mbr = table_.protective == partition::ProtectiveState::missing;
  if ((!o.fit_gpt || no_mbr) && lives_by_backup(table_) && copy_whole_reason.empty())
    copy_whole_reason = "the partitions are only in the backup GPT, and may not be found on the clone";
  filesystem::UsedOnlyDevice::Options options;
  options.copy_whole_reason = std::move(copy_whole_reason);
  used_only_ = std::make_unique<filesystem::UsedOnlyDevice>(readable(), table_, options);
  warn_of_whole_partitions(*used_only_);
}

ReadableDevice& Source::readable() {
  if (frozen_) return *frozen_;
  return rescue_ ? *rescue_ : *device_;
}

void Source::all_read() {
  if (freeze_.freeze() != nullptr) freeze_.freeze()->end(device_->name());
}

}  // namespace san
