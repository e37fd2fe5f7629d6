// SPDX-License-Identifier: Apache-2.0
#include "tool.h"

#include <fmt/core.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <map>

#include "core/nearest.h"
#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "hints.h"
#include "iscsi/connection/service_watch.h"
#include "output.h"

namespace san {
namespace {

/// The author of the one document of --json.
enum class Author { nobody, tool, watch };
std::atomic<Author> author{Author::nobody};

/// Claims the one document of --json for `who`; false if the other author has it. A script must not take two
/// documents for one.
bool take_document(Author who) {
  Author before = Author::nobody;
  return author.compare_exchange_strong(before, who) || before == who;
}

Printable document_text(const Json& document) {
  // Names that come from disks and targets need not be UTF-8.
  return printable_json(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

/// Prints the document of a program that is about to be ended by iscsi::ServiceWatch, stuck threads and all:
/// not through stdout, whose lock may be held for ever.
void print_last_document(const Error& error) {
  if (!take_document(Author::watch)) return;
  print_last(document_text({{"error", to_json(error)}}));
}

/// Returns the selected verb; null if there is none, or the tool has no verbs.
const CLI::App* typed_verb(const CLI::App& app) {
  const auto verbs = app.get_subcommands();
  return verbs.empty() ? nullptr : verbs.front();
}

std::vector<const CLI::App*> all_verbs(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// Options of the tool and of the verb that was typed.
std::vector<const CLI::Option*> all_options(const CLI::App& app) {
  std::vector<const CLI::Option*> options = app.get_options();
  if (const CLI::App* verb = typed_verb(app); verb != nullptr)
    for (const CLI::Option* option : verb->get_options()) options.push_back(option);
  return options;
}

/// Returns the arguments that no option or argument took. CLI11 2.1 includes the "--" in front of arguments
/// that begin with a hyphen (POSIX, 12.2, guideline 10).
std::vector<std::string> extras_of(const CLI::App& app) {
  std::vector<std::string> extras = app.remaining(true);
  if (const auto mark = std::find(extras.begin(), extras.end(), "--"); mark != extras.end())
    extras.erase(mark);
  return extras;
}

/// Returns true if `word` comes after the "--" of the command line, where there are no options.
bool is_behind_mark(int argc, char** argv, std::string_view word) {
  char** const end = argv + argc;
  char** const mark = std::find(argv + 1, end, std::string_view("--"));
  return std::find(argv + 1, mark, word) == mark && std::find(mark, end, word) != end;
}

/// Returns the option (or, if a verb is missing, the verb) of `app` that `typed` most likely meant; empty if
/// none is similar.
std::string nearest_name(const CLI::App& app, const std::string& typed) {
  std::vector<std::string> names;
  if (typed.starts_with("-")) {
    for (const CLI::Option* option : all_options(app))
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  } else {
    for (const CLI::App* verb : all_verbs(app)) names.push_back(verb->get_name());
  }
  return nearest(typed, names);
}

/// Options as manual pages write them: "--zero POLICY", "--verify[=MODE]". CLI11 would add every check it
/// makes.
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() {
    label("SUBCOMMAND", "VERB");
    label("Subcommands", "Verbs");
  }
  std::string make_option_name(const CLI::Option* option, bool positional) const override {
    std::string name = CLI::Formatter::make_option_name(option, positional);
    const auto open = name.find('{');
    if (open != std::string::npos) name.erase(open, name.find('}', open) + 1 - open);
    return name;
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_positional() || option->get_type_name().empty()) return {};
    const std::string type = option->get_type_name().substr(0, option->get_type_name().find(':'));
    return type.starts_with("[") ? type : " " + type;
  }
};

Error usage_error(const CLI::App& app, int argc, char** argv, const CLI::ParseError& parse) {
  const std::vector<std::string> extras = extras_of(app);
  const CLI::App* verb = typed_verb(app);
  const bool no_verb = verb == nullptr && !all_verbs(app).empty();
  const std::string hint = verb == nullptr
                               ? fmt::format("see {} --help", app.get_name())
                               : fmt::format("see {} {} --help", app.get_name(), verb->get_name());
  if (extras.empty()) {
    if (no_verb) return {Exit::usage, "", "no verb is given", hint};
    std::string cause = parse.what();
    cause.resize(std::min(cause.find('\n'), cause.size()));
    return {Exit::usage, "", cause, hint};
  }
  std::string typed = extras.front();
  const bool option = typed.starts_with("-") && !is_behind_mark(argc, argv, typed);
  if (option) typed.resize(std::min(typed.find('='), typed.size()));
  if (!option && !no_verb) return {Exit::usage, typed, "one argument too many", hint};
  const std::string near = nearest_name(app, typed);
  return {Exit::usage, typed, option ? "no such option" : "no such verb",
          near.empty() ? hint : fmt::format("did you mean {}?", near)};
}

/// Throws Error(usage) if an option or argument has an empty value, as from an unset variable of a script.
/// CLI11 would take the next argument for the value of "--rate=".
void check_values(const CLI::App& app, int argc, char** argv) {
  const auto empty = [&app](const std::string& name) {
    return Error(Exit::usage, name, "has an empty value", fmt::format("see {} --help", app.get_name()));
  };
  const auto known = [&app](const std::string& name) {
    if (app.get_option_no_throw(name) != nullptr) return true;
    const auto verbs = all_verbs(app);
    return std::any_of(verbs.begin(), verbs.end(),
                       [&name](const CLI::App* verb) { return verb->get_option_no_throw(name) != nullptr; });
  };
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i)
    if (const std::string_view typed = argv[i]; typed.starts_with("--") &&
                                                typed.find('=') == typed.size() - 1 &&
                                                known(std::string(typed.substr(0, typed.size() - 1))))
      throw empty(std::string(typed.substr(0, typed.size() - 1)));
  for (const CLI::Option* option : all_options(app))
    for (const std::string& value : option->results())
      if (value.empty()) throw empty(option->get_name());
}

Exit report(const Error& error, const CommonOptions& options) {
  if (options.json) {
    try {
      print_json({{"error", to_json(error)}});
    } catch (const Error&) {
      // stdout is closed; the exit code shows the failure.
    }
  }
  log::message(log::Level::error, error.what());
  return error.code();
}

}  // namespace

void add_common_options(CLI::App& app, CommonOptions& options) {
  static const std::map<std::string, ProgressMode> modes{{"auto", ProgressMode::automatic},
                                                         {"bar", ProgressMode::bar},
                                                         {"json", ProgressMode::json},
                                                         {"none", ProgressMode::none}};
  app.add_option("-p,--profile", options.login.profile, "boot profile: its LUN, and how to log in")
      ->type_name("FILE")
      ->group("iSCSI");
  app.add_option("--initiator", options.login.initiator, "iSCSI name to log in with")
      ->type_name("IQN")
      ->group("iSCSI");
  app.add_option("--chap-user", options.login.chap_user, "CHAP user")->type_name("NAME")->group("iSCSI");
  app.add_option("--chap-secret-file", options.login.chap_secret_file,
                 "file of mode 0600 with the CHAP secret")
      ->type_name("FILE")
      ->group("iSCSI");
  app.add_flag("--json", options.json, "one JSON document on stdout instead of text")->group("Output");
  app.add_option_function<std::string>(
         "--progress", [&options](const std::string& mode) { options.progress = modes.at(mode); },
         "auto, bar, json (one object a line) or none, on stderr")
      ->check(CLI::IsMember({"auto", "bar", "json", "none"}))
      ->type_name("MODE")
      ->group("Output");
  app.add_option("--color", options.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->group("Output");
  app.add_flag("-v,--verbose", options.verbose, "say more; twice for debugging")->group("Output");
  app.add_flag("-q,--quiet", options.quiet, "say nothing but errors")->group("Output");
  app.set_version_flag("--version", fmt::format("{} (sanboot) {}", app.get_name(), SANBOOT_VERSION),
                       "print the version");
}

int run_tool(CLI::App& app, int argc, char** argv, CommonOptions& options,
             const std::function<Exit()>& work) {
  log::set_program(app.get_name());
  use_option_words();
  const auto prepare = [](CLI::App& a) {
    a.set_help_flag("-h,--help", "print this help");
    a.formatter(std::make_shared<HelpFormatter>());
    a.allow_extras();  // judged below, with a suggestion
  };
  prepare(app);
  for (CLI::App* verb : app.get_subcommands([](CLI::App*) { return true; })) {
    prepare(*verb);
    verb->fallthrough();  // the common options may stand on either side of the verb
    verb->footer(fmt::format("Options of every verb: {} --help", app.get_name()));
  }
  try {
    check_values(app, argc, argv);
    app.parse(argc, argv);
    check_values(app, argc, argv);
  } catch (const CLI::CallForHelp&) {
    print_text(printable_lines(app.help()));
    return 0;
  } catch (const CLI::CallForVersion& version) {
    print_text(format_text("{}\n", version.what()));
    return 0;
  } catch (const Error& error) {
    for (int i = 1; i < argc; ++i) options.json |= std::string_view(argv[i]) == "--json";
    return static_cast<int>(report(error, options));
  } catch (const CLI::ParseError& parse) {
    return static_cast<int>(report(usage_error(app, argc, argv, parse), options));
  }
  if (options.quiet) {
    log::set_level(log::Level::error);
    options.progress = ProgressMode::none;
  } else if (options.verbose > 0) {
    log::set_level(options.verbose > 1 ? log::Level::debug : log::Level::info);
  }
  if (options.json) iscsi::ServiceWatch::set_last_words(print_last_document);
  try {
    if (!extras_of(app).empty()) throw usage_error(app, argc, argv, CLI::ParseError("", 0));
    const Interrupt interrupt;
    options.login.boot_profile();  // faults of the profile come before those of the work
    return static_cast<int>(work());
  } catch (const Error& error) {
    return static_cast<int>(report(error, options));
  } catch (const std::bad_alloc&) {
    return static_cast<int>(report(Error(Exit::failed, "", "out of memory"), options));
  } catch (const std::exception& other) {
    // From std::filesystem, for example: "filesystem error: status: Permission denied [/x/y]".
    return static_cast<int>(report(Error(Exit::failed, "", other.what()), options));
  }
}

CLI::App& Verbs::add(const std::string& name, const std::string& description, std::function<Exit()> work) {
  works_[name] = std::move(work);
  app_.require_subcommand(1);
  // CLI11 2.1 heads the list of verbs with the name of their group, whatever the label is.
  return *app_.add_subcommand(name, description)->group("Verbs");
}

Exit Verbs::run() const {
  return works_.at(app_.get_subcommands().front()->get_name())();
}

void print_json(const Json& document) {
  const Printable text = document_text(document);
  while (!take_document(Author::tool)) pause();  // the watch is about to end the process
  print_text(text);
}

Json to_json(const Error& error) {
  return {{"object", error.object()},
          {"cause", error.cause()},
          {"hint", error.hint()},
          {"exit_code", static_cast<int>(error.code())}};
}

}  // namespace san
