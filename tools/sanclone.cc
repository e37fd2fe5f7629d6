// SPDX-License-Identifier: Apache-2.0
// sanclone: clones a disk or an image onto an iSCSI LUN, and back.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "block/output_stream.h"
#include "clone_report.h"
#include "copy/clone_checks.h"
#include "copy/delta.h"
#include "copy/map_use.h"
#include "copy/zst_stream.h"
#include "core/log.h"
#include "core/units.h"
#include "open/open_device.h"
#include "tool.h"
#include "used_only_report.h"

namespace san {
namespace {

struct Options {
  CommonOptions common;
  std::string source;
  std::vector<std::string> destinations;
  CopyOptions copy;
  std::string verify, zero = "prove", block, rate, force, map, delta = "auto";
  unsigned sessions = 0, depth = 0;
  bool used_only = false, dry_run = false, compare = false, fresh = false;
  Overrides overrides;
};

void add_options(CLI::App& app, Options& o) {
  app.add_option("SOURCE", o.source,
                 "disk, image, iscsi://HOST[:PORT]/TARGET/LUN, nbd://…, or - for standard input")
      ->required();
  app.add_option(
         "DEST", o.destinations,
         "disk, image, iscsi://…, nbd://… or - (standard output); a file that does not exist is created")
      ->required();
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
  app.add_option(
         "--delta", o.delta,
         "with a finished map: read back what may have changed on DEST (auto), everything (compare), or "
         "nothing (trust)")
      ->check(CLI::IsMember({"auto", "compare", "trust"}))
      ->type_name("HOW");
  app.add_flag("--fresh", o.fresh, "forget what the map says, and clone everything");
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
  app.add_option("--force", o.force, "override a refusal, by its name: in-use, block-size")
      ->type_name("REASON");
  add_common_options(app, o.common);
}

/// Standard input is a stream, unless the shell opened a whole file for it.
bool is_stream(const std::string& source) {
  struct stat status = {};
  return source == "-" && !(fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode) &&
                            lseek(STDIN_FILENO, 0, SEEK_CUR) == 0);
}

/// What CLI11 has taken as text.
void finish_options(Options& o) {
  if (o.verify == "full") o.copy.verify = VerifyMode::full;
  if (o.verify == "written") o.copy.verify = VerifyMode::written;
  if (o.verify == "sample") o.copy.verify = VerifyMode::sample;
  if (o.zero == "write") o.copy.zero = ZeroPolicy::write;
  if (o.zero == "skip") o.copy.zero = ZeroPolicy::skip;
  if (!o.rate.empty()) o.copy.rate = parse_size(o.rate, "--rate");
  if (!o.block.empty()) o.copy.block = parse_size(o.block, "--block");
  if (o.copy.block < 64 * KiB || o.copy.block > 8 * MiB || o.copy.block % 4096 != 0)
    throw Error(Exit::usage, "--block", "is not between 64K and 8M, or not a multiple of 4K");
  if (o.map.empty() && (o.fresh || o.delta != "auto"))
    throw Error(Exit::usage, o.fresh ? "--fresh" : "--delta", "needs a clone map", "name one by --map=FILE");
  if (!o.map.empty() && o.copy.zero == ZeroPolicy::skip)
    throw Error(Exit::usage, "--zero=skip",
                "leaves what is on DEST, and a clone map has to know what that is", "leave out --map");
  o.overrides = parse_overrides(o.force);
  if (o.compare && o.dry_run)
    throw Error(Exit::usage, "--compare", "writes nothing anyway; leave out --dry-run");
  if (o.compare && o.destinations.size() > 1) throw Error(Exit::usage, "--compare", "takes one DEST");
  if (o.used_only && is_stream(o.source))
    throw Error(Exit::usage, "--used-only",
                "cannot look into a stream: standard input is read once, from front to end",
                "give the name of a file or a device");
  check_argument(o.source);
  for (const std::string& destination : o.destinations) {
    check_argument(destination);
    if (!o.compare && same_file(o.source, destination))
      throw Error(Exit::refused, destination, "is the source itself");
  }
  if (const auto outputs = std::count(o.destinations.begin(), o.destinations.end(), "-"); outputs > 0) {
    if (outputs > 1) throw Error(Exit::usage, "-", "there is only one standard output");
    if (o.compare) throw Error(Exit::usage, "-", "standard output cannot be compared");
    if (o.copy.verify != VerifyMode::none)
      throw Error(Exit::usage, "--verify", "standard output cannot be read back", "leave out --verify");
    if (o.common.json)
      throw Error(Exit::usage, "--json", "standard output is taken by the disk itself", "leave out --json");
  }
}

/// The source where it can only be read from front to back; null for a Device.
std::unique_ptr<InputStream> open_stream(const Options& o) {
  if (is_stream(o.source)) return std::make_unique<InputStream>("standard input", STDIN_FILENO);
  if (o.source != "-" && is_zst_stream(o.source, o.overrides.in_use))
    return std::make_unique<ZstStream>(o.source, o.overrides.in_use);
  return nullptr;
}

std::unique_ptr<Device> open(const Options& o, const std::string& argument, bool writable,
                             std::optional<std::uint64_t> create_size = std::nullopt) {
  if (argument == "-" && writable)
    return open_output_stream("standard output", STDOUT_FILENO, create_size > 0 ? create_size : std::nullopt);
  OpenOptions options;
  options.writable = writable;
  options.create_size = create_size;
  options.force_in_use = o.overrides.in_use;
  options.login = o.common.login;
  options.sessions = o.sessions;
  options.depth = o.depth;
  return open_device(argument == "-" ? "/dev/stdin" : argument, options);
}

bool will_be_created(const std::string& destination) {
  return destination == "-" || is_made_anew(destination) ||
         (!is_any_url(destination) && !std::filesystem::exists(destination));
}

/// A source that is not a stream.
class Source {
 public:
  explicit Source(const Options& o) {
    std::string why_whole;
    if (o.used_only && o.overrides.in_use) why_whole = why_in_use(o);
    device_ = open(o, o.source, false);
    if (o.compare && !o.used_only) return;
    table_ = read_partition_table(*device_);
    if (!o.used_only) return;
    UsedOnlyDevice::Options options;
    options.why_whole = std::move(why_whole);
    used_only_ = std::make_unique<UsedOnlyDevice>(*device_, *table_, options);
    warn_of_whole_partitions(*used_only_);
  }

  Device& device() { return used_only_ ? *used_only_ : *device_; }
  const std::optional<PartitionTable>& table() const { return table_; }  ///< not read for a plain comparison
  const UsedOnlyDevice* used_only() const { return used_only_.get(); }

 private:
  /// What a user overrode: who writes to the file systems that are to be read at rest.
  static std::string why_in_use(Options o) {
    o.overrides.in_use = false;
    try {
      open(o, o.source, false);
      return {};
    } catch (const Error& error) {
      if (error.code() != Exit::refused) throw;
      return "the source is " + error.cause();
    }
  }

  std::unique_ptr<Device> device_;
  std::optional<PartitionTable> table_;
  std::unique_ptr<UsedOnlyDevice> used_only_;
};

Exit compare_command(const Options& o) {
  if (is_stream(o.source))
    throw Error(Exit::usage, "-", "standard input cannot be compared", "give the name of a file");
  Source from(o);
  Device* const source = &from.device();
  const auto destination = open(o, o.destinations[0], false);
  if (destination->size() < source->size())
    throw Error(Exit::no, destination->name(),
                "holds " + format_size_exact(destination->size()) + ", the source " +
                    format_size_exact(source->size()));
  Progress progress(make_progress_sink(o.common.progress));
  CompareOptions options;
  options.block = o.copy.block;
  const CompareResult result = compare(*source, *destination, source->size(), options, progress);
  if (o.common.json)
    print_json(compare_json(source->name(), destination->name(), result, from.used_only()));
  else if (!o.common.quiet)
    print_text(compare_text(source->name(), destination->name(), result));
  return result.identical() ? Exit::ok : Exit::no;
}

Exit dry_run(const Options& o) {
  if (is_stream(o.source))
    throw Error(Exit::usage, "-", "nothing can be said of standard input without reading it");
  Source from(o);
  Device* const source = &from.device();
  const std::optional<PartitionTable>& table = from.table();
  ClonePlan plan = measure_plan(*source, o.copy.block);
  bool refused = false;
  for (const std::string& name : o.destinations) {
    std::vector<Error> objections;
    if (!will_be_created(name)) {
      try {
        const auto destination = open(o, name, false);
        objections = clone_objections(source, &*table, *destination, source->size(), o.overrides);
      } catch (const Error& error) {
        if (error.code() != Exit::refused) throw;
        objections.push_back(error);
      }
    }
    refused = refused || !objections.empty();
    plan.destinations.emplace_back(name, std::move(objections));
  }
  for (const auto& [name, objections] : plan.destinations)
    for (const Error& objection : objections) log::message(log::Level::error, objection.what());
  if (o.common.json)
    print_json(plan_json(source->name(), plan, table, from.used_only()));
  else
    print_text(plan_text(source->name(), plan, table, from.used_only()));
  return refused ? Exit::refused : Exit::ok;
}

DeltaMode delta_mode(const Options& o) {
  return o.delta == "trust"     ? DeltaMode::trust
         : o.delta == "compare" ? DeltaMode::compare
                                : DeltaMode::automatic;
}

/// What could not be done now can be gone on with, where there is a map.
Exit resumable(Exit code, const Options& o) {
  return code == Exit::failed && !o.map.empty() ? Exit::resumable : code;
}

/// Zero where all is well, the error's code where one destination failed, `failed` where one of several did.
Exit outcome(const CopyResult& result, const Options& o) {
  for (const DestinationResult& one : result.destinations)
    if (one.error) return resumable(result.destinations.size() == 1 ? one.error->code() : Exit::failed, o);
  if (o.copy.verify == VerifyMode::none) return Exit::ok;
  for (const DestinationResult& one : result.destinations)
    if (!verified(one)) return Exit::no;
  return Exit::ok;
}

/// The result as text, beside the disk if that goes to standard output.
void print_report(const Options& o, const std::string& text) {
  if (std::find(o.destinations.begin(), o.destinations.end(), "-") == o.destinations.end())
    print_text(text);
  else
    std::fputs(text.c_str(), stderr);
}

std::unique_ptr<CloneMap> open_map(const Options& o, const Device& source,
                                   const std::vector<Device*>& destinations, std::uint64_t block) {
  for (const Device* destination : destinations)
    if (destination->sequential())
      throw Error(Exit::usage, "--map", destination->name() + " cannot be gone on with", "leave out --map");
  return CloneMap::open(o.map, map_subject(source, o.source, destinations, block), o.fresh);
}

/// What of the map is believed; `told` is told.
MapUse use_of(CloneMap& map, const std::vector<Device*>& destinations, DeltaMode mode, MapReport& told) {
  MapUse use{&map, {}};
  for (std::size_t i = 0; i < destinations.size(); ++i)
    use.doubtful.push_back(
        told.destinations.emplace_back(decide_delta(map, i, *destinations[i], mode)).doubtful());
  return use;
}

/// What a source that is read once, from front to end, cannot be asked for.
void check_stream(const Options& o, const InputStream& input) {
  if (o.used_only)
    throw Error(Exit::usage, "--used-only", "needs a source that can be read at any place",
                "use an image or a disk");
  if (!o.map.empty())
    throw Error(Exit::usage, "--map",
                "needs a source that can be read again, and " + input.name() + " is none");
}

Exit clone(const Options& o) {
  const auto input = open_stream(o);
  if (input) check_stream(o, *input);
  std::optional<Source> opened;
  if (!input) opened.emplace(o);
  Device* const source = opened ? &opened->device() : nullptr;
  const UsedOnlyDevice* const used_only = opened ? opened->used_only() : nullptr;
  const auto size = source != nullptr ? std::optional(source->size()) : std::nullopt;
  const auto table = opened ? opened->table() : std::nullopt;

  std::vector<std::unique_ptr<Device>> owners;
  std::vector<Device*> destinations;
  for (const std::string& name : o.destinations) {
    owners.push_back(open(o, name, true, size.value_or(0)));
    destinations.push_back(owners.back().get());
  }
  for (Device* destination : destinations)
    for (const Error& objection :
         clone_objections(source, table ? &*table : nullptr, *destination, size, o.overrides))
      throw Error(objection);

  CopyOptions options = o.copy;
  std::unique_ptr<CloneMap> map;
  if (!o.map.empty() && source != nullptr) {
    options.block = map_block(options, *source, destinations);
    map = open_map(o, *source, destinations, options.block);
  }
  MapReport told{o.map, {}};
  CopyResult result;
  try {
    Progress progress(make_progress_sink(o.common.progress));
    std::variant<Device*, InputStream*> from = input.get();
    if (source != nullptr) from = source;
    const MapUse use = map ? use_of(*map, destinations, delta_mode(o), told) : MapUse{};
    result = Copier(from, destinations, options, progress, use).run();
    if (map) map->seal();
  } catch (const Error& error) {
    if (resumable(error.code(), o) == error.code()) throw;
    throw Error(Exit::resumable, error.object(), error.cause(),
                error.hint().empty() ? "run the same command again to go on" : error.hint());
  }
  const std::string name = source != nullptr ? source->name() : input->name();
  for (const DestinationResult& one : result.destinations) {
    if (one.error) log::message(log::Level::error, one.error->what());
    if (!one.error && !one.mismatches.empty())
      log::message(log::Level::error,
                   Error(Exit::no, one.name,
                         "does not hold what was written: " +
                             format_range(one.mismatches[0].first, one.mismatches[0].second) + " differs",
                         "do not use the clone; look at the target's storage")
                       .what());
  }
  if (o.common.json)
    print_json(clone_json(name, result, o.copy, table, used_only, told));
  else if (!o.common.quiet && std::none_of(result.destinations.begin(), result.destinations.end(),
                                           [](const DestinationResult& one) { return one.error; }))
    print_report(o, clone_text(name, result, o.copy, table, used_only, told));
  return outcome(result, o);
}

}  // namespace
}  // namespace san

// NOLINTNEXTLINE(bugprone-exception-escape): nothing but a wrong definition of options could throw here
int main(int argc, char** argv) {
  CLI::App app("Clones a disk or an image onto an iSCSI LUN, and back.", "sanclone");
  san::Options options;
  san::add_options(app, options);
  return san::run_tool(app, argc, argv, options.common, [&options] {
    san::finish_options(options);
    if (options.compare) return san::compare_command(options);
    if (options.dry_run) return san::dry_run(options);
    return san::clone(options);
  });
}
