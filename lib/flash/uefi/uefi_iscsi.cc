// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/uefi_iscsi.h"

#include <fmt/core.h>

#include <algorithm>

#include "boot/ip_address.h"
#include "core/endian.h"
#include "core/error.h"
#include "flash/uefi/attempt_entry.h"
#include "flash/uefi/load_option.h"
#include "flash/uefi/uefi_vlan.h"

namespace san::flash {

namespace {

using boot::Priority;
using Bytes8 = std::vector<std::uint8_t>;

VariableName attempt_order() {
  return {u"AttemptOrder", kOrderVendor};
}
VariableName initial_order() {
  return {u"InitialAttemptOrder", kOrderVendor};
}
VariableName initiator_name() {
  return {u"I_NAME", kAttemptVendor};
}
VariableName boot_order() {
  return {u"BootOrder", kGlobalVariable};
}
constexpr std::uint32_t kBootOrderAttributes = kNonVolatile | kBootService | kRuntime;

std::u16string wide(std::string_view text) {
  return {text.begin(), text.end()};
}

VariableName attempt_name(std::uint8_t index) {
  return {wide(fmt::format("Attempt {}", index)), kAttemptVendor};
}

std::vector<std::byte> bytes_of(const Bytes8& values) {
  std::vector<std::byte> out;
  for (const std::uint8_t value : values) out.push_back(std::byte{value});
  return out;
}

std::vector<std::byte> c_string(const std::string& text) {
  std::vector<std::byte> out;
  for (const char c : text) out.push_back(static_cast<std::byte>(c));
  out.push_back(std::byte{0});
  return out;
}

void write(UefiChange& change, const IscsiAttempt& attempt) {
  change.edits.push_back({attempt_name(attempt.index), kNonVolatile | kBootService, encode_attempt(attempt)});
}

bool enabled(const IscsiAttempt& attempt) {
  return attempt.active && attempt.mode != IscsiAttempt::Mode::off;
}

/// Returns true if the attempt belongs to the NIC, on any VLAN.
bool of_nic(const IscsiAttempt& attempt, const std::string& mac) {
  const std::string own = attempt_mac(mac, 0);
  return attempt.active && attempt.mac.size() >= own.size() && attempt_mac(attempt.mac, 0).starts_with(own);
}

bool contains(const Bytes8& order, std::uint8_t index) {
  return std::find(order.begin(), order.end(), index) != order.end();
}

/// Plan under construction.
class Plan {
 public:
  explicit Plan(UefiIscsi now) : now_(std::move(now)) {}

  UefiChange change;

  const IscsiAttempt* existing(std::uint8_t index) const {
    for (const IscsiAttempt& attempt : now_.attempts)
      if (attempt.index == index) return &attempt;
    return nullptr;
  }

  /// Returns numbers for `wanted` attempts of the NIC: those it has, then unused ones.
  Bytes8 numbers(const std::string& mac, std::size_t wanted, const std::string& object) const {
    Bytes8 own, free;
    for (std::uint8_t i = 1; i <= kAttempts; ++i) {
      const IscsiAttempt* attempt = existing(i);
      if (attempt != nullptr && of_nic(*attempt, mac))
        own.push_back(i);
      else if (attempt == nullptr || !attempt->active)
        free.push_back(i);
    }
    own.insert(own.end(), free.begin(), free.end());
    if (own.size() < wanted)
      throw Error(Exit::refused, object,
                  fmt::format("{} attempts are needed, and only {} of {} are not in use by other NICs",
                              wanted, own.size(), kAttempts),
                  "clear the settings of a NIC that no longer boots");
    own.resize(wanted);
    return own;
  }

  /// Resets the attempts of the NIC that are not in `keep` to those of the first start.
  void reset(const std::string& mac, const Bytes8& keep) {
    for (const IscsiAttempt& attempt : now_.attempts)
      if ((mac.empty() ? attempt.active : of_nic(attempt, mac)) && !contains(keep, attempt.index)) {
        write(change, fresh_attempt(attempt.index));
        std::erase(now_.order, attempt.index);
      }
  }

  /// Marks the initial attempts as made: in a store with which the driver has never run, it would create all
  /// attempts and overwrite these.
  void make_initial(const Bytes8& ours) {
    if (now_.booted) return;
    Bytes8 all;
    for (std::uint8_t i = 1; i <= kAttempts; ++i) {
      all.push_back(i);
      if (!contains(ours, i) && existing(i) == nullptr) write(change, fresh_attempt(i));
    }
    change.edits.push_back({initial_order(), kNonVolatile | kBootService, bytes_of(all)});
  }

  void put_order(const Bytes8& ours, Priority priority) {
    for (const std::uint8_t index : ours) std::erase(now_.order, index);
    if (priority != Priority::disabled)
      now_.order.insert(priority == Priority::primary ? now_.order.begin() : now_.order.end(), ours.begin(),
                        ours.end());
    change.edits.push_back({attempt_order(), kNonVolatile | kBootService, bytes_of(now_.order)});
  }

  const Bytes8& order() const { return now_.order; }

  /// Returns the attempts of other NICs that the driver will try.
  std::vector<const IscsiAttempt*> others(const Bytes8& ours) const {
    std::vector<const IscsiAttempt*> out;
    for (const IscsiAttempt& attempt : now_.attempts)
      if (contains(now_.order, attempt.index) && !contains(ours, attempt.index) && enabled(attempt))
        out.push_back(&attempt);
    return out;
  }

 private:
  UefiIscsi now_;
};

/// Sets one mode in all attempts: the driver skips single attempts as soon as one is for multipath.
void agree(std::vector<IscsiAttempt>& attempts, const std::vector<const IscsiAttempt*>& others,
           const std::string& object) {
  if (attempts.empty() || attempts.front().mode == IscsiAttempt::Mode::off) return;
  if (attempts.size() + others.size() > kUsableAttempts)
    throw Error(Exit::refused, object,
                fmt::format("{} attempts would be on, and Linux reads an iBFT of at most {}",
                            attempts.size() + others.size(), kUsableAttempts),
                "clear or disable those of another NIC first");
  for (const IscsiAttempt* other : others)
    if (other->mode == IscsiAttempt::Mode::multipath)
      for (IscsiAttempt& attempt : attempts) attempt.mode = IscsiAttempt::Mode::multipath;
}

/// Updates the list of VLANs: removes those of the NIC's attempts and adds `vlan`.
void put_vlan(UefiChange& change, const UefiIscsi& now, const VariableStore* store, const std::string& mac,
              std::uint16_t vlan) {
  std::vector<std::uint16_t> dropped;
  for (const IscsiAttempt& attempt : now.attempts)
    if (of_nic(attempt, mac)) dropped.push_back(attempt.vlan);
  const VariableName id = vlan_list(mac);
  std::vector<std::byte> old;
  if (store != nullptr)
    if (const auto variable = store->get(id)) old = variable->data;
  const std::vector<std::byte> list = changed_vlans(old, dropped, vlan);
  if (list != old) change.edits.push_back({id, kNonVolatile | kBootService, list});
}

/// Returns the NICs that have attempts on a VLAN.
std::vector<std::string> vlan_nics(const UefiIscsi& now) {
  std::vector<std::string> out;
  for (const IscsiAttempt& attempt : now.attempts)
    if (attempt.active && attempt.vlan != 0) out.push_back(attempt.mac);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Updates the firmware's own IPv6 settings of the NIC to these; those that suffice already are kept. Returns
/// true if something has changed.
bool put_ip6(UefiChange& change, const VariableStore* store, const FlashSettings& settings) {
  const VariableName id = ip6_variable(*settings.mac, settings.vlan.value_or(0));
  std::optional<Ip6Settings> old;
  if (const auto variable = store == nullptr ? std::nullopt : store->get(id))
    old = decode_ip6(variable->data);
  Ip6Settings wanted = old.value_or(fresh_ip6(*settings.mac));
  const auto address = boot::parse_ip(settings.address.value_or("")),
             gateway = boot::parse_ip(settings.gateway.value_or(""));
  if (settings.dhcp.value_or(true)) {
    wanted.policy = Ip6Settings::Policy::automatic;
    wanted.addresses.clear();
    wanted.gateways.clear();
  } else if (address) {
    wanted.policy = Ip6Settings::Policy::manual;
    const Ip6Settings::Manual manual{address->bytes, false,
                                     static_cast<std::uint8_t>(settings.prefix.value_or(64))};
    if (std::ranges::find(wanted.addresses, manual) == wanted.addresses.end()) wanted.addresses = {manual};
    if (!gateway)
      wanted.gateways.clear();
    else if (std::ranges::find(wanted.gateways, gateway->bytes) == wanted.gateways.end())
      wanted.gateways = {gateway->bytes};
  }
  if (wanted == old) return false;
  change.edits.push_back({id, kNonVolatile | kBootService, encode_ip6(wanted)});
  return true;
}

/// `tried` is true if the firmware has logged in with this attempt, and nothing changes.
void put_boot_order(UefiChange& change, const VariableStore& store, const IscsiAttempt& attempt, bool tried) {
  const auto entries = boot_entries(store);
  if (!entries) return;
  if (const auto position = entry_of_attempt(*entries, attempt, tried)) {
    const auto order = boot_order_with_first(*entries, *position);
    if (order != store.get(boot_order())->data)
      change.notes.emplace_back("the disk's entry is moved to the front of BootOrder");
    change.edits.push_back({boot_order(), kBootOrderAttributes, order});
    return;
  }
  change.notes.push_back(
      fmt::format("BootOrder ({} entries, none of which is this disk by these settings) is removed: the "
                  "firmware will look for what it can boot at its next start",
                  entries->size()));
  change.edits.push_back({boot_order(), kBootOrderAttributes, {}});
}

/// Returns true if the two have equal settings, regardless of the firmware's record of the last login, and of
/// the mode with `whatever_mode`.
bool same(IscsiAttempt a, const IscsiAttempt& b, bool whatever_mode) {
  a.logged_in = b.logged_in;
  if (whatever_mode) a.mode = b.mode;
  return a == b;
}

/// Keeps values that the user may have tuned in the firmware's menu, and that a profile does not contain.
void keep_tuning(const IscsiAttempt& there, IscsiAttempt& attempt) {
  const IscsiAttempt untouched = fresh_attempt(there.index);
  if (there.timeout != untouched.timeout || there.retries != untouched.retries) {
    attempt.timeout = there.timeout;
    attempt.retries = there.retries;
  }
  if (there.isid != untouched.isid) attempt.isid = there.isid;
}

void add_notes(UefiChange& change, const std::vector<IscsiAttempt>& attempts) {
  if (attempts.front().ip == IscsiAttempt::Ip::v6)
    change.notes.emplace_back(
        "the firmware logs in by IPv6, but iscsistart, which Debian's initramfs has, brings a NIC up by IPv4 "
        "only (open-iscsi, usr/iscsi_net_util.c): see that the system comes to its LUN");
  if (attempts.front().auth != Auth::none)
    change.notes.emplace_back(
        "firmware built from EDK2 since 2021 offers CHAP by SHA-256 first, which tgt takes for SHA-1: with "
        "tgt as the target its login fails; LIO and others take it");
}

UefiChange plan(const UefiIscsi& now, const VariableStore* store, const FlashSettings& settings,
                const std::string& object) {
  std::vector<IscsiAttempt> attempts = attempts_for(settings, object);
  const std::string& mac = *settings.mac;
  const std::string& initiator = *settings.initiator;
  const Priority priority = settings.priority.value_or(Priority::primary);
  Plan plan(now);
  const Bytes8 numbers = plan.numbers(mac, attempts.size(), object);
  plan.reset(mac, numbers);
  const auto others = plan.others(numbers);
  agree(attempts, others, object);
  // Disabled settings do not rename the machine for a NIC that boots.
  const bool rename = others.empty() || priority != Priority::disabled;
  if (rename && !others.empty() && !now.initiator.empty() && now.initiator != initiator)
    plan.change.notes.push_back(fmt::format(
        "the initiator's name is one for all NICs: it was {}, and another NIC boots by it", now.initiator));
  bool news = false, tried = false;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    attempts[i].index = numbers[i];
    attempts[i].name = fresh_attempt(numbers[i]).name;
    const IscsiAttempt* there = plan.existing(numbers[i]);
    if (there != nullptr && of_nic(*there, mac)) keep_tuning(*there, attempts[i]);
    news = news || there == nullptr || !same(*there, attempts[i], true);
    // The firmware's record of the last login may stay.
    const bool kept = there != nullptr && same(*there, attempts[i], false);
    if (!kept) write(plan.change, attempts[i]);
    if (i == 0) tried = kept && there->logged_in;
  }
  if (news) add_notes(plan.change, attempts);
  if (rename)
    plan.change.edits.push_back({initiator_name(), kNonVolatile | kBootService, c_string(initiator)});
  plan.make_initial(numbers);
  put_vlan(plan.change, now, store, mac, settings.vlan.value_or(0));
  const bool by_ip6 =
      std::ranges::any_of(attempts, [](const IscsiAttempt& one) { return one.ip == IscsiAttempt::Ip::v6; });
  if (by_ip6 && put_ip6(plan.change, store, settings)) tried = false;
  if (priority == Priority::primary) {
    if (store != nullptr)
      put_boot_order(plan.change, *store, attempts.front(), tried);
    else
      plan.change.edits.push_back({boot_order(), kBootOrderAttributes, {}});
  }
  plan.put_order(numbers, priority);
  return std::move(plan.change);
}

}  // namespace

UefiIscsi read_iscsi(const VariableStore& store) {
  UefiIscsi out;
  if (const auto name = store.get(initiator_name())) {
    for (const std::byte b : name->data) {
      if (b == std::byte{0}) break;
      out.initiator += static_cast<char>(b);
    }
  }
  for (std::uint8_t i = 1; i <= kAttempts; ++i)
    if (const auto data = store.get(attempt_name(i)))
      if (auto attempt = decode_attempt(data->data)) {
        attempt->index = i;  // the driver finds it by its name
        out.attempts.push_back(std::move(*attempt));
      }
  if (const auto order = store.get(attempt_order()))
    for (const std::byte b : order->data) out.order.push_back(std::to_integer<std::uint8_t>(b));
  out.booted = store.get(initial_order()).has_value();
  for (const IscsiAttempt& attempt : out.attempts)
    if (attempt.active && attempt.ip == IscsiAttempt::Ip::v6)
      if (const auto variable = store.get(ip6_variable(attempt.mac, attempt.vlan)))
        if (auto settings = decode_ip6(variable->data))
          out.ip6.insert_or_assign(stored_nic(attempt), *settings);
  return out;
}

const Ip6Settings* UefiIscsi::ip6_of(const IscsiAttempt& attempt) const {
  const auto found = ip6.find(stored_nic(attempt));
  return found == ip6.end() ? nullptr : &found->second;
}

UefiChange plan_iscsi(const VariableStore& store, const FlashSettings& settings) {
  return plan(read_iscsi(store), &store, settings, store.name());
}

UefiChange plan_iscsi_blind(const FlashSettings& settings, const std::string& object) {
  UefiIscsi now;
  now.booted = true;
  return plan(now, nullptr, settings, object);
}

UefiChange plan_clear(const VariableStore& store, const std::string& mac) {
  const UefiIscsi now = read_iscsi(store);
  Plan plan(now);
  for (const std::string& nic : vlan_nics(now))
    if (mac.empty() || attempt_mac(mac, 0) == attempt_mac(nic, 0)) put_vlan(plan.change, now, &store, nic, 0);
  plan.reset(mac, {});
  plan.put_order({}, Priority::disabled);
  if (plan.order().empty()) plan.change.edits.push_back({initiator_name(), kNonVolatile | kBootService, {}});
  return std::move(plan.change);
}

UefiChange plan_initiator(const std::string& name) {
  UefiChange change;
  change.edits.push_back({initiator_name(), kNonVolatile | kBootService, c_string(name)});
  return change;
}

void apply(VariableStore& store, const UefiChange& change) {
  VariableStore copy = store;
  for (const VariableEdit& edit : change.edits) copy.set(edit.id, edit.attributes, edit.data);
  store = std::move(copy);
}

}  // namespace san::flash
