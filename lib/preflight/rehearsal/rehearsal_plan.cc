// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/rehearsal_plan.h"
#include "core/hint_id.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include "block/image/image_format.h"
#include "block/nbd/nbd_url.h"
#include "boot/profile/profile_login.h"
#include "core/error.h"
#include "open/open_device.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using nlohmann::json;

/// A NIC that QEMU has, and that its iPXE can boot from.
struct Model {
  std::string_view name, driver;
  std::uint16_t vendor, device;
};
constexpr std::array<Model, 9> kModels = {{
    {"e1000", "e1000", 0x8086, 0x100E},
    {"e1000-82545em", "e1000", 0x8086, 0x100F},
    {"e1000e", "e1000e", 0x8086, 0x10D3},
    {"virtio-net-pci", "virtio_net", 0x1AF4, 0x1000},
    {"virtio-net-pci", "virtio_net", 0x1AF4, 0x1041},
    {"rtl8139", "8139cp", 0x10EC, 0x8139},
    {"rtl8139", "8139too", 0x10EC, 0x8139},
    {"vmxnet3", "vmxnet3", 0x15AD, 0x07B0},
    {"pcnet", "pcnet32", 0x1022, 0x2000},
}};

/// Returns the LUN that is rehearsed; nothing if it is an image.
std::optional<iscsi::Url> lun_of(Subject& subject) {
  const std::string& device = subject.options().device;
  if (!is_lun(device)) return std::nullopt;
  return profile_file(device) ? boot::url(*subject.profile()) : iscsi::parse_url(device);
}

/// A path need not be UTF-8.
std::string to_text(const json& disk) {
  return disk.dump(-1, ' ', true, json::error_handler_t::replace);
}

json lun_disk(const iscsi::Url& url, const iscsi::Credentials& auth) {
  json disk = {{"driver", "iscsi"},    {"transport", "tcp"}, {"portal", iscsi::to_string(url.portal)},
               {"target", url.target}, {"lun", url.lun},     {"initiator-name", auth.initiator}};
  if (!auth.user.empty()) {
    disk["user"] = auth.user;
    disk["password-secret"] = "chap";
  }
  return disk;
}

json nbd_disk(const std::string& device) {
  const NbdServer server = parse_nbd_url(device);
  json disk = {{"driver", "nbd"}, {"export", server.name}};
  if (server.socket.empty())
    disk["server"] = {{"type", "inet"}, {"host", server.host}, {"port", server.port}};
  else
    disk["server"] = {{"type", "unix"}, {"path", server.socket}};
  return disk;
}

json file_disk(const std::string& path) {
  struct stat status = {};
  const bool block = stat(path.c_str(), &status) == 0 && S_ISBLK(status.st_mode);
  json file = {{"driver", block ? "host_device" : "file"},
               {"filename", std::filesystem::absolute(path).string()},
               {"read-only", true},
               {"locking", "off"}};
  const auto format = block ? std::nullopt : recognise_file(path);
  if (format && format->name == "zst")
    throw Error(Exit::failed, path, "QEMU cannot boot a compressed image",
                Hint(HintId::clone_to_raw, "make a raw image or a LUN of it", {path}));
  json disk = {{"driver", format ? format->name : "raw"}, {"file", file}};
  if (format && (format->name.starts_with("qcow") || format->name == "qed" || format->name == "vmdk"))
    disk["backing"] = nullptr;
  return disk;
}

/// Returns the profile by which the machine boots if none was given.
boot::BootProfile made_up(Subject& subject, const std::optional<iscsi::Url>& url) {
  boot::BootProfile profile;
  profile.initiator = boot::make_credentials(subject.login(), url ? url->user : "").initiator;
  profile.target = url ? url->target : "iqn.2026-11.org.example:rehearsal";
  profile.lun = url ? url->lun : std::uint16_t{1};
  if (url) profile.portals = {url->portal};
  return profile;
}

std::string name_of(const BootNic& nic) {
  if (!nic.driver.empty()) return printable(nic.driver);
  return fmt::format("{:04x}:{:04x}", nic.vendor.value_or(0), nic.device.value_or(0));
}

}  // namespace

RehearsalNic rehearsal_nic(const BootNic& nic, boot::Firmware firmware) {
  constexpr std::string_view kVirtio = "virtio-net-pci";
  std::string_view model;
  // An interface of this machine has both, ids and driver; the ids say more.
  for (const Model& candidate : kModels)
    if (model.empty() && nic.driver == candidate.driver) model = candidate.name;
  for (const Model& candidate : kModels)
    if (nic.vendor == candidate.vendor && nic.device == candidate.device) model = candidate.name;
  // EDK II has a driver for this one alone. With one that iPXE brings it boots, but Linux finds no iBFT then
  // (QEMU 7.2, e1000e).
  if (firmware == boot::Firmware::uefi) return {std::string(kVirtio), model != kVirtio};
  return {std::string(model.empty() ? "e1000" : model), model.empty()};
}

RehearsalPlan rehearsal_plan(Subject& subject) {
  const auto url = lun_of(subject);
  const std::string& device = subject.options().device;
  RehearsalPlan plan;
  plan.profile = subject.profile() != nullptr ? *subject.profile() : made_up(subject, url);
  const auto firmware = subject.firmware();
  if (!firmware)
    throw Error(Exit::failed, device, "may boot by a BIOS and by UEFI, or by neither",
                Hint(HintId::say_firmware, "say which one it has: BIOS or UEFI"));
  plan.profile.firmware = *firmware;
  plan.profile.priority = boot::Priority::primary;
  plan.profile.port = 1;
  if (plan.profile.mac.empty()) plan.profile.mac = "52:54:00:5a:b0:07";
  if (!plan.profile.user.empty()) plan.notes.emplace_back("without CHAP, which TGT-02 and IPXE-04 are about");
  plan.profile.user.clear();
  plan.profile.secret_file.clear();
  plan.profile.target_user.clear();
  plan.profile.target_secret_file.clear();
  plan.profile.reach.reset();
  // LUN 0 of tgt is always a controller, and it has 8 bits for the others here.
  if (plan.profile.lun == 0 || plan.profile.lun > 255) {
    plan.notes.push_back(fmt::format("as LUN 1 in place of {}", plan.profile.lun));
    plan.profile.lun = 1;
  }
  plan.network = rehearsal_network(plan.profile, plan.notes);
  const BootNic& nic = subject.nic();
  plan.nic = rehearsal_nic(nic, *firmware);
  if (plan.nic.stand_in)
    plan.notes.push_back(
        fmt::format("with the NIC {} in place of {}: the real one's driver was not rehearsed", plan.nic.model,
                    nic.known() ? name_of(nic) : "the machine's own"));

  if (url) {
    const auto auth = boot::make_credentials(subject.login(), url->user);
    plan.disk = to_text(lun_disk(*url, auth));
    plan.secret = auth.secret;
  } else {
    plan.disk = to_text(is_nbd_url(device) ? nbd_disk(device) : file_disk(device));
  }
  plan.size = subject.device()->size();
  plan.logical_block = subject.content()->logical_block;
  return plan;
}

}  // namespace san::preflight
