// SPDX-License-Identifier: Apache-2.0
// sanlun list
#include <fmt/core.h>

#include <memory>

#include "lun_argument.h"
#include "verbs.h"

namespace san {

void add_list(Verbs& verbs, CommonOptions& common) {
  const auto where = std::make_shared<std::string>();
  CLI::App& verb = verbs.add("list", "the LUNs of a portal's targets", [&common, where] {
    fmt::print("{}\n", iscsi::to_string(lun_argument(common, *where).url));
    return Exit::ok;
  });
  verb.add_option("PORTAL|URL", *where, "where they are")->required();
}

}  // namespace san
