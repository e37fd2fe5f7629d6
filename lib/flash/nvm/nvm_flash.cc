// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_flash.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/error.h"
#include "core/hint_id.h"
#include "flash/nvm/boot_words.h"
#include "flash/nvm/iscsi_edit.h"
#include "flash/nvm/nvm_diff.h"
#include "flash/nvm/unverified.h"

namespace san::flash {
namespace {

Hint no_family_hint(const NvmImage& image) {
  const NvmFamily* const suspect = suspect_family(image);
  if (suspect == nullptr) return {HintId::choose_family, "name it: " + family_names(), {family_names()}};
  const std::string name(suspect->name);
  return {HintId::likely_family,
          fmt::format("it looks like one of an {}: if that is what the NIC is, say so", name),
          {name}};
}

std::string primary_elsewhere(const NvmImage& image, const NvmFamily& family, unsigned port) {
  for (unsigned other = 1; other <= family.ports; ++other)
    if (const std::uint16_t word = image.word(setup_word(other));
        other != port && word != kErased && choice_of(word, family.protocol) == boot::Priority::primary)
      return fmt::format("port {} is the primary one, too: the option ROM takes the first it finds", other);
  return {};
}

}  // namespace

std::string first_mac(const NvmImage& image) {
  std::string text;
  for (std::size_t i = 0; i < 3; ++i)
    text += fmt::format("{}{:02x}:{:02x}", i == 0 ? "" : ":", image.word(i) & 0xFFU, image.word(i) >> 8U);
  return text;
}

NvmFlash::NvmFlash(std::string name, NvmImage image, NvmOptions options, Writer writer)
    : name_(std::move(name)),
      options_(std::move(options)),
      read_(std::move(image)),
      now_(read_),
      family_(options_.family.empty() ? detect_family(read_) : &find_family(options_.family)),
      writer_(std::move(writer)) {}

const NvmFamily& NvmFlash::writable_family() const {
  if (family_ == nullptr)
    throw Error(Exit::refused, name_,
                "the family of the NIC is not known, and neither is the rule of its checksum",
                no_family_hint(read_));
  if (family_->read_only)
    throw Error(
        Exit::refused, name_,
        fmt::format("an {} has one-time programmable memory: no boot words, no iSCSI block", family_->name));
  return *family_;
}

void NvmFlash::check_port(const NvmFamily& family, unsigned port) const {
  if (port < 1 || port > family.ports)
    throw Error(Exit::usage, fmt::format("{} {}", setting("port"), port),
                fmt::format("the boot words of an {} are known for {} port{}", family.name, family.ports,
                            family.ports == 1 ? "" : "s"));
  if (port > family.sure_ports && !options_.unverified)
    throw Error(
        Exit::refused, fmt::format("{}, port {}", name_, port),
        fmt::format("no public datasheet of the {} confirms that words {:#04x} and {:#04x} are this port's",
                    family.name, setup_word(port), setup_word(port) + 1),
        unverified_hint("write them nevertheless"));
}

std::vector<std::string> NvmFlash::put_choice(NvmImage& image, const NvmFamily& family, boot::Priority choice,
                                              unsigned port) const {
  std::vector<std::string> notes;
  const std::size_t word = setup_word(port);
  if (image.word(word) == kErased) {
    image.set_word(word, kDefaultSetup);
    if (image.word(word + 1) == kErased) image.set_word(word + 1, kDefaultCustomization);
    notes.push_back(fmt::format("the boot words of port {} were empty; they have the defaults now", port));
  }
  bool sure = true;
  const std::uint16_t value = with_choice(image.word(word), choice, family, sure);
  if (!sure && !options_.unverified)
    throw Error(Exit::refused, fmt::format("{}, port {}", name_, port),
                fmt::format("no public datasheet of the {} defines a value for \"{}\"", family.name,
                            to_string(choice)),
                unverified_hint("write the value of newer NICs",
                                choice == boot::Priority::disabled ? "choose pxe" : ""));
  if (family.protocol == ProtocolSelect::three_bit && choice == boot::Priority::disabled &&
      family.name != "X550")
    notes.push_back(
        fmt::format("the value for \"disabled\" is that of the X550's datasheet; the {} is of the same kind",
                    family.name));
  image.set_word(word, value);
  if (choice == boot::Priority::primary)
    if (std::string other = primary_elsewhere(image, family, port); !other.empty())
      notes.push_back(std::move(other));
  return notes;
}

std::vector<std::string> NvmFlash::put_block(NvmImage& image, const NvmFamily& family,
                                             const FlashSettings& settings, unsigned port) const {
  const NvmView view = nvm_view(image, &family, options_.ip_order);
  const IscsiBlockLocation& location = view.block;
  if (location.state == BlockState::unknown || location.state == BlockState::absent)
    throw Error(
        Exit::failed, name_,
        "has no iSCSI block, and none can be made: no document says which words of the image are free",
        "let Intel's own tool write the combined option ROM, which makes the block, or boot by iPXE or UEFI");
  if (location.state != BlockState::good)
    throw Error(Exit::refused, name_, fmt::format("word {:#04x} {}", location.pointer, location.problem),
                location.state == BlockState::old_layout
                    ? Hint("use the NIC's own setup menu (Ctrl-D)")
                    : Hint(HintId::verify_flash, "look at what is wrong with it"));
  if (port > location.ports)
    throw Error(Exit::usage, fmt::format("{} {}", setting("port"), port),
                fmt::format("the iSCSI block has {} bytes: room for {} port{}", location.size, location.ports,
                            location.ports == 1 ? "" : "s"));
  if (const std::string upon =
          area_upon(view.areas, location.offset / 2, location.size / 2, location.pointer);
      !upon.empty())
    throw Error(Exit::refused, name_, fmt::format("the iSCSI block and the {} overlap", upon),
                "restore a sound image first");
  auto header = read_at<IscsiHeader>(image.bytes(), location.offset).value();
  auto record = read_at<IscsiRecord>(image.bytes(), location.record(port)).value();
  const auto old_name = field_text(header.initiator);
  const IscsiEditRules rules{fmt::format("{}, port {}", name_, port), view.order,
                             !family.ten_gigabit || options_.unverified, options_.drop_target_user};
  edit_block(header, record, settings, rules);
  write_at(image.bytes(), location.offset, header);
  write_at(image.bytes(), location.record(port), record);

  std::vector<std::string> notes;
  if (location.ports > 1 && old_name != field_text(header.initiator))
    notes.push_back(fmt::format("all {} ports of the NIC have one initiator name", location.ports));
  if (options_.ip_order && view.mask_order && options_.ip_order != view.mask_order)
    notes.push_back(fmt::format("{} contradicts the netmasks in the image",
                                setting("ip-order", to_string(*options_.ip_order))));
  if (!family.documented_block)
    notes.push_back(fmt::format(
        "the layout is that of the I210's and X550's datasheets; none of the {} is public", family.name));
  for (const Diagnostic& finding : check_record(header, record, port)) notes.push_back(finding.text);
  return notes;
}

void NvmFlash::finish(NvmImage image, const NvmFamily& family, bool repair, std::vector<std::string>& notes) {
  const auto changed = nvm_differences(read_, image, &family);
  if (!changed.empty() || repair)
    for (const std::string& wrong : update_checksums(image, family, nvm_checksums(read_, family), repair))
      notes.push_back(fmt::format("the checksum of the {} was wrong and is left so; {}", wrong,
                                  Hint(HintId::repair_checksum, "a reset repairs it").text()));
  now_ = std::move(image);
}

std::vector<std::string> NvmFlash::set(const FlashSettings& settings, unsigned port) {
  const NvmFamily& family = writable_family();
  check_port(family, port);
  NvmImage image = now_;
  FlashSettings block = settings;
  block.priority.reset();
  std::vector<std::string> notes;
  if (!block.empty()) notes = put_block(image, family, block, port);
  if (settings.priority)
    for (std::string& note : put_choice(image, family, *settings.priority, port))
      notes.push_back(std::move(note));
  if (settings.mac && !family.ten_gigabit && port == 1 && *settings.mac != first_mac(image))
    notes.push_back(fmt::format("the settings are for MAC address {}, but this NIC has {}", *settings.mac,
                                first_mac(image)));
  finish(std::move(image), family, false, notes);
  return notes;
}

std::vector<std::string> NvmFlash::reset(std::optional<unsigned> port) {
  const NvmFamily& family = writable_family();
  if (port) check_port(family, *port);
  NvmImage image = now_;
  std::vector<std::string> notes;
  for (unsigned i = port.value_or(1); i <= port.value_or(family.sure_ports); ++i) {
    // Empty words of a port that was not named are those of a port that does not exist.
    if (!port && image.word(setup_word(i)) == kErased && image.word(setup_word(i) + 1) == kErased) continue;
    image.set_word(setup_word(i), kDefaultSetup);
    image.set_word(setup_word(i) + 1, kDefaultCustomization);
  }
  finish(std::move(image), family, true, notes);
  return notes;
}

std::vector<std::string> NvmFlash::restore(const std::string& name, std::span<const std::byte> content) {
  const NvmImage backup = NvmImage::parse(name, content);
  if (backup.words() != now_.words())
    throw Error(Exit::refused, name,
                fmt::format("has {} words, but {} has {}", backup.words(), name_, now_.words()),
                "use the backup of this same NIC");
  if (family_ != nullptr && !family_->ten_gigabit && options_.force.empty()) {
    if (backup.word(0x0D) != now_.word(0x0D))
      throw Error(
          Exit::refused, name,
          fmt::format("is of a PCI device {:04x}, but this is {:04x}", backup.word(0x0D), now_.word(0x0D)),
          Hint(HintId::force_backup, "use the backup of this same NIC"));
    if (first_mac(backup) != first_mac(now_))
      throw Error(Exit::refused, name,
                  fmt::format("is of the NIC {}, but this is {}", first_mac(backup), first_mac(now_)),
                  Hint(HintId::force_backup, "use the backup of this same NIC"));
  }
  std::copy(backup.bytes().begin(), backup.bytes().end(), now_.bytes().begin());
  std::vector<std::string> notes;
  if (family_ != nullptr)
    for (const NvmChecksum& checksum : nvm_checksums(now_, *family_))
      if (!checksum.good())
        notes.push_back(fmt::format("in the backup the checksum of the {} is wrong", checksum.name));
  return notes;
}

std::vector<FlashChange> NvmFlash::changes() const {
  return nvm_differences(read_, now_, family_);
}

std::vector<FlashChange> NvmFlash::differences(const std::string& name,
                                               std::span<const std::byte> content) const {
  const NvmImage other = NvmImage::parse(name, content);
  if (other.words() != read_.words())
    throw Error(Exit::no, name,
                fmt::format("has {} words, but {} has {}", other.words(), name_, read_.words()));
  return nvm_differences(read_, other, family_);
}

std::vector<std::byte> NvmFlash::backup() const {
  return read_.file();
}

void NvmFlash::commit() {
  if (std::equal(read_.bytes().begin(), read_.bytes().end(), now_.bytes().begin())) return;
  writer_(read_, now_);
  read_ = now_;
}

Diagnostics NvmFlash::verify() const {
  return nvm_findings(view());
}

}  // namespace san::flash
