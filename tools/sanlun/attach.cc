// SPDX-License-Identifier: Apache-2.0
// sanlun attach
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "iscsi/address/limits.h"
#include "target/edit.h"
#include "target_options.h"
#include "verbs.h"

namespace san {
namespace {

struct AttachOptions {
  TargetOptions target;
  target::TargetVolume volume;
  std::optional<std::uint16_t> lun;
};

Exit run(const CommonOptions& common, const AttachOptions& options) {
  const auto driver = target::make_driver(options.target.driver);
  target::TargetVolume volume = options.volume;
  volume.path = std::filesystem::absolute(volume.path).lexically_normal().string();
  const target::Attached done =
      target::attach(*driver, target::Pool(options.target.pool), options.target.name, options.lun, volume);
  return print_report(common, done.report,
                      {{"name", options.target.name},
                       {"driver", std::string(driver->name())},
                       {"target", done.target},
                       {"lun", done.lun},
                       {"volume", volume.path}});
}

}  // namespace

void add_attach(Verbs& verbs, CommonOptions& common) {
  const auto options = std::make_shared<AttachOptions>();
  CLI::App& verb = verbs.add("attach", "make an existing volume a LUN of a target",
                             [&common, options] { return run(common, *options); });
  add_target_options(verb, options->target);
  verb.add_option("--volume", options->volume.path, "file or block device")->type_name("PATH")->required();
  verb.add_option("--lun", options->lun, "number of the LUN; default the lowest from 1 on that is free")
      ->check(CLI::Range(0, int{iscsi::kMaxLun}))
      ->type_name("N");
  verb.add_option("--block-size", options->volume.block_size, "bytes of a block of the LUN: 512 or 4096")
      ->check(CLI::IsMember({"512", "4096"}))
      ->type_name("BYTES");
  verb.add_flag("!--no-thin", options->volume.thin, "take no UNMAP");
  verb.add_flag("--read-only", options->volume.read_only, "take no writes");
}

}  // namespace san
