// SPDX-License-Identifier: Apache-2.0
#include "iscsi/discovery/discovery.h"

#include <algorithm>

#include "core/error.h"
#include "core/process/interrupt.h"
#include "iscsi/address/link_local.h"
#include "iscsi/address/parallel.h"
#include "iscsi/address/resolve.h"
#include "iscsi/connection/connection.h"
#include "iscsi/connection/lost_session.h"
#include "iscsi/login/login.h"

namespace san::iscsi {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Part of the time that is reserved for trying the advertised portals.
constexpr milliseconds kForReaching{2'500};

using Listing = std::vector<std::pair<std::string, std::vector<std::string>>>;

Listing ask(AskedPortal& asked, const DiscoveryOptions& options, Clock::time_point until) {
  try {
    Login login = make_login({*asked.address, "", 0, ""}, options.credentials);
    login.until = until;
    login.keep_going = [] { return !Interrupt::requested(); };
    Listing listing;
    over_lost_sessions(to_string(login.portal), until, [&] {
      Connection connection(login);
      const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
      listing = connection.send_targets(std::max(left, milliseconds(100)));
      connection.logout();
    });
    asked.targets = listing.size();
    return listing;
  } catch (const Error& error) {
    asked.error = error.cause();
    asked.hint = error.hint();
    return {};
  }
}

/// Returns every address of every host; a host without one becomes an entry with an error.
std::vector<AskedPortal> addresses_of(std::span<const Portal> portals, Clock::time_point until) {
  std::vector<std::vector<AskedPortal>> found(portals.size());
  in_parallel(portals.size(), [&](std::size_t i) {
    try {
      for (const Portal& address : resolve_until(portals[i], until))
        found[i].push_back({portals[i], address, std::nullopt, {}, 0});
    } catch (const Error& error) {
      found[i].push_back({portals[i], std::nullopt, error.cause(), error.hint(), 0});
    }
  });
  std::vector<AskedPortal> all;
  for (const auto& some : found) all.insert(all.end(), some.begin(), some.end());
  return all;
}

/// Returns the target of that name, and adds it if it is missing.
DiscoveredTarget& named(std::vector<DiscoveredTarget>& targets, const std::string& name) {
  for (DiscoveredTarget& target : targets)
    if (target.name == name) return target;
  return targets.emplace_back(DiscoveredTarget{name, target_name_problem(name), {}});
}

/// Adds the targets that the portal at `from` returned.
void merge(std::vector<DiscoveredTarget>& targets, const Listing& listing, const Portal& from) {
  for (const auto& [name, portals] : listing) {
    DiscoveredTarget& target = named(targets, name);
    for (const std::string& text : portals) {
      TargetAddress address = parse_target_address(text);
      if (address.portal) address.portal = with_zone_of(*address.portal, from);
      const bool known =
          std::any_of(target.portals.begin(), target.portals.end(), [&address](const TargetPortal& one) {
            return one.advertised.text == address.text && one.advertised.portal == address.portal;
          });
      if (!known) target.portals.push_back({std::move(address), {}});
    }
  }
}

void try_portals(std::vector<DiscoveredTarget>& targets, Clock::time_point until) {
  std::vector<TargetPortal*> wanted;
  for (DiscoveredTarget& target : targets)
    for (TargetPortal& portal : target.portals)
      if (portal.advertised.portal && portal.advertised.problem.empty()) wanted.push_back(&portal);
  // A portal may be advertised for many targets, and is tried once.
  std::vector<Portal> hosts;
  for (const TargetPortal* one : wanted)
    if (std::find(hosts.begin(), hosts.end(), *one->advertised.portal) == hosts.end())
      hosts.push_back(*one->advertised.portal);
  std::vector<Portal> addresses;
  std::vector<Reachability> answers;
  const auto resolved = addresses_of(hosts, until - milliseconds(500));
  for (const AskedPortal& one : resolved)
    if (one.address) addresses.push_back(*one.address);
  answers = reach(addresses, until);
  for (TargetPortal* portal : wanted) {
    std::size_t next = 0;
    for (const AskedPortal& one : resolved) {
      const bool mine = one.portal == *portal->advertised.portal;
      if (one.address && mine) portal->addresses.push_back(answers[next]);
      if (!one.address && mine)
        portal->addresses.push_back({one.portal, std::nullopt, one.error.value_or("no address")});
      if (one.address) ++next;
    }
  }
}

}  // namespace

bool TargetPortal::reachable() const {
  return std::any_of(addresses.begin(), addresses.end(),
                     [](const Reachability& one) { return one.latency.has_value(); });
}

bool Discovery::complete() const {
  return std::all_of(asked.begin(), asked.end(), [this](const AskedPortal& one) {
    return std::any_of(asked.begin(), asked.end(), [&one](const AskedPortal& other) {
      return other.portal == one.portal && !other.error;
    });
  });
}

Discovery discover(std::span<const Portal> portals, const DiscoveryOptions& options) {
  const auto now = Clock::now();
  auto asking = options.until;
  if (options.reachability)
    asking = now + std::max<Clock::duration>((options.until - now) / 2, options.until - now - kForReaching);
  Discovery result;
  result.asked = addresses_of(portals, asking);
  std::vector<Listing> listings(result.asked.size());
  in_parallel(result.asked.size(), [&](std::size_t i) {
    if (result.asked[i].address) listings[i] = ask(result.asked[i], options, asking);
  });
  Interrupt::check("discovery");
  for (std::size_t i = 0; i < listings.size(); ++i)
    if (result.asked[i].address) merge(result.targets, listings[i], *result.asked[i].address);
  if (options.reachability) try_portals(result.targets, std::min(options.until, Clock::now() + kForReaching));
  return result;
}

}  // namespace san::iscsi
