// SPDX-License-Identifier: Apache-2.0
#include "devices.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "block/output_stream.h"
#include "copy/zst_stream.h"
#include "filesystem/disk_table.h"
#include "open/open_device.h"
#include "used_only_report.h"

namespace san {
namespace {

/// What a user overrode: who writes to the file systems that are to be read at rest.
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

OpenOptions open_options(const CloneOptions& o) {
  OpenOptions options;
  options.login = o.common.login;
  options.sessions = o.sessions;
  options.depth = o.depth;
  return options;
}

}  // namespace

bool is_stream(const std::string& source) {
  struct stat status = {};
  return source == "-" && !(fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode) &&
                            lseek(STDIN_FILENO, 0, SEEK_CUR) == 0);
}

std::unique_ptr<InputStream> open_stream(const CloneOptions& o) {
  if (is_stream(o.source)) return std::make_unique<InputStream>("standard input", STDIN_FILENO);
  if (o.source != "-" && is_zst_stream(o.source, o.overrides.live))
    return std::make_unique<ZstStream>(o.source, o.overrides.live);
  return nullptr;
}

std::unique_ptr<Device> open(const CloneOptions& o, const std::string& argument, bool writable,
                             std::optional<std::uint64_t> create_size) {
  if (argument == "-" && writable)
    return open_output_stream("standard output", STDOUT_FILENO, create_size > 0 ? create_size : std::nullopt);
  OpenOptions options = open_options(o);
  options.writable = writable;
  options.create_size = create_size;
  options.force_in_use = o.overrides.in_use;
  return open_device(argument, options);
}

std::unique_ptr<Device> open_source(const CloneOptions& o, const std::vector<dev_t>& frozen) {
  OpenOptions options = open_options(o);
  options.force_in_use = o.overrides.live;
  options.frozen = frozen;
  return open_device(o.source == "-" ? "/dev/stdin" : o.source, options);
}

bool will_be_created(const std::string& destination) {
  return destination == "-" || is_made_anew(destination) ||
         (!is_any_url(destination) && !std::filesystem::exists(destination));
}

Source::Source(const CloneOptions& o) : freeze_(o) {
  const std::vector<dev_t> frozen = freeze_.numbers();
  std::string why_whole;
  if (o.used_only && o.overrides.live) why_whole = why_in_use(o, frozen);
  device_ = open_source(o, frozen);
  if (o.retries) rescue_ = std::make_unique<RescueDevice>(*device_, *o.retries);
  if (freeze_.freeze() != nullptr)
    frozen_ = std::make_unique<FrozenDevice>(rescue_ ? *rescue_ : *device_, *freeze_.freeze());
  table_ = read_disk_table(readable());
  if (!o.used_only) return;
  UsedOnlyDevice::Options options;
  options.why_whole = std::move(why_whole);
  used_only_ = std::make_unique<UsedOnlyDevice>(readable(), table_, options);
  warn_of_whole_partitions(*used_only_);
}

Device& Source::readable() {
  if (frozen_) return *frozen_;
  return rescue_ ? *rescue_ : *device_;
}

void Source::all_read() {
  if (freeze_.freeze() != nullptr) freeze_.freeze()->end(device_->name());
}

}  // namespace san
