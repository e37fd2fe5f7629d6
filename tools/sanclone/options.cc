// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "core/units.h"
#include "devices.h"
#include "iscsi/address/url.h"
#include "open/open_device.h"
#include "system/file/output_file.h"

namespace san {

void add_options(CLI::App& app, CloneOptions& o) {
  app.add_option(
         "SOURCE", o.source,
         "disk, image, iscsi://HOST[:PORT]/TARGET/LUN, profile:FILE, nbd://…, or - for standard input")
      ->required();
  app.add_option("DEST", o.destinations,
                 "disk, image, iscsi://…, profile:FILE, nbd://… or - (standard output); a file that does not "
                 "exist is created; with --profile the LUN of that profile, if none is given");
  app.add_flag("--used-only", o.used_only, "copy what the file systems use; free space becomes zeros");
  app.add_flag("--verify{full}", o.verify, "read back and compare: full (the default), written or sample")
      ->check(CLI::IsMember({"full", "written", "sample"}))
      ->type_name("[=MODE]");
  app.add_option("--zero", o.zero,
                 "zeros are deallocated where that is proved (prove), written (write), or left out (skip)")
      ->check(CLI::IsMember({"prove", "write", "skip"}))
      ->type_name("POLICY");
  app.add_option("--map", o.map,
                 "clone map: an unfinished clone goes on, a finished one is brought up to date")
      ->type_name("FILE");
  app.add_option("--delta", o.delta,
                 "with a finished map: read back what may have changed on DEST (auto), everything (compare), "
                 "or nothing (trust)")
      ->check(CLI::IsMember({"auto", "compare", "trust"}))
      ->type_name("HOW");
  app.add_flag("--fresh", o.fresh, "forget what the map says, and clone everything");
  app.add_option(
         "--on-read-error", o.on_read_error,
         "where SOURCE cannot be read: stop (fail), zeros (zero), or zeros after N more tries (retry:N)")
      ->type_name("WHAT");
  app.add_option("--bad-map", o.bad_map, "write down what could not be read, as a mapfile of ddrescue")
      ->type_name("FILE");
  app.add_flag_callback(
         "--fit-gpt", [&o] { o.must_fit_gpt = true; },
         "on a larger DEST, move the backup GPT to its end (the default), or refuse")
      ->excludes(app.add_flag_callback(
          "--no-fit-gpt", [&o] { o.fit_gpt = false; }, "leave the partition table as it is"));
  app.add_flag("--grow-last", o.grow_last, "let the last partition reach to the end of DEST");
  app.add_flag("--new-ids", o.new_ids, "new identifiers for the disk and its partitions");
  app.add_flag("--sector-convert", o.sector_convert,
               "recreate the GPT for the blocks of DEST, where no file system depends on them");
  app.add_flag("--keep-size", o.copy.keep_size, "a DEST file that is longer than SOURCE is not cut");
  app.add_flag("--wipe-rest", o.copy.wipe_rest, "on a larger DEST, what is behind the clone becomes zeros");
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
  app.add_option("--sessions", o.sessions, "iSCSI sessions or NBD connections side by side, 1 to 16")
      ->check(CLI::Range(1, 16))
      ->type_name("N");
  app.add_option("--depth", o.depth, "requests in flight a session, 1 to 128")
      ->check(CLI::Range(1, 128))
      ->type_name("N");
  app.add_option("--block", o.block, "bytes of a request, 64K to 8M")->type_name("SIZE");
  app.add_flag("--dry-run", o.dry_run, "print the plan and what would be refused; write nothing");
  app.add_flag("--compare", o.compare, "write nothing; compare SOURCE with DEST");
  app.add_flag("--freeze{300}", o.freeze,
               "freeze the file systems mounted from SOURCE while it is read, 300 seconds at most")
      ->type_name("[=SECONDS]");
  app.add_flag("--raw", o.raw,
               "the bytes of SOURCE are the disk, and those of DEST, whatever they look like");
  app.add_option_function<std::string>(
         "--backing", [&o](const std::string& what) { o.allow_backing = what == "allow"; },
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

std::chrono::seconds parse_freeze(const CloneOptions& o) {
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(o.freeze.data(), o.freeze.data() + o.freeze.size(), seconds);
  if (error != std::errc{} || end != o.freeze.data() + o.freeze.size() || seconds < 1 || seconds > 86400)
    throw Error(Exit::usage, "--freeze", "\"" + o.freeze + "\" is not a number of seconds, 1 to 86400");
  if (o.source == "-" || is_any_url(o.source))
    throw Error(Exit::usage, "--freeze", "needs a disk or an image of this machine as SOURCE",
                "freeze the file systems on the machine that has mounted them (fsfreeze)");
  return std::chrono::seconds(seconds);
}

/// Options that take one of several words; CLI11 has seen to it that they are known.
void read_words(CloneOptions& o) {
  if (o.verify == "full") o.copy.verify = copy::VerifyMode::full;
  if (o.verify == "written") o.copy.verify = copy::VerifyMode::written;
  if (o.verify == "sample") o.copy.verify = copy::VerifyMode::sample;
  if (o.zero == "write") o.copy.zero = copy::ZeroPolicy::write;
  if (o.zero == "skip") o.copy.zero = copy::ZeroPolicy::skip;
  if (o.delta == "compare") o.delta_mode = copy::DeltaMode::compare;
  if (o.delta == "trust") o.delta_mode = copy::DeltaMode::trust;
  if (o.reserve == "never") o.reserve_mode = iscsi::ReserveMode::never;
  if (o.reserve == "require") o.reserve_mode = iscsi::ReserveMode::require;
  if (o.offload == "never") o.offload_mode = copy::OffloadMode::never;
  if (o.offload == "require") o.offload_mode = copy::OffloadMode::require;
}

/// The destination that --profile stands for.
void use_profile(CloneOptions& o) {
  const bool given = !o.common.login.profile.empty();
  if (o.destinations.empty()) {
    if (!given) throw Error(Exit::usage, "", "DEST is required", "see sanclone --help");
    o.destinations.push_back("profile:" + o.common.login.profile);
  } else if (given && !iscsi::is_url(o.source) &&
             std::none_of(o.destinations.begin(), o.destinations.end(), iscsi::is_url)) {
    // A user who restores from the LUN of a profile would get other content under the name given.
    throw Error(Exit::usage, "--profile", "is not used: neither SOURCE nor DEST is an iSCSI URL",
                "leave out DEST to clone onto the LUN of the profile, or write profile:FILE for that LUN");
  }
}

/// Checks the options that a clone map, or its absence, excludes.
void check_map(const CloneOptions& o) {
  if (o.map.empty() && (o.fresh || o.delta != "auto"))
    throw Error(Exit::usage, o.fresh ? "--fresh" : "--delta", "needs a clone map", "name one by --map=FILE");
  if (!o.map.empty() && o.copy.zero == copy::ZeroPolicy::skip)
    throw Error(Exit::usage, "--zero=skip",
                "leaves what is on DEST, and a clone map has to know what that is", "leave out --map");
  if (!o.map.empty() && (o.dry_run || o.compare))
    throw Error(Exit::usage, "--map", o.compare ? "is not used by --compare" : "is not used by --dry-run",
                "leave out one of them");
}

/// The disk may be readable for the last time: what is written down of it must not replace any of it.
void check_bad_map(const CloneOptions& o) {
  if (o.bad_map.empty()) return;
  if (!o.retries)
    throw Error(Exit::usage, "--bad-map", "the first bad place ends the clone",
                "add --on-read-error=zero or --on-read-error=retry:N");
  std::vector<NamedFile> others = {
      {"SOURCE", o.source}, {"--map", o.map}, {"--profile", o.common.login.profile}};
  for (const std::string& destination : o.destinations) others.push_back({"DEST", destination});
  check_apart({{"--bad-map", o.bad_map}}, others);
  check_output(o.bad_map, kBadMap);
}

/// Checks the options that standard output as a destination excludes.
void check_stdout(const CloneOptions& o) {
  if (const auto outputs = std::count(o.destinations.begin(), o.destinations.end(), "-"); outputs > 0) {
    if (outputs > 1) throw Error(Exit::usage, "-", "there is only one standard output");
    if (o.compare) throw Error(Exit::usage, "-", "standard output cannot be compared");
    if (o.copy.verify != copy::VerifyMode::none)
      throw Error(Exit::usage, "--verify", "standard output cannot be read back", "leave out --verify");
    if (o.common.json)
      throw Error(Exit::usage, "--json", "standard output is taken by the disk itself", "leave out --json");
  } else if (o.stream != "raw") {
    throw Error(Exit::usage, "--stream", "is the format of standard output, and no DEST is -");
  }
}

/// Checks the options that a copy by the target excludes.
void check_offload(const CloneOptions& o) {
  if (o.offload_mode != copy::OffloadMode::require) return;
  const auto refuse = [](const std::string& why) { throw Error(Exit::usage, "--offload=require", why); };
  if (o.compare) refuse("copies, and --compare does not");
  if (o.destinations.size() > 1) refuse("takes one DEST");
  if (!is_lun(o.source) || !is_lun(o.destinations[0])) refuse("needs LUNs for SOURCE and DEST");
  const std::pair<bool, const char*> others[] = {
      {o.used_only, "--used-only"},
      {!o.map.empty(), "--map"},
      {o.retries.has_value(), "--on-read-error"},
      {!o.rate.empty(), "--rate"},
      {!o.block.empty(), "--block"},
      {o.copy.zero == copy::ZeroPolicy::skip, "--zero=skip"},
      {o.copy.wipe_rest, "--wipe-rest"},
  };
  for (const auto& [given, name] : others)
    if (given) refuse(std::string("the target cannot copy by itself with ") + name);
}

}  // namespace

void finish_options(CloneOptions& o) {
  use_profile(o);
  read_words(o);
  if (!o.rate.empty()) o.copy.rate = parse_size(o.rate, "--rate");
  if (!o.block.empty()) o.copy.block = parse_size(o.block, "--block");
  if (o.copy.block < 64 * KiB || o.copy.block > 8 * MiB || o.copy.block % 4096 != 0)
    throw Error(Exit::usage, "--block", "is not between 64K and 8M, or not a multiple of 4K");
  check_map(o);
  o.retries = parse_on_read_error(o.on_read_error);
  if (o.grow_last && !o.fit_gpt)
    throw Error(Exit::usage, "--grow-last", "needs a table that knows the end of DEST",
                "leave out --no-fit-gpt");
  if (o.copy.wipe_rest && (o.compare || o.copy.zero == copy::ZeroPolicy::skip))
    throw Error(Exit::usage, "--wipe-rest",
                o.compare ? "is not used by --compare" : "makes zeros, and --zero=skip makes none",
                "leave out one of them");
  o.overrides = copy::parse_overrides(o.force);
  check_bad_map(o);
  if (!o.freeze.empty()) o.freeze_limit = parse_freeze(o);
  if (o.compare && o.dry_run)
    throw Error(Exit::usage, "--compare", "writes nothing anyway; leave out --dry-run");
  if (o.compare && o.destinations.size() > 1) throw Error(Exit::usage, "--compare", "takes one DEST");
  if (o.used_only && is_stream(o.source))
    throw Error(Exit::usage, "--used-only",
                "cannot look into a stream: standard input is read once, from front to end",
                "give the name of a file or a device");
  check_argument(o.source, *o.common.login.profiles);
  for (const std::string& destination : o.destinations) {
    check_argument(destination, *o.common.login.profiles);
    if (!o.compare && !o.raw) check_promise(destination);
    if (!o.compare && same_file(o.source, destination))
      throw Error(Exit::refused, destination, "is the source itself");
  }
  check_stdout(o);
  check_offload(o);
  if (o.reserve_mode == iscsi::ReserveMode::require)
    for (const std::string& destination : o.destinations)
      if (!is_lun(destination))
        throw Error(Exit::usage, "--reserve=require", destination + " is not a LUN", "leave it out");
}

}  // namespace san
