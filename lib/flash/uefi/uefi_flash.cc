// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/uefi_flash.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/error.h"
#include "core/hint_id.h"
#include "flash/flash_file.h"
#include "flash/uefi/load_option.h"

namespace san::flash {

UefiFlash::UefiFlash(VariableStore store, Writer writer)
    : read_(std::move(store)), now_(read_), writer_(std::move(writer)) {}

Diagnostics UefiFlash::verify() const {
  return uefi_findings(now_);
}

std::string UefiFlash::mac_of(unsigned port) const {
  const auto nics = uefi_nics(read_iscsi(now_));
  if (port >= 1 && port <= nics.size()) return nics[port - 1];
  throw Error(Exit::usage, now_.name(),
              fmt::format("has settings of {} NIC{}, and none of port {}", nics.size(),
                          nics.size() == 1 ? "" : "s", port),
              Hint(HintId::which_nic, "say which NIC it is, by its MAC address"));
}

std::vector<std::string> UefiFlash::set(const FlashSettings& settings, unsigned port) {
  FlashSettings rest = settings;
  rest.initiator.reset();
  if (settings.initiator && rest.empty()) {  // a name needs no NIC
    apply(now_, plan_initiator(*settings.initiator));
    return {};
  }
  const std::string mac = settings.mac ? *settings.mac : mac_of(port);
  const bool pxe = settings.priority == boot::Priority::pxe;  // no iSCSI, and the NIC's PXE entry first
  const UefiChange change = plan_iscsi(now_, merge_settings(read_iscsi(now_), mac, settings, now_.name()));
  apply(now_, change);
  std::vector<std::string> notes = change.notes;
  if (pxe)
    for (std::string& note : prefer_pxe(mac)) notes.push_back(std::move(note));
  return notes;
}

std::vector<std::string> UefiFlash::prefer_pxe(const std::string& mac) {
  const auto entries = boot_entries(now_);
  if (!entries) return {"there is no BootOrder: the firmware looks for what it can boot"};
  const auto first = std::find_if(entries->begin(), entries->end(), [&](const BootOrderEntry& entry) {
    return entry.option && entry.option->active && entry.option->kind == LoadOption::Kind::pxe &&
           entry.option->mac == mac;
  });
  if (first == entries->end())
    return {"BootOrder has no PXE entry of this NIC: the firmware makes one when it sees the NIC"};
  const auto position = static_cast<std::size_t>(first - entries->begin());
  now_.set({u"BootOrder", kGlobalVariable}, kNonVolatile | kBootService | kRuntime,
           boot_order_with_first(*entries, position));
  return {};
}

std::vector<std::string> UefiFlash::reset(std::optional<unsigned> port) {
  const UefiChange change = plan_clear(now_, port ? mac_of(*port) : std::string());
  apply(now_, change);
  return change.notes;
}

VariableStore UefiFlash::parse_backup(const std::string& name, std::span<const std::byte> content) const {
  VariableStore backup(name, {content.begin(), content.end()});
  if (content.size() != read_.image().size() || backup.store_offset() != read_.store_offset() ||
      backup.store_size() != read_.store_size())
    throw Error(Exit::refused, name,
                fmt::format("has {} bytes with a store of {}, but {} has {} with {}", content.size(),
                            backup.store_size(), now_.name(), read_.image().size(), read_.store_size()),
                "use the backup of this same store");
  return backup;
}

std::vector<std::string> UefiFlash::restore(const std::string& name, std::span<const std::byte> content) {
  now_ = VariableStore(now_.name(), parse_backup(name, content).image());
  return now_.problems();
}

std::vector<FlashChange> UefiFlash::changes() const {
  return uefi_differences(read_, now_);
}

std::vector<FlashChange> UefiFlash::differences(const std::string& name,
                                                std::span<const std::byte> content) const {
  return uefi_differences(read_, parse_backup(name, content));
}

void UefiFlash::commit() {
  if (read_.image() == now_.image()) return;
  writer_(read_, now_);
  read_ = now_;
}

std::unique_ptr<FlashDevice> open_uefi_file(const std::string& name, const std::string& path) {
  const auto write = [name, path](const VariableStore& before, const VariableStore& after) {
    const auto there = read_flash_file(path, kMaxFlashFile);
    if (there != before.image())
      throw Error(Exit::failed, name, "was changed by another program meanwhile", "is the machine running?");
    replace_file(path, after.image());
    if (read_flash_file(path, kMaxFlashFile) != after.image())
      throw Error(Exit::failed, name, "does not read back as it was written");
  };
  return std::make_unique<UefiFlash>(VariableStore(name, read_flash_file(path, kMaxFlashFile)), write);
}

}  // namespace san::flash
