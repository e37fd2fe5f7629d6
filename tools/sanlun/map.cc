// SPDX-License-Identifier: Apache-2.0
// sanlun map
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "lun_argument.h"
#include "open/open_device.h"
#include "output.h"
#include "picture/disk_layout.h"
#include "report/disk/disk_svg.h"
#include "report/disk/disk_text.h"
#include "report/disk/layout_json.h"
#include "system/file/output_file.h"
#include "verbs.h"

namespace san {
namespace {

struct MapOptions {
  std::string device, svg;
};

Exit map(const CommonOptions& common, const MapOptions& options) {
  const bool svg_on_stdout = options.svg == "-";
  if (svg_on_stdout && common.json)
    throw Error(Exit::usage, "--svg -", "does not go with --json: both are for standard output",
                "name a file for the SVG");
  // Before minutes are spent on the device.
  if (!options.svg.empty() && !svg_on_stdout) check_output(options.svg, kSvg);
  OpenOptions open;
  open.look_only = true;
  open.login = common.login;
  const auto device = open_for_reading(device_argument(common, options.device), open);
  const picture::DiskLayout layout = picture::read_disk_layout(*device);
  if (svg_on_stdout) {
    print_content(report::draw_svg(layout));
    return Exit::ok;
  }
  if (!options.svg.empty()) write_output(options.svg, kSvg, report::draw_svg(layout));
  if (common.json)
    print_json(report::to_json(layout));
  else if (!common.quiet)
    print_text(report::draw_text(layout, canvas_of_stdout(common.color)));
  return Exit::ok;
}

}  // namespace

void add_map(Verbs& verbs, CommonOptions& common) {
  const auto options = std::make_shared<MapOptions>();
  CLI::App& verb = verbs.add("map", "partitions, file systems, used and free space, drawn to scale",
                             [&common, options] { return map(common, *options); });
  verb.add_option("DEVICE", options->device, "iscsi:// URL, path, profile:FILE or nbd:// URL");
  verb.add_option("--svg", options->svg, "write the picture to this SVG file too; - for stdout")
      ->type_name("FILE");
}

}  // namespace san
