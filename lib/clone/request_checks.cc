// SPDX-License-Identifier: Apache-2.0
#include "clone/request_checks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "clone/clone_devices.h"
#include "core/hint_id.h"
#include "core/units.h"
#include "open/open_device.h"
#include "system/file/output_file.h"

namespace san {
namespace {

/// The values that a command line cannot have by its syntax.
void check_values(const CloneRequest& request) {
  if (request.destinations.empty())
    throw Error(Exit::usage, "", "there is no destination", "name one or more");
  if (request.block != 0 &&
      (request.block < 64 * KiB || request.block > 8 * MiB || request.block % 4096 != 0))
    throw Error(Exit::usage, setting("block"), "is not between 64K and 8M, or not a multiple of 4K");
  if (request.sessions > 16) throw Error(Exit::usage, setting("sessions"), "is not 1 to 16");
  if (request.depth > 128) throw Error(Exit::usage, setting("depth"), "is not 1 to 128");
  if (request.retries > 100U) throw Error(Exit::usage, setting("on-read-error"), "is more than 100 tries");
  if (request.freeze && (request.freeze->count() < 1 || request.freeze->count() > 86400))
    throw Error(Exit::usage, setting("freeze"), "is not 1 to 86400 seconds");
}

/// What a clone map, or its absence, excludes.
void check_map(const CloneRequest& request) {
  if (request.map.empty() && (request.fresh || request.delta != CloneRequest::Delta::automatic))
    throw Error(Exit::usage, setting(request.fresh ? "fresh" : "delta"), "needs a clone map",
                Hint(HintId::name_map, "name one"));
  if (!request.map.empty() && request.zeros == CloneRequest::Zeros::skip)
    throw Error(Exit::usage, setting("zero", "skip"),
                "leaves what is on DEST, and a clone map has to know what that is",
                Hint(HintId::leave_map, "leave out the map"));
}

/// The disk may be readable for the last time: what is written down of it must not replace any of it.
void check_bad_map(const CloneRequest& request) {
  if (request.bad_map.empty()) return;
  if (!request.retries)
    throw Error(Exit::usage, setting("bad-map"), "the first bad place ends the clone",
                Hint(HintId::go_around, "let places that cannot be read become zeros"));
  std::vector<NamedFile> others = {
      {"SOURCE", request.source}, {setting("map"), request.map}, {setting("profile"), request.login.profile}};
  for (const std::string& destination : request.destinations) others.push_back({"DEST", destination});
  check_apart({{setting("bad-map"), request.bad_map}}, others);
  check_output(request.bad_map, kBadMap);
}

/// What standard output as a destination excludes.
void check_stdout(const CloneRun& run) {
  const CloneRequest& request = run.request;
  const auto outputs = std::count(request.destinations.begin(), request.destinations.end(), "-");
  if (outputs > 1) throw Error(Exit::usage, "-", "there is only one standard output");
  if (outputs == 0) {
    if (request.compress_output)
      throw Error(Exit::usage, setting("stream"), "is the format of standard output, and no DEST is -");
    return;
  }
  if (run.purpose == CloneRun::Purpose::compare)
    throw Error(Exit::usage, "-", "standard output cannot be compared");
  if (request.verify != CloneRequest::Verify::none)
    throw Error(Exit::usage, setting("verify"), "standard output cannot be read back",
                Hint(HintId::no_verify, "clone without verification"));
}

/// What a copy by the target excludes.
void check_offload(const CloneRun& run) {
  const CloneRequest& request = run.request;
  if (request.offload != CloneRequest::Offload::require) return;
  const auto refuse = [](const std::string& why) {
    throw Error(Exit::usage, setting("offload", "require"), why);
  };
  if (run.purpose == CloneRun::Purpose::compare) refuse("copies, and " + setting("compare") + " does not");
  if (request.destinations.size() > 1) refuse("takes one DEST");
  if (!is_lun(request.source) || !is_lun(request.destinations[0])) refuse("needs LUNs for SOURCE and DEST");
  const std::pair<bool, std::string> others[] = {
      {request.used_only, setting("used-only")},
      {!request.map.empty(), setting("map")},
      {request.retries.has_value(), setting("on-read-error")},
      {request.rate != 0, setting("rate")},
      {request.block != 0, setting("block")},
      {request.zeros == CloneRequest::Zeros::skip, setting("zero", "skip")},
      {request.wipe_rest, setting("wipe-rest")},
  };
  for (const auto& [given, name] : others)
    if (given) refuse("the target cannot copy by itself with " + name);
}

void check_freeze(const CloneRequest& request) {
  if (request.freeze && (request.source == "-" || is_any_url(request.source)))
    throw Error(Exit::usage, setting("freeze"), "needs a disk or an image of this machine as SOURCE",
                "freeze the file systems on the machine that has mounted them (fsfreeze)");
}

/// The names of source and destinations, one by one.
void check_arguments(const CloneRun& run) {
  const CloneRequest& request = run.request;
  const bool compare = run.purpose == CloneRun::Purpose::compare;
  check_argument(request.source, *run.login.profiles);
  for (const std::string& destination : request.destinations) {
    check_argument(destination, *run.login.profiles);
    if (!compare && !request.raw) check_promise(destination);
    if (!compare && same_file(request.source, destination))
      throw Error(Exit::refused, destination, "is the source itself");
  }
}

}  // namespace

void check_request(const CloneRun& run) {
  const CloneRequest& request = run.request;
  run.login.boot_profile();  // faults of the profile come before those of the work
  check_values(request);
  check_map(request);
  if (request.grow_last && request.fit_gpt == CloneRequest::Fit::leave)
    throw Error(Exit::usage, setting("grow-last"), "needs a table that knows the end of DEST",
                Hint(HintId::fit_table, "have the table fitted"));
  if (request.wipe_rest && request.zeros == CloneRequest::Zeros::skip)
    throw Error(Exit::usage, setting("wipe-rest"),
                "makes zeros, and " + setting("zero", "skip") + " makes none", "leave out one of them");
  check_bad_map(request);
  check_freeze(request);
  if (request.used_only && is_stream(request.source))
    throw Error(Exit::usage, setting("used-only"),
                "cannot look into a stream: standard input is read once, from front to end",
                "give the name of a file or a device");
  check_arguments(run);
  check_stdout(run);
  check_offload(run);
  if (request.reserve == CloneRequest::Reserve::require)
    for (const std::string& destination : request.destinations)
      if (!is_lun(destination))
        throw Error(Exit::usage, setting("reserve", "require"), destination + " is not a LUN",
                    "leave it out");
}

void check_abilities(const CloneRequest& request, const copy::InputStream* input,
                     const std::vector<Device*>& destinations) {
  const std::pair<bool, const char*> places[] = {{request.used_only, "used-only"},
                                                 {request.retries.has_value(), "on-read-error"},
                                                 {request.sector_convert, "sector-convert"}};
  for (const auto& [given, name] : places)
    if (input != nullptr && given)
      throw Error(Exit::usage, setting(name), "needs a source that can be read at any place",
                  "use an image or a disk");
  for (const ReadableDevice* destination : destinations)
    if (input != nullptr && destination->sequential() && (request.grow_last || request.new_ids))
      throw Error(Exit::usage, setting(request.new_ids ? "new-ids" : "grow-last"),
                  destination->name() + " cannot be changed after it was written, and " + input->name() +
                      " cannot be looked into before");
  if (request.map.empty()) return;
  if (input != nullptr)
    throw Error(Exit::usage, setting("map"),
                "needs a source that can be read again, and " + input->name() + " is not one");
  for (const ReadableDevice* destination : destinations)
    if (destination->sequential())
      throw Error(Exit::usage, setting("map"), destination->name() + " cannot be resumed",
                  Hint(HintId::leave_map, "leave out the map"));
}

}  // namespace san
