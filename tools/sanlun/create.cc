// SPDX-License-Identifier: Apache-2.0
// sanlun create
#include "target/create.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "core/units.h"
#include "iscsi/address/limits.h"
#include "target_options.h"
#include "verbs.h"

namespace san {
namespace {

struct CreateOptions {
  TargetOptions target;
  target::CreateRequest request;
  std::string size, firmware, reach;
  std::vector<std::string> portals;
};

void add_volume_options(CLI::App& verb, CreateOptions& options) {
  verb.add_option("--size", options.size, "size of the volume: 40G, 2T …")
      ->type_name("SIZE")
      ->group("Volume");
  verb.add_flag("--allocate", options.request.allocate, "reserve all of it now")->group("Volume");
  verb.add_option("--device", options.request.device, "a block device as the volume, in place of a file")
      ->excludes("--size")
      ->excludes("--allocate")
      ->type_name("PATH")
      ->group("Volume");
  verb.add_option("--block-size", options.request.block_size, "bytes of a block of the LUN: 512 or 4096")
      ->type_name("BYTES")
      ->group("Volume");
  verb.add_flag("!--no-thin", options.request.thin, "take no UNMAP")->group("Volume");
  verb.add_option("--target", options.request.target, "iSCSI name of the target")
      ->type_name("IQN")
      ->group("Target");
  verb.add_option("--lun", options.request.lun, "number of the LUN; default 1")
      ->check(CLI::Range(0, int{iscsi::kMaxLun}))
      ->type_name("N")
      ->group("Target");
}

void add_profile_options(CLI::App& verb, CreateOptions& options) {
  verb.add_option("--profile-out", options.request.profile_path, "write a boot profile for the machine")
      ->type_name("FILE")
      ->group("Profile");
  verb.add_option("--portal", options.portals, "HOST[:PORT] as the machine reaches it; one or two")
      ->allow_extra_args(false)
      ->type_name("PORTAL")
      ->group("Profile");
  verb.add_option("--reach", options.reach, "HOST[:PORT] as this machine reaches it, where that differs")
      ->type_name("PORTAL")
      ->group("Profile");
  verb.add_option("--mac", options.request.profile.mac, "address of the machine's NIC")
      ->type_name("MAC")
      ->group("Profile");
  verb.add_option("--firmware", options.firmware, "uefi (default) or bios")
      ->check(CLI::IsMember({"bios", "uefi"}))
      ->type_name("KIND")
      ->group("Profile");
}

void complete(CreateOptions& options) {
  target::CreateRequest& request = options.request;
  request.name = options.target.name;
  if (!options.size.empty()) request.size = parse_size(options.size, "--size");
  for (const std::string& portal : options.portals)
    request.profile.portals.push_back(iscsi::parse_portal(portal));
  if (!options.reach.empty()) request.profile.reach = iscsi::parse_portal(options.reach);
  if (options.firmware == "bios") request.profile.firmware = boot::Firmware::bios;
  if (request.access.secret_directory.empty())
    request.access.secret_directory = std::filesystem::path(request.profile_path).parent_path().string();
}

Exit run(const CommonOptions& common, CreateOptions& options) {
  complete(options);
  const auto driver = target::make_driver(options.target.driver);
  const target::Created made = target::create(*driver, target::Pool(options.target.pool), options.request);
  std::vector<std::string> portals;
  for (const iscsi::Portal& portal : made.portals) portals.push_back(iscsi::to_string(portal));
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? ReportValue() : ReportValue(text);
  };
  return print_report(common, made.report,
                      {{"name", options.request.name},
                       {"driver", std::string(driver->name())},
                       {"target", made.target},
                       {"lun", options.request.lun},
                       {"url", text_or_null(made.url)},
                       {"portals", portals},
                       {"volume", made.volume},
                       {"size", made.size},
                       {"secret_files", made.secret_files},
                       {"profile", text_or_null(options.request.profile_path)}});
}

}  // namespace

void add_create(Verbs& verbs, CommonOptions& common) {
  const auto options = std::make_shared<CreateOptions>();
  CLI::App& verb = verbs.add("create", "volume, target, LUN, access rules and boot profile for a machine",
                             [&common, options] { return run(common, *options); });
  add_target_options(verb, options->target);
  add_volume_options(verb, *options);
  add_access_options(verb, options->request.access);
  add_profile_options(verb, *options);
}

}  // namespace san
