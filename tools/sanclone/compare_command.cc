// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "clone/compare_clone.h"
#include "clone_report.h"
#include "commands.h"
#include "output.h"

namespace san {

Exit compare_command(const CloneOptions& o) {
  const ComparedClone compared = compare_clone(o.run());
  if (o.common.json)
    print_json(compare_json(compared));
  else if (!o.common.quiet)
    print_text(compare_text(compared));
  return compared.result.identical() ? Exit::ok : Exit::no;
}

}  // namespace san
