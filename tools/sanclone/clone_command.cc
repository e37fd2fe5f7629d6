// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "clone/run_clone.h"
#include "clone_report.h"
#include "commands.h"
#include "core/process/log.h"
#include "core/units.h"
#include "output.h"

namespace san {
namespace {

/// Adds to an error that the clone can be resumed.
Error resumable(const Error& error) {
  return {Exit::resumable, error.object(), error.cause(),
          error.hint().empty() ? "run the same command again to go on"
                               : error.hint() + "; then run the same command again to go on"};
}

/// Returns the error of a destination, which can be resumed if there is a map.
Error error_of(const copy::DestinationResult& destination, const CloneRequest& request) {
  if (destination.error->code() != Exit::failed || request.map.empty()) return *destination.error;
  return resumable(*destination.error);
}

/// Returns zero on success, the error's code if the only destination failed, `failed` if one of several did.
Exit outcome(const CloneResult& result, const CloneRequest& request) {
  const auto& destinations = result.copy.destinations;
  for (const copy::DestinationResult& one : destinations)
    if (one.error) return destinations.size() == 1 ? error_of(one, request).code() : Exit::failed;
  if (request.verify != CloneRequest::Verify::none && !std::ranges::all_of(destinations, verified))
    return Exit::no;
  return result.bad.empty() && !result.unsteady ? Exit::ok : Exit::no;
}

/// Says on stderr what is wrong with each destination.
void complain(const CloneResult& result, const CloneRequest& request) {
  for (const copy::DestinationResult& one : result.copy.destinations) {
    if (one.error) {
      log::message(log::Level::error, error_of(one, request).what());
    } else if (!one.mismatches.empty()) {
      const Error error(Exit::no, one.name,
                        "does not hold what was written: " + format_range(one.mismatches[0]) + " differs",
                        "do not use the clone; look at the target's storage");
      log::message(log::Level::error, error.what());
    }
  }
}

Error bad_ranges(const std::string& name, const RangeSet& bad) {
  return {Exit::no, name,
          fmt::format("{} in {} place{} cannot be read, and {} zeros in the clone",
                      format_size_exact(bad.total()), bad.size(), bad.size() == 1 ? "" : "s",
                      bad.size() == 1 ? "is" : "are"),
          "check the file systems of the clone, and replace the disk"};
}

/// The result as text, beside the disk if that goes to standard output.
void print_report(const CloneRequest& request, const Printable& text) {
  if (std::ranges::find(request.destinations, "-") == request.destinations.end())
    print_text(text);
  else
    print_aside(text);
}

void print_result(const CloneOptions& o, const CloneResult& result) {
  if (o.common.json) return print_json(clone_json(result, o.request));
  if (o.common.quiet || std::ranges::any_of(result.copy.destinations, [](const copy::DestinationResult& one) {
        return one.error.has_value();
      }))
    return;
  print_report(o.request, clone_text(result, o.request));
}

CloneResult run(const CloneOptions& o) {
  try {
    return run_clone(o.run());
  } catch (const Error& error) {
    if (error.code() != Exit::resumable) throw;
    throw resumable(error);
  }
}

}  // namespace

Exit clone_command(const CloneOptions& o) {
  const CloneResult result = run(o);
  complain(result, o.request);
  if (result.bad_map_error) throw Error(*result.bad_map_error);
  if (!result.bad.empty()) log::message(log::Level::error, bad_ranges(result.source, result.bad).what());
  if (result.unsteady) log::message(log::Level::error, result.unsteady->what());
  print_result(o, result);
  return outcome(result, o.request);
}

}  // namespace san
