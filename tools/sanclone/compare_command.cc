// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include <nlohmann/json.hpp>

#include "clone_report.h"
#include "core/units.h"
#include "devices.h"

namespace san {

Exit compare_command(const CloneOptions& o) {
  if (is_stream(o.source))
    throw Error(Exit::usage, "-", "standard input cannot be compared", "give the name of a file");
  Source from(o);
  Device* const source = &from.device();
  const auto destination = open(o, o.destinations[0], false);
  if (destination->size() < source->size())
    throw Error(Exit::no, destination->name(),
                "holds " + format_size_exact(destination->size()) + ", the source " +
                    format_size_exact(source->size()));
  Progress progress(make_progress_sink(o.common.progress));
  CompareOptions options;
  options.block = o.copy.block;
  const CompareResult result = compare(*source, *destination, source->size(), options, progress);
  from.all_read();
  if (o.common.json)
    print_json(compare_json(source->name(), destination->name(), result, from.used_only()));
  else if (!o.common.quiet)
    print_text(compare_text(source->name(), destination->name(), result));
  return result.identical() ? Exit::ok : Exit::no;
}

}  // namespace san
