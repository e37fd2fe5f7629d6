// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "boot/profile/boot_profile.h"
#include "picture/disk_layout.h"
#include "preflight/run.h"

namespace san::report {

/// Optional sections of a page; null omits one.
struct HtmlContext {
  const boot::BootProfile* profile = nullptr;
  const picture::DiskLayout* layout = nullptr;  ///< drawn as a picture
  std::string why_no_layout;                    ///< sentence shown instead of the picture
  std::string made;                             ///< date and host: "2026-11-23 09:15 UTC on host1"
};

/// Returns the report as a self-contained HTML page (no font, picture, script or network needed): verdict,
/// subject, profile without secrets, every check with its evidence and remedy, the picture of the disk. Its
/// buttons select the checks that are shown; without scripts, and on paper, all are. Follows the reader's
/// preference for light or dark.
std::string html_report(const preflight::Report& report, const HtmlContext& context);

/// Writes the page to `path`, with the picture of the subject's disk if it can be read. Throws Error(refused)
/// if `path` exists and is no HTML page, Error(failed).
void write_html_report(const std::string& path, const preflight::Report& report, preflight::Subject& subject);

}  // namespace san::report
