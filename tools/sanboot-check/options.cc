// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <CLI/CLI.hpp>

namespace san {

void add_options(CLI::App& app, CheckOptions& options) {
  preflight::SubjectOptions& subject = options.subject;
  app.add_option("DEVICE", subject.device, "PATH, iscsi://HOST/IQN/LUN, profile:FILE or nbd://…")
      ->type_name("DEVICE");
  app.add_flag("--live", subject.live, "examine this running machine");
  app.add_option("--firmware", options.firmware, "how it will boot: auto, bios or uefi")
      ->check(CLI::IsMember({"auto", "bios", "uefi"}))
      ->type_name("MODE");
  app.add_option("--nic", subject.nic, "the NIC to boot from: VENDOR:DEVICE (PCI), driver or interface")
      ->type_name("NIC");
  app.add_option("--source", subject.source, "the disk that DEVICE was cloned from")->type_name("DEVICE");
  app.add_flag("--rehearse", subject.rehearse, "boot DEVICE in QEMU over a throw-away layer");
  app.add_option("--rehearse-timeout", subject.rehearse_limit, "seconds that the rehearsal may take")
      ->capture_default_str()
      ->check(CLI::Range(10, 86400))
      ->type_name("SECONDS");
  app.add_option("--only", options.run.only, "evaluate these checks alone: ids or families, LNX-03,TGT")
      ->delimiter(',')
      ->type_name("IDS");
  app.add_option("--skip", options.run.skip, "leave these out; the verdict says so")
      ->delimiter(',')
      ->type_name("IDS");
  app.add_option("--report", options.report, "write the report to this file, as a page of HTML")
      ->type_name("FILE");
  app.add_option("--remedy", options.remedy, "write the remedies to this new file, as a script for bash")
      ->type_name("FILE");
  app.add_flag("--list-checks", options.list, "list all checks; with -v, what each examines");
  add_common_options(app, options.common);
}

void finish_options(CheckOptions& options) {
  preflight::SubjectOptions& subject = options.subject;
  subject.login = options.common.login;
  if (options.firmware != "auto")
    subject.firmware = options.firmware == "bios" ? boot::Firmware::bios : boot::Firmware::uefi;
  if (subject.device == "-")
    throw Error(Exit::usage, "-", "a stream cannot be examined", "name a file or a LUN");
  if (subject.rehearse && subject.device.empty())
    throw Error(Exit::usage, "--rehearse", "there is no disk to boot", "name an image or a LUN");
}

}  // namespace san
