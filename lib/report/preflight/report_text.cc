// SPDX-License-Identifier: Apache-2.0
#include "report/preflight/report_text.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/text/table.h"
#include "core/units.h"
#include "preflight/facts/boot_way.h"

namespace san::report {
namespace {

using Results = std::vector<const preflight::Result*>;

constexpr std::size_t kCollapse = 3;  // so many checks that are unknown for one reason share a line
constexpr SourceText kIndent = "      ";

/// The words in front of the lines; short, so that they are aligned within their group.
SourceText word(preflight::Status status) {
  switch (status) {
    case preflight::Status::pass:
      return "PASS";
    case preflight::Status::fail:
      return "FAIL";
    case preflight::Status::unknown:
      return "UNKNOWN";
    case preflight::Status::skipped:
      return "SKIPPED";
    case preflight::Status::not_applicable:
      break;
  }
  return "N/A";
}

SourceText color(const preflight::Result& result) {
  const bool blocker = result.severity == Severity::blocker;
  switch (result.outcome.status) {
    case preflight::Status::fail:
      return blocker ? sgr::red : sgr::yellow;
    case preflight::Status::unknown:
      return blocker ? sgr::red : sgr::yellow;
    case preflight::Status::pass:
      return sgr::green;
    case preflight::Status::skipped:
      return sgr::yellow;
    case preflight::Status::not_applicable:
      break;
  }
  return sgr::faint;
}

class Text {
 public:
  Text(const preflight::Report& report, const Canvas& canvas) : report_(report), canvas_(canvas) {}

  Printable make(bool all) {
    head();
    for (const preflight::Status status :
         {preflight::Status::fail, preflight::Status::unknown, preflight::Status::skipped})
      group(of(status), true);
    if (all)
      for (const preflight::Status status : {preflight::Status::pass, preflight::Status::not_applicable})
        group(of(status), false);
    else
      rest();
    people();
    verdict();
    return std::move(out_);
  }

 private:
  static bool is_todo(const preflight::Result& result) {
    return preflight::is_to_do(*result.check) && result.outcome.status == preflight::Status::not_applicable &&
           !result.outcome.remedy.empty();
  }

  /// Blockers first, within them the order of the checks.
  Results of(preflight::Status status) const {
    Results out;
    for (const preflight::Result& result : report_.results)
      if (result.outcome.status == status && !is_todo(result)) out.push_back(&result);
    std::stable_sort(out.begin(), out.end(), [](const preflight::Result* a, const preflight::Result* b) {
      return a->severity < b->severity;
    });
    return out;
  }

  Printable plain(std::string_view text) const { return shown(text, canvas_.utf8); }

  void head() {
    std::vector<Printable> facts;
    if (report_.size > 0) facts.push_back(as_printable(format_size(report_.size)));
    for (const std::string& system : report_.systems) facts.push_back(plain(system));
    if (report_.firmware) facts.push_back(as_printable(preflight::to_string(*report_.firmware)));
    if (report_.nic.known())
      facts.push_back("NIC " + (report_.nic.driver.empty()
                                    ? format_text("{:04x}:{:04x}", *report_.nic.vendor, *report_.nic.device)
                                    : plain(report_.nic.driver)));
    Printable name = plain(report_.device);
    if (name.empty()) name = report_.live ? SourceText("this machine") : plain(report_.profile);
    if (!report_.profile.empty() && name.text().find(report_.profile) == std::string::npos)
      facts.push_back("profile " + plain(report_.profile));
    out_ += painted(canvas_.color, sgr::bold, name) +
            (facts.empty() ? Printable() : ": " + joined(facts, ", ")) + "\n\n";
  }

  void line(const preflight::Result& result, std::size_t id_width, bool with_remedy) {
    const preflight::Check& check = *result.check;
    out_ += format_text(
        "{}  {}  {}  {}\n", painted(canvas_.color, color(result), word(result.outcome.status)),
        padded(as_printable(check.id), id_width),
        padded(as_printable(preflight::to_string(result.severity)), 7), preflight::heading(result));
    details(result.outcome, with_remedy);
  }

  void details(const preflight::Outcome& outcome, bool with_remedy) {
    for (const preflight::Evidence& evidence : outcome.evidence) {
      Printable text = plain(evidence.where);
      if (!evidence.found.empty())
        text += (text.empty() ? SourceText("") : SourceText(": ")) + plain(evidence.found);
      if (!evidence.wanted.empty()) text += "; wanted: " + plain(evidence.wanted);
      out_ += wrapped(kIndent, text, canvas_.width);
    }
    if (!with_remedy) return;
    if (!outcome.remedy.empty())
      out_ += wrapped(
          Printable(kIndent) + (outcome.status == preflight::Status::unknown ? SourceText("needed: ")
                                                                             : SourceText("remedy: ")),
          plain(outcome.remedy), canvas_.width);
    for (const ShellCommand& command : outcome.commands)
      out_ += format_text("{}  {}\n", kIndent, plain(command.text()));
  }

  /// Many that are so for one reason share a line: a LUN that cannot be opened would fill pages.
  void group(const Results& results, bool with_remedy) {
    if (results.empty()) return;
    std::size_t width = 0;
    for (const preflight::Result* result : results)
      width = std::max(width, std::string_view(result->check->id).size());
    std::vector<bool> done(results.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (done[i]) continue;
      Results same;
      for (std::size_t k = i; k < results.size(); ++k)
        if (!done[k] && alike(*results[i], *results[k])) same.push_back(results[k]);
      if (same.size() < kCollapse) {
        line(*results[i], width, with_remedy);
        continue;
      }
      for (std::size_t k = i; k < results.size(); ++k) done[k] = done[k] || alike(*results[i], *results[k]);
      together(same, with_remedy);
    }
    out_ += "\n";
  }

  static bool alike(const preflight::Result& a, const preflight::Result& b) {
    const preflight::Outcome &x = a.outcome, &y = b.outcome;
    const bool may = x.status == preflight::Status::unknown || x.status == preflight::Status::not_applicable;
    return &a == &b || (may && a.severity == b.severity && x.remedy == y.remedy && x.evidence.size() == 1 &&
                        y.evidence.size() == 1 && x.evidence[0].where == y.evidence[0].where &&
                        x.evidence[0].found == y.evidence[0].found);
  }

  void together(const Results& same, bool with_remedy) {
    std::vector<std::string> ids;
    for (const preflight::Result* result : same) ids.emplace_back(result->check->id);
    const preflight::Result& first = *same.front();
    const Printable head = format_text("{}  {} {}s: ", word(first.outcome.status), same.size(),
                                       preflight::to_string(first.severity));
    const Printable text = wrapped(head, joined(ids, " "), canvas_.width);
    const SourceText status = word(first.outcome.status);
    out_ += painted(canvas_.color, color(first), status) + text.behind(status.text().size());
    details(first.outcome, with_remedy);
  }

  /// What is not listed without -v.
  void rest() {
    std::size_t scopes = 0, not_applicable = 0;
    for (const preflight::Result* result : of(preflight::Status::not_applicable))
      ++(result->examined ? not_applicable : scopes);
    Printable text = format_text("{} passed, {} not applicable", report_.verdict.passed, not_applicable);
    if (scopes > 0) text += format_text(", {} in scopes not examined", scopes);
    out_ += painted(canvas_.color, sgr::faint, text + "; -v shows them") + "\n\n";
  }

  void people() {
    bool headed = false;
    for (const preflight::Result& result : report_.results) {
      if (!is_todo(result)) continue;
      if (!headed) out_ += "What only people can do:\n";
      headed = true;
      out_ += wrapped(format_text("  {}  {}  ", result.check->id,
                                  padded(as_printable(preflight::to_string(result.severity)), 7)),
                      plain(result.outcome.remedy), canvas_.width);
    }
    if (headed) out_ += "\n";
  }

  void verdict() {
    const preflight::Verdict& verdict = report_.verdict;
    out_ += painted(canvas_.color, verdict.ready ? sgr::green : sgr::red, plain(verdict.line())) + "\n";
  }

  const preflight::Report& report_;
  const Canvas& canvas_;
  Printable out_;
};

}  // namespace

Printable report_text(const preflight::Report& report, const Canvas& canvas, bool all) {
  return Text(report, canvas).make(all);
}

Printable list_checks_text(const Canvas& canvas, bool about) {
  Printable out;
  for (const preflight::Check* const check : preflight::all_checks()) {
    const std::string scopes = std::string(to_string(check->scope)) +
                               (check->also ? std::string(",") + to_string(*check->also) : "");
    out += format_text("{:<8} {:<7}  {:<12} {}\n", check->id, preflight::to_string(check->severity), scopes,
                       check->title);
    if (about) out += wrapped("         ", as_printable(check->about), canvas.width);
  }
  return out;
}

}  // namespace san::report
