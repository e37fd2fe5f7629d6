// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/target_facts.h"

#include <algorithm>

#include "boot/profile/profile_login.h"
#include "core/process/interrupt.h"
#include "iscsi/address/reachability.h"
#include "iscsi/address/resolve.h"
#include "iscsi/connection/lost_session.h"
#include "iscsi/discovery/lun_list.h"
#include "iscsi/login/login.h"
#include "iscsi/login/login_error.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr seconds kConnect{3}, kLogin{6}, kReport{10}, kReads{5};
/// Reads for the latency, and how much each is.
constexpr unsigned kReadCount = 48;
constexpr std::uint32_t kReadBytes = 4096;

void rethrow_interrupt(const Error& error) {
  if (error.code() == Exit::interrupted) throw Error(error);
}

iscsi::Login login_for(const TargetFacts& facts, const PathFacts& path, const iscsi::Credentials& who,
                       seconds timeout) {
  // Another session than that of the machine itself, should it run just now.
  iscsi::Login login = iscsi::make_login({path.asked, facts.target, facts.lun, ""}, who);
  login.until = Clock::now() + timeout;
  login.keep_going = [] { return !Interrupt::requested(); };
  return login;
}

void connect(PathFacts& path) {
  const auto until = Clock::now() + kConnect;
  try {
    for (const iscsi::Reachability& one : iscsi::reach(iscsi::resolve_until(path.asked, until), until)) {
      if (one.latency && !path.connect) path.connect = one.latency;
      if (!one.latency) path.no_connection = one.error;
    }
  } catch (const Error& error) {
    path.no_connection = error.cause();
  }
  Interrupt::check("");
  if (path.connect) path.no_connection.clear();
}

template <typename Attempt>
LoginResult attempt_login(Attempt&& attempt) {
  LoginResult result;
  try {
    attempt();
    result.done = true;
  } catch (const iscsi::LoginRefused& error) {
    result.refused = true;
    result.cause = error.cause();
    result.hint = error.hint();
  } catch (const Error& error) {
    rethrow_interrupt(error);
    result.cause = error.cause();
    result.hint = error.hint();
  }
  return result;
}

void log_in(const TargetFacts& facts, PathFacts& path, const iscsi::Credentials& who) {
  path.login = attempt_login([&] {
    iscsi::Connection connection(login_for(facts, path, who, kLogin));
    connection.logout();
  });
  // A target that does not answer one login will not answer the other.
  if (!path.login.done && !path.login.refused) return;
  path.ipxe = attempt_login([&] { path.keys = ipxe_login(login_for(facts, path, who, kLogin)); });
  if (path.keys && !path.keys->fault.empty()) {
    path.ipxe.done = false;
    path.ipxe.cause = "the target " + path.keys->fault;
  }
}

/// Lists the target's LUNs if the requested one is missing.
void list_luns(const TargetFacts& facts, PathFacts& path, const iscsi::Credentials& who) {
  const auto listed = iscsi::list_target(facts.target, {path.asked}, {who, Clock::now() + kConnect});
  for (const iscsi::ListedLun& one : listed.luns) path.luns.push_back(one.address.text());
}

void ask(const TargetFacts& facts, PathFacts& path, const iscsi::Credentials& who) {
  try {
    path.report = iscsi::query_lun_report(login_for(facts, path, who, kReport));
  } catch (const Error& error) {
    rethrow_interrupt(error);
    path.no_report = error.cause();
    list_luns(facts, path, who);
  }
}

void look(const TargetFacts& facts, PathFacts& path, const iscsi::Credentials& who) {
  connect(path);
  if (!path.connect) return;
  log_in(facts, path, who);
  if (path.login.done) ask(facts, path, who);
}

/// Measures reads at equal distances, from one end to the other: cached by the target or not, as in a boot.
void measure(TargetFacts& facts, const PathFacts& path, const iscsi::Credentials& who) {
  const auto& capacity = path.report->info.capacity;
  if (!capacity || capacity->blocks * capacity->block_size < kReadBytes) {
    facts.no_latencies = "the LUN does not tell how large it is";
    return;
  }
  const std::uint32_t blocks = std::max(1U, kReadBytes / capacity->block_size);
  const auto end = Clock::now() + kReads;
  try {
    std::unique_ptr<iscsi::Connection> connection;
    std::vector<std::byte> data(std::size_t{blocks} * capacity->block_size);
    const std::uint64_t step = std::max<std::uint64_t>((capacity->blocks - blocks) / kReadCount, 1);
    for (unsigned i = 0; i < kReadCount && Clock::now() < end && i * step + blocks <= capacity->blocks; ++i) {
      Interrupt::check(facts.target.c_str());
      auto begun = Clock::now();
      const auto answer = iscsi::ask_over_lost_sessions(to_string(path.asked), "READ", end, [&] {
        if (!connection)
          connection = std::make_unique<iscsi::Connection>(login_for(facts, path, who, kReads));
        begun = Clock::now();
        auto one = connection->execute(
            {iscsi::read(capacity->long_form, i * step, blocks), iscsi::Direction::in, data},
            std::chrono::ceil<std::chrono::milliseconds>(end - begun));
        if (one.status == iscsi::CommandStatus::lost) connection.reset();
        return one;
      });
      if (!answer.ok()) {
        facts.no_latencies = describe(answer);
        break;
      }
      facts.latencies.push_back(std::chrono::duration_cast<microseconds>(Clock::now() - begun));
      facts.bytes_read += data.size();
    }
    if (connection) connection->logout();
  } catch (const Error& error) {
    rethrow_interrupt(error);
    facts.no_latencies = error.cause();
  }
  // The first read includes the target's setup of a new session.
  if (facts.latencies.size() > 1) facts.latencies.erase(facts.latencies.begin());
  std::sort(facts.latencies.begin(), facts.latencies.end());
}

/// Tries the login without a secret. A refusal is the right answer of a target that requires CHAP.
std::optional<bool> lets_in_without_chap(const TargetFacts& facts, const PathFacts& path,
                                         iscsi::Credentials who) {
  who.user.clear();
  who.secret.clear();
  who.target_user.clear();
  who.target_secret.clear();
  const LoginResult result = attempt_login([&] {
    iscsi::Connection connection(login_for(facts, path, who, kLogin));
    connection.logout();
  });
  if (!result.done && !result.refused) return std::nullopt;
  return result.done;
}

void add_path(TargetFacts& facts, const iscsi::Portal& portal, const iscsi::Portal& asked, bool named) {
  PathFacts path;
  path.portal = portal;
  path.asked = asked;
  path.named = named;
  facts.paths.push_back(std::move(path));
}

bool is_profile_lun(const iscsi::Url& url, const TargetFacts& facts) {
  return url.target == facts.target && url.lun == facts.lun;
}

/// The ways to the LUN; false: there is none.
bool find_paths(TargetFacts& facts, const std::optional<iscsi::Url>& url, const boot::BootProfile* profile) {
  if (profile != nullptr && !profile->portals.empty()) {
    facts.target = profile->target;
    facts.lun = profile->lun;
    std::optional<iscsi::Portal> reach = profile->reach;
    // The same LUN at an address that is not in the profile: this machine reaches it there.
    if (!reach && url && is_profile_lun(*url, facts) &&
        std::find(profile->portals.begin(), profile->portals.end(), url->portal) == profile->portals.end())
      reach = url->portal;
    for (std::size_t i = 0; i < profile->portals.size(); ++i)
      add_path(facts, profile->portals[i], i == 0 && reach ? *reach : profile->portals[i], false);
    return true;
  }
  if (!url) return false;
  facts.target = url->target;
  facts.lun = url->lun;
  add_path(facts, url->portal, url->portal, false);
  return true;
}

/// Also examines the LUN of the command line if the profile has another one, because the rest of the run
/// reads it.
void look_at_named(TargetFacts& facts, const iscsi::Url& url, const iscsi::Credentials& who) {
  TargetFacts other;
  other.target = url.target;
  other.lun = url.lun;
  add_path(other, url.portal, url.portal, true);
  look(other, other.paths.front(), who);
  facts.paths.push_back(std::move(other.paths.front()));
}

}  // namespace

const PathFacts* TargetFacts::good_path() const {
  const auto found = std::find_if(paths.begin(), paths.end(),
                                  [](const PathFacts& path) { return path.report && !path.named; });
  return found == paths.end() ? nullptr : &*found;
}

bool TargetFacts::connected() const {
  return std::any_of(paths.begin(), paths.end(),
                     [](const PathFacts& path) { return path.connect && !path.named; });
}

bool TargetFacts::logged_in() const {
  return std::any_of(paths.begin(), paths.end(),
                     [](const PathFacts& path) { return path.login.done && !path.named; });
}

std::optional<microseconds> TargetFacts::latency(double part) const {
  if (latencies.empty()) return std::nullopt;
  const auto place = static_cast<std::size_t>(part * static_cast<double>(latencies.size()));
  return latencies[std::min(place, latencies.size() - 1)];
}

std::unique_ptr<TargetFacts> read_target_facts(const SubjectOptions& options,
                                               const boot::BootProfile* profile,
                                               const boot::LoginOptions& login) {
  auto facts = std::make_unique<TargetFacts>();
  std::optional<iscsi::Url> url;
  if (iscsi::is_url(options.device)) url = iscsi::parse_url(options.device);
  if (!find_paths(*facts, url, profile)) return nullptr;
  facts->initiator_known = profile != nullptr || !login.initiator.empty();
  iscsi::Credentials who;
  try {
    who = boot::make_credentials(login, url ? url->user : "");
  } catch (const Error& error) {
    if (profile == nullptr) throw;
    facts->initiator = profile->initiator;
    facts->credentials_error = error.object() + " " + error.cause();
  }
  if (!facts->credentials_error.empty()) {
    for (PathFacts& path : facts->paths) connect(path);
    return facts;
  }
  facts->initiator = who.initiator;
  facts->chap = !who.user.empty();
  facts->mutual = !who.target_user.empty();
  for (PathFacts& path : facts->paths) look(*facts, path, who);
  const PathFacts* const path = facts->good_path();
  if (path != nullptr && path->report->info.is_disk()) measure(*facts, *path, who);
  const auto entered = std::find_if(facts->paths.begin(), facts->paths.end(),
                                    [](const PathFacts& one) { return one.login.done; });
  if (facts->chap && entered != facts->paths.end())
    facts->open_without_chap = lets_in_without_chap(*facts, *entered, who);
  if (url && !is_profile_lun(*url, *facts)) look_at_named(*facts, *url, who);
  return facts;
}

}  // namespace san::preflight
