// SPDX-License-Identifier: Apache-2.0
// sanflash show
#include <memory>

#include "answer.h"
#include "device_argument.h"
#include "report/flash/flash_report.h"
#include "verbs.h"

namespace san {

void add_show(Verbs& verbs, CommonOptions& common) {
  const auto argument = std::make_shared<DeviceArgument>();
  CLI::App& verb = verbs.add("show", "what is in a flash; secrets are masked", [&common, argument] {
    return answer_each(common, *argument, [&common](const DeviceArgument& device) {
      const auto flash = open_flash(device);
      return common.json ? Answer{Exit::ok, report::flash_json(*flash), {}}
                         : Answer{Exit::ok, {}, report::flash_text(*flash)};
    });
  });
  add_device(verb, *argument);
}

}  // namespace san
