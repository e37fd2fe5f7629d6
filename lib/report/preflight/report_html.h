// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "boot/profile/boot_profile.h"
#include "picture/disk_layout.h"
#include "preflight/run.h"

namespace san::preflight {

/// What stands in a page beside the report. Null for what there is none of.
struct HtmlContext {
  const boot::BootProfile* profile = nullptr;
  const DiskLayout* layout = nullptr;  ///< drawn
  std::string why_no_layout;           ///< a sentence in its place
  std::string made;                    ///< when and where, for people: "2026-11-23 09:15 UTC on host1"
};

/// The report as one HTML page that needs nothing else (no font, picture, script or network): verdict,
/// subject, profile without secrets, every check with its evidence and remedy, the picture of the disk. Its
/// buttons choose which checks are shown; without scripts, and on paper, all are. Follows the reader's choice
/// of light and dark.
std::string html_report(const Report& report, const HtmlContext& context);

/// Writes the page to `path`, with the picture of the subject's disk, if that can be read. Throws
/// Error(refused) where something else than an HTML page is there, Error(failed).
void write_html_report(const std::string& path, const Report& report, Subject& subject);

}  // namespace san::preflight
