// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "clone/request_checks.h"
#include "core/units.h"
#include "iscsi/address/url.h"

namespace san {

void add_options(CLI::App& app, CloneOptions& o) {
  app.add_option(
         "SOURCE", o.request.source,
         "disk, image, iscsi://HOST[:PORT]/TARGET/LUN, profile:FILE, nbd://…, or - for standard input")
      ->required();
  app.add_option("DEST", o.request.destinations,
                 "disk, image, iscsi://…, profile:FILE, nbd://… or - (standard output); a file that does not "
                 "exist is created; with --profile the LUN of that profile, if none is given");
  app.add_flag("--used-only", o.request.used_only,
               "copy what the file systems use; free space becomes zeros");
  app.add_flag("--verify{full}", o.verify, "read back and compare: full (the default), written or sample")
      ->check(CLI::IsMember({"full", "written", "sample"}))
      ->type_name("[=MODE]");
  app.add_option("--zero", o.zero,
                 "zeros are deallocated where that is proved (prove), written (write), or left out (skip)")
      ->check(CLI::IsMember({"prove", "write", "skip"}))
      ->type_name("POLICY");
  app.add_option("--map", o.request.map,
                 "clone map: an unfinished clone goes on, a finished one is brought up to date")
      ->type_name("FILE");
  app.add_option("--delta", o.delta,
                 "with a finished map: read back what may have changed on DEST (auto), everything (compare), "
                 "or nothing (trust)")
      ->check(CLI::IsMember({"auto", "compare", "trust"}))
      ->type_name("HOW");
  app.add_flag("--fresh", o.request.fresh, "forget what the map says, and clone everything");
  app.add_option(
         "--on-read-error", o.on_read_error,
         "where SOURCE cannot be read: stop (fail), zeros (zero), or zeros after N more tries (retry:N)")
      ->type_name("WHAT");
  app.add_option("--bad-map", o.request.bad_map,
                 "write down what could not be read, as a mapfile of ddrescue")
      ->type_name("FILE");
  app.add_flag_callback(
         "--fit-gpt", [&o] { o.request.fit_gpt = CloneRequest::Fit::require; },
         "on a larger DEST, move the backup GPT to its end (the default), or refuse")
      ->excludes(app.add_flag_callback(
          "--no-fit-gpt", [&o] { o.request.fit_gpt = CloneRequest::Fit::leave; },
          "leave the partition table as it is"));
  app.add_flag("--grow-last", o.request.grow_last, "let the last partition reach to the end of DEST");
  app.add_flag("--new-ids", o.request.new_ids, "new identifiers for the disk and its partitions");
  app.add_flag("--sector-convert", o.request.sector_convert,
               "recreate the GPT for the blocks of DEST, where no file system depends on them");
  app.add_flag("--keep-size", o.request.keep_size, "a DEST file that is longer than SOURCE is not cut");
  app.add_flag("--wipe-rest", o.request.wipe_rest,
               "on a larger DEST, what is behind the clone becomes zeros");
  app.add_option(
         "--offload", o.offload,
         "from LUN to LUN: let the target copy by itself where it can (auto), never, or always (require)")
      ->check(CLI::IsMember({"auto", "never", "require"}))
      ->type_name("WHEN");
  app.add_option(
         "--reserve", o.reserve,
         "keep others from writing to DEST by a persistent reservation: where the target can and nobody "
         "else is registered (auto), never, or always (require)")
      ->check(CLI::IsMember({"auto", "never", "require"}))
      ->type_name("WHEN");
  app.add_option("--stream", o.stream,
                 "what goes to standard output: the bytes of the disk (raw), or zstd with an end (zst)")
      ->check(CLI::IsMember({"raw", "zst"}))
      ->type_name("FORMAT");
  app.add_option("--rate", o.rate, "read at most so many bytes a second")->type_name("SIZE");
  app.add_option("--sessions", o.request.sessions, "iSCSI sessions or NBD connections side by side, 1 to 16")
      ->check(CLI::Range(1, 16))
      ->type_name("N");
  app.add_option("--depth", o.request.depth, "requests in flight a session, 1 to 128")
      ->check(CLI::Range(1, 128))
      ->type_name("N");
  app.add_option("--block", o.block, "bytes of a request, 64K to 8M")->type_name("SIZE");
  app.add_flag("--dry-run", o.dry_run, "print the plan and what would be refused; write nothing");
  app.add_flag("--compare", o.compare, "write nothing; compare SOURCE with DEST");
  app.add_flag("--freeze{300}", o.freeze,
               "freeze the file systems mounted from SOURCE while it is read, 300 seconds at most")
      ->type_name("[=SECONDS]");
  app.add_flag("--raw", o.request.raw,
               "the bytes of SOURCE are the disk, and those of DEST, whatever they look like");
  app.add_option_function<std::string>(
         "--backing", [&o](const std::string& what) { o.request.allow_backing = what == "allow"; },
         "a qcow2 SOURCE that names a backing file is refused (refuse), or read with it (allow)")
      ->check(CLI::IsMember({"refuse", "allow"}))
      ->type_name("WHAT");
  app.add_option("--force", o.force,
                 "override a refusal, by its name: live, in-use, block-size, unknown-content, cut-source")
      ->type_name("REASON");
  add_common_options(app, o.common);
}

namespace {

/// "fail", "zero" or "retry:N".
std::optional<unsigned> parse_on_read_error(const std::string& text) {
  if (text == "fail") return std::nullopt;
  if (text == "zero") return 0;
  unsigned tries = 0;
  const std::string number = text.substr(std::min<std::size_t>(text.size(), 6));
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), tries);
  if (text.rfind("retry:", 0) != 0 || error != std::errc{} || end != number.data() + number.size() ||
      tries > 100)
    throw Error(Exit::usage, "--on-read-error", "\"" + text + "\" is not fail, zero or retry:N",
                "N is 0 to 100");
  return tries;
}

std::chrono::seconds parse_freeze(const std::string& text) {
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds < 1 || seconds > 86400)
    throw Error(Exit::usage, "--freeze", "\"" + text + "\" is not a number of seconds, 1 to 86400");
  return std::chrono::seconds(seconds);
}

CloneRequest::Force parse_force(const std::string& text) {
  const copy::Overrides given = copy::parse_overrides(text);
  return {given.live, given.in_use, given.block_size, given.unknown_content, given.cut_source};
}

/// Options that take one of several words; CLI11 has seen to it that they are known.
void read_words(CloneOptions& o) {
  CloneRequest& r = o.request;
  if (o.verify == "full") r.verify = CloneRequest::Verify::full;
  if (o.verify == "written") r.verify = CloneRequest::Verify::written;
  if (o.verify == "sample") r.verify = CloneRequest::Verify::sample;
  if (o.zero == "write") r.zeros = CloneRequest::Zeros::write;
  if (o.zero == "skip") r.zeros = CloneRequest::Zeros::skip;
  if (o.delta == "compare") r.delta = CloneRequest::Delta::compare;
  if (o.delta == "trust") r.delta = CloneRequest::Delta::trust;
  if (o.reserve == "never") r.reserve = CloneRequest::Reserve::never;
  if (o.reserve == "require") r.reserve = CloneRequest::Reserve::require;
  if (o.offload == "never") r.offload = CloneRequest::Offload::never;
  if (o.offload == "require") r.offload = CloneRequest::Offload::require;
  r.compress_output = o.stream == "zst";
}

/// The destination that --profile stands for.
void use_profile(CloneOptions& o) {
  const std::string& profile = o.common.login.profile;
  std::vector<std::string>& destinations = o.request.destinations;
  if (destinations.empty()) {
    if (profile.empty()) throw Error(Exit::usage, "", "DEST is required", "see sanclone --help");
    destinations.push_back("profile:" + profile);
  } else if (!profile.empty() && !iscsi::is_url(o.request.source) &&
             std::none_of(destinations.begin(), destinations.end(), iscsi::is_url)) {
    // A user who restores from the LUN of a profile would get other content under the name given.
    throw Error(Exit::usage, "--profile", "is not used: neither SOURCE nor DEST is an iSCSI URL",
                "leave out DEST to clone onto the LUN of the profile, or write profile:FILE for that LUN");
  }
}

/// Checks what --compare and --dry-run exclude.
void check_commands(const CloneOptions& o) {
  const CloneRequest& r = o.request;
  if (!r.map.empty() && (o.dry_run || o.compare))
    throw Error(Exit::usage, "--map", o.compare ? "is not used by --compare" : "is not used by --dry-run",
                "leave out one of them");
  if (r.wipe_rest && o.compare)
    throw Error(Exit::usage, "--wipe-rest", "is not used by --compare", "leave out one of them");
  if (o.compare && o.dry_run)
    throw Error(Exit::usage, "--compare", "writes nothing anyway; leave out --dry-run");
  if (o.compare && r.destinations.size() > 1) throw Error(Exit::usage, "--compare", "takes one DEST");
}

/// Checks what only a command line has.
void check_output_options(const CloneOptions& o) {
  const auto& destinations = o.request.destinations;
  if (o.common.json && std::find(destinations.begin(), destinations.end(), "-") != destinations.end())
    throw Error(Exit::usage, "--json", "standard output is taken by the disk itself", "leave out --json");
}

}  // namespace

CloneRun CloneOptions::run() const {
  CloneRun run{.request = request, .login = common.login};
  if (compare) run.purpose = CloneRun::Purpose::compare;
  if (dry_run) run.purpose = CloneRun::Purpose::plan;
  run.progress_sink = [mode = common.progress] { return make_progress_sink(mode); };
  return run;
}

void finish_options(CloneOptions& o) {
  use_profile(o);
  read_words(o);
  CloneRequest& r = o.request;
  const boot::LoginOptions& login = o.common.login;
  r.login = {login.initiator, login.chap_user, login.chap_secret_file, login.profile};
  if (!o.rate.empty()) r.rate = parse_size(o.rate, "--rate");
  if (!o.block.empty()) r.block = parse_size(o.block, "--block");
  if (!o.block.empty() && r.block == 0)
    throw Error(Exit::usage, "--block", "is not between 64K and 8M, or not a multiple of 4K");
  r.retries = parse_on_read_error(o.on_read_error);
  r.force = parse_force(o.force);
  if (!o.freeze.empty()) r.freeze = parse_freeze(o.freeze);
  check_commands(o);
  check_request(o.run());
  check_output_options(o);
}

}  // namespace san
