// SPDX-License-Identifier: Apache-2.0
// sanflash list
#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "flash/live/nic_list.h"
#include "output.h"
#include "verbs.h"

namespace san {

void add_list(Verbs& verbs, CommonOptions& common) {
  verbs.add("list", "the NICs of this machine, and what their flash holds", [&common] {
    const Table table = flash::nic_table(flash::list_nics());
    if (common.json)
      print_json({{"nics", table.json()}});
    else
      print_text(table.empty() ? SourceText("no NICs\n") : table.text());
    return Exit::ok;
  });
}

}  // namespace san
