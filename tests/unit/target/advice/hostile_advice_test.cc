// SPDX-License-Identifier: Apache-2.0
// Whatever a target says of itself, the lines to type are commands that do what they say, or comments.
#include <doctest/doctest.h>

#include "core/text/table.h"
#include "nasty_strings.h"
#include "target/advice/lun_advice.h"
#include "trapped_shell.h"

using namespace san;
using namespace san::target;
using namespace san::iscsi;

namespace {

/// A LUN of which everything bad is said, in words of its target.
LunReport bad_card(const char* vendor, const char* product, const std::string& text) {
  LunReport card;
  card.url = {{text, 3260}, text, 1, {}};
  card.negotiated = {{"MaxRecvDataSegmentLength", "8192"}, {"InitialR2T", "Yes"}, {"MaxBurstLength", "8192"}};
  card.info.inquiry = Inquiry{};
  card.info.inquiry->vendor = vendor;
  card.info.inquiry->product = product;
  card.info.inquiry->revision = text;
  card.info.pages = {0x00, 0x80, 0x83, 0xB0, 0xB2};
  card.info.serial = text;
  card.info.capacity = san::iscsi::Capacity{1 << 20, 4096, 3, 7, true, true, true};
  card.info.limits = BlockLimits{};
  card.info.limits->max_unmap_blocks = 0xFFFFFFFF;
  card.info.provisioning = Provisioning{true, true, true, false, 2, false, 0};
  card.info.mode = {true, true, false, true, false};
  card.info.not_ready = text;
  card.reservation.emplace();
  card.reservation->push_back({1, 0, 5});
  return card;
}

}  // namespace

TEST_CASE("advise: lines to type, whatever the target says") {
  const TrappedShell shell;
  const std::pair<const char*, const char*> kinds[] = {
      {"IET", "VIRTUAL-DISK"}, {"LIO-ORG", "disk"}, {"FreeBSD", "iSCSI DISK"}, {"ACME", "x"}};
  std::size_t lines = 0, named = 0;
  for (const std::string& text : nasty_strings())
    for (const auto& kind : kinds) {
      CAPTURE(text.substr(0, 80));
      CAPTURE(kind.first);
      LunReport card = bad_card(kind.first, kind.second, text);
      std::string script;
      for (const bool thin : {true, false}) {
        card.info.capacity->lbpme = card.info.capacity->lbprz = thin;
        if (!thin) card.info.provisioning.reset();
        if (!thin) card.info.serial.clear();
        for (const Diagnostic& advice : advise(card))
          for (const std::string& line : advice.commands) {
            ++lines;
            CHECK(san::printable(line) == line);
            CHECK(line.find_first_of("\n\r") == std::string::npos);
            script += line + "\n";
          }
      }
      // One of them is of root, and is written to no file of this machine.
      for (std::size_t at = 0; (at = script.find("/sys/block/", at)) != std::string::npos;) script[at] = '.';
      CHECK(shell.parses(script));
      const auto run = shell.run(script, "");
      CHECK(shell.unharmed(run));
      for (const auto& call : run.calls) {
        const std::string& program = call.front();
        named += call.size() > 1 && call[1].starts_with("/iscsi/");
        CHECK_MESSAGE(
            (program == "tgtadm" || program == "targetcli" || program == "grep" ||
             program.starts_with("Max") || program.starts_with("First") || program == "InitialR2T" ||
             program == "ImmediateData" || program == "params" || program == "readonly" ||
             program == "scsi_id" || program == "scsi_sn" || program == "LUN1" || program == "id"),
            program);
      }
    }
  CHECK(lines > 10 * nasty_strings().size());
  CHECK(named > nasty_strings().size());
  MESSAGE(nasty_strings().size() << " strings, " << lines << " lines");
}
