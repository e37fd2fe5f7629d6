// SPDX-License-Identifier: Apache-2.0
// sanflash export
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "boot/export/exports.h"
#include "boot/profile/profile_login.h"
#include "flash/uefi/uefi_shell.h"
#include "output.h"
#include "overwrite_option.h"
#include "verbs.h"

namespace san {
namespace {

using boot::BootProfile;
using iscsi::Credentials;

std::string ibft_bytes(const BootProfile& profile, const Credentials& auth) {
  const auto table = boot::ibft(profile, auth);
  return {reinterpret_cast<const char*>(table.data()), table.size()};
}

struct Format {
  const char* name;
  std::string (*make)(const BootProfile& profile, const Credentials& auth);
};
constexpr Format kFormats[] = {{"ipxe", boot::ipxe_script},
                               {"dnsmasq", boot::dnsmasq_fragment},
                               {"dhcpd", boot::dhcpd_fragment},
                               {"kea", boot::kea_fragment},
                               {"ibft", ibft_bytes},
                               {"uefi-shell", flash::uefi_shell_script},
                               {"mlx-raw", boot::mlx_raw}};

struct Argument {
  std::string format, output;
  Overwrite overwrite = Overwrite::no;
};

Exit export_profile(const CommonOptions& common, const Argument& argument) {
  const BootProfile* const found = common.login.boot_profile();
  if (found == nullptr)
    throw Error(Exit::usage, "sanflash export", "there is nothing to export", "give --profile=FILE");
  const BootProfile& profile = *found;
  const bool secrets = !profile.user.empty(), to_file = !argument.output.empty() && argument.output != "-";
  const OutputKind& kind = secrets ? kSecretExport : kExport;
  if (to_file) {
    check_apart({{"--output", argument.output}},
                {{"--profile", common.login.profile},
                 {"secret_file", boot::secret_path(profile, profile.secret_file)},
                 {"target_secret_file", boot::secret_path(profile, profile.target_secret_file)}});
    check_output(argument.output, kind, argument.overwrite);
  }
  if (secrets && argument.output.empty())
    throw Error(Exit::usage, "sanflash export", "there are CHAP secrets in it",
                "give --output=FILE, which only you can read, or --output=- for stdout");
  std::string content;
  for (const Format& format : kFormats)
    if (argument.format == format.name) content = format.make(profile, boot::credentials(profile));
  if (!to_file) {
    if (common.json)
      throw Error(Exit::usage, "--json", "cannot be combined with an export to stdout", "give --output=FILE");
    print_content(content);
    return Exit::ok;
  }
  write_output(argument.output, kind, content, argument.overwrite);
  if (common.json)
    print_json({{"format", argument.format},
                {"output", argument.output},
                {"bytes", content.size()},
                {"secrets", secrets}});
  return Exit::ok;
}

}  // namespace

void add_export(Verbs& verbs, CommonOptions& common) {
  const auto argument = std::make_shared<Argument>();
  CLI::App& verb = verbs.add("export", "a boot profile as other programs read it",
                             [&common, argument] { return export_profile(common, *argument); });
  verb.add_option("--format", argument->format, "ipxe, dnsmasq, dhcpd, kea, ibft, uefi-shell or mlx-raw")
      ->required()
      ->check(CLI::IsMember({"ipxe", "dnsmasq", "dhcpd", "kea", "ibft", "uefi-shell", "mlx-raw"}))
      ->type_name("FORMAT");
  verb.add_option("-o,--output", argument->output,
                  "the file to write; - for stdout, the default without secrets")
      ->type_name("FILE");
  add_overwrite(verb, argument->overwrite);
}

}  // namespace san
