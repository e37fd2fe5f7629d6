// SPDX-License-Identifier: Apache-2.0
#include "target_options.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "output.h"

namespace san {
namespace {

Json field_json(std::monostate /*none*/) {
  return nullptr;
}

template <typename Value>
Json field_json(const Value& value) {
  return value;
}

}  // namespace

void add_target_options(CLI::App& verb, TargetOptions& options) {
  verb.add_option("NAME", options.name, "name of a volume, or a target's iSCSI name")->required();
  verb.add_option("--driver", options.driver.name, "target of this machine: tgt (default) or lio")
      ->check(CLI::IsMember(target::driver_names()))
      ->type_name("NAME")
      ->group("Target");
  verb.add_option("--pool", options.pool, "directory of the volumes; default /var/lib/sanboot/pool")
      ->type_name("DIR")
      ->group("Target");
  verb.add_option("--config", options.driver.config, "where the target keeps what is written down")
      ->type_name("PATH")
      ->group("Target");
  verb.add_option("--control-port", options.driver.control_port, "number of the tgtd to talk to")
      ->type_name("N")
      ->group("Target");
}

void add_access_options(CLI::App& verb, target::AccessRequest& access) {
  verb.add_option("--initiator", access.initiators, "iSCSI name that may log in; may be repeated")
      ->allow_extra_args(false)
      ->type_name("IQN")
      ->group("Access");
  verb.add_option("--chap", access.chap_user, "CHAP user that initiators authenticate as")
      ->type_name("USER")
      ->group("Access");
  verb.add_option("--mutual-chap", access.mutual_chap_user, "CHAP user that the target authenticates as")
      ->type_name("USER")
      ->group("Access");
  verb.add_option("--secret-dir", access.secret_directory, "directory of the files USER.secret")
      ->type_name("DIR")
      ->group("Access");
}

Exit print_report(const CommonOptions& common, const target::Changes& report, const ReportFields& fields) {
  if (common.json) {
    Json document;
    for (const auto& [key, field] : fields)
      std::visit([&document, &name = key](const auto& value) { document[name] = field_json(value); }, field);
    document["changed"] = report.changed();
    document["actions"] = report.done;
    print_json(document);
    return Exit::ok;
  }
  if (common.quiet) return Exit::ok;
  Printable text = report.changed() ? SourceText("") : SourceText("nothing to do\n");
  for (const std::string& line : report.done) text += format_text("{}\n", line);
  print_text(text);
  return Exit::ok;
}

}  // namespace san
