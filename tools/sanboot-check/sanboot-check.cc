// SPDX-License-Identifier: Apache-2.0
// sanboot-check: says READY or NOT READY before anybody pulls a disk.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "core/text/terminal.h"
#include "options.h"
#include "output.h"
#include "preflight/rehearsal/rehearsal.h"
#include "report/preflight/remedy_script.h"
#include "report/preflight/report_html.h"
#include "report/preflight/report_json.h"
#include "report/preflight/report_text.h"
#include "system/file/output_file.h"

namespace san {
namespace {

Exit list_checks(const CheckOptions& options) {
  if (options.common.json)
    print_json(report::list_checks_json());
  else
    print_text(report::list_checks_text(canvas_of_stdout(options.common.color), options.common.verbose > 0));
  return Exit::ok;
}

void check_outputs(const CheckOptions& options) {
  check_apart({{"--report", options.report}, {"--remedy", options.remedy}},
              {{"DEVICE", options.subject.device},
               {"--source", options.subject.source},
               {"--profile", options.common.login.profile}});
  if (!options.remedy.empty()) check_output(options.remedy, kRemedy);
  if (!options.report.empty()) check_output(options.report, kHtml);
}

Exit check(const CheckOptions& options) {
  check_outputs(options);
  preflight::Subject subject(options.subject);
  if (options.subject.rehearse) preflight::check_rehearsal(subject);
  const preflight::Report report = preflight::run(subject, options.run);
  if (!options.remedy.empty()) write_output(options.remedy, kRemedy, report::remedy_script(report));
  if (!options.report.empty()) report::write_html_report(options.report, report, subject);
  if (options.common.json)
    print_json(report::to_json(report));
  else if (options.common.quiet)
    print_text(format_text("{}\n", report.verdict.line()));
  else
    print_text(
        report::report_text(report, canvas_of_stdout(options.common.color), options.common.verbose > 0));
  return report.verdict.ready ? Exit::ok : Exit::no;
}

}  // namespace
}  // namespace san

// NOLINTNEXTLINE(bugprone-exception-escape): nothing but a wrong definition of options could throw here
int main(int argc, char** argv) {
  CLI::App app("Says whether a machine will boot from its LUN: READY or NOT READY.", "sanboot-check");
  san::CheckOptions options;
  san::add_options(app, options);
  return san::run_tool(app, argc, argv, options.common, [&options] {
    if (options.list) return san::list_checks(options);
    san::finish_options(options);
    return san::check(options);
  });
}
