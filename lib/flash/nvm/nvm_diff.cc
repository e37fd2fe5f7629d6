// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_diff.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <map>

#include "flash/nvm/boot_words.h"
#include "flash/nvm/iscsi_block.h"
#include "flash/nvm/nvm_checksum.h"
#include "flash/nvm/rom_enable.h"

namespace san::flash {
namespace {

struct Field {
  std::size_t end = 0;  ///< first byte behind it
  const char* name = nullptr;
  bool secret = false;
};

// Offsets of header and record, by their tables.
constexpr std::array<Field, 7> kHeader = {{{2, "signature"},
                                           {4, "size"},
                                           {6, "version"},
                                           {offsetof(IscsiHeader, combo_high), "initiator name"},
                                           {offsetof(IscsiHeader, rest), "option ROM version"},
                                           {sizeof(IscsiHeader), "reserved"},
                                           {SIZE_MAX, ""}}};
constexpr std::array<Field, 13> kRecord = {{{2, "flags"},
                                            {6, "address"},
                                            {10, "netmask"},
                                            {14, "gateway"},
                                            {16, "LUN"},
                                            {20, "portal address"},
                                            {22, "portal port"},
                                            {offsetof(IscsiRecord, secret), "target name"},
                                            {offsetof(IscsiRecord, user), "CHAP secret", true},
                                            {offsetof(IscsiRecord, vlan), "CHAP user"},
                                            {offsetof(IscsiRecord, target_secret), "VLAN"},
                                            {offsetof(IscsiRecord, rest), "secret of the target", true},
                                            {SIZE_MAX, "reserved or FCoE"}}};

template <std::size_t N>
const Field& field_at(const std::array<Field, N>& fields, std::size_t offset) {
  for (const Field& field : fields)
    if (offset < field.end) return field;
  return fields.back();
}

/// Field of the block that holds a byte of the image.
struct BlockField {
  const Field* field = nullptr;
  unsigned port = 0;  ///< 0 for the header
};

BlockField block_field(const IscsiBlockLocation& location, std::size_t byte) {
  if (location.state != BlockState::good || byte < location.offset || byte >= location.offset + location.size)
    return {};
  const std::size_t at = byte - location.offset;
  if (at < sizeof(IscsiHeader)) return {&field_at(kHeader, at), 0};
  const std::size_t record = at - sizeof(IscsiHeader);
  return {&field_at(kRecord, record % sizeof(IscsiRecord)),
          static_cast<unsigned>(record / sizeof(IscsiRecord)) + 1};
}

std::string base_name(const NvmFamily* family, std::size_t word) {
  for (unsigned port = 1; port <= (family != nullptr ? family->ports : 1); ++port) {
    if (word == setup_word(port)) return fmt::format("main setup options, port {}", port);
    if (word == setup_word(port) + 1) return fmt::format("customization options, port {}", port);
  }
  if (word == 0x32) return "boot agent version";
  if (word == 0x33) return "capabilities";
  if (word == 0x36) return "iSCSI option ROM version";
  if (word == 0x37) return "pointer to alternate MAC addresses";
  if (word == 0x3F) return "checksum";
  if (family == nullptr) return {};
  if (family->iscsi != 0 && word == family->iscsi) return "pointer to the iSCSI block";
  if (family->vlan != 0 && word == family->vlan) return "pointer to the PXE VLAN block";
  if (!family->ten_gigabit && word < 3) return "MAC address";
  return {};
}

/// Purposes of the words of one image.
class Names {
 public:
  Names(const NvmImage& image, const NvmFamily* family) : family_(family) {
    if (family == nullptr) return;
    location_ = find_block(image, *family);
    checksums_ = nvm_checksums(image, *family);
    for (unsigned port = 1; port <= family->rom_ports; ++port)
      if (const auto found = rom_switch(image, *family, port)) rom_switches_[found->word] = port;
  }

  bool is_secret(std::size_t word) const {
    const auto secret = [this](std::size_t byte) {
      const BlockField found = block_field(location_, byte);
      return found.field != nullptr && found.field->secret;
    };
    return secret(word * 2) || secret(word * 2 + 1);
  }

  std::string name(std::size_t word) const {
    if (const auto found = rom_switches_.find(word); found != rom_switches_.end())
      return fmt::format("option ROM and more, port {}", found->second);
    if (word < 0x40) return base_name(family_, word);
    const BlockField found = block_field(location_, word * 2);
    if (found.field != nullptr)
      return found.port == 0 ? fmt::format("iSCSI block, {}", found.field->name)
                             : fmt::format("iSCSI block, {}, port {}", found.field->name, found.port);
    for (const NvmChecksum& checksum : checksums_)
      if (checksum.word == word) return fmt::format("checksum, {}", checksum.name);
    return {};
  }

 private:
  const NvmFamily* family_;
  IscsiBlockLocation location_;
  std::vector<NvmChecksum> checksums_;
  std::map<std::size_t, unsigned> rom_switches_;
};

}  // namespace

std::string word_name(const NvmImage& image, const NvmFamily* family, std::size_t word) {
  return Names(image, family).name(word);
}

std::vector<FlashChange> nvm_differences(const NvmImage& before, const NvmImage& after,
                                         const NvmFamily* family) {
  std::vector<FlashChange> changes;
  const Names old_names(before, family), names(after, family);
  const std::size_t words = std::min(before.words(), after.words());
  for (std::size_t i = 0; i < words; ++i) {
    // Most of an image is the same, and an image may have millions of words.
    constexpr std::size_t kStep = 64;
    if (i % kStep == 0 && i + kStep <= words &&
        std::memcmp(&before.bytes()[i * 2], &after.bytes()[i * 2], kStep * 2) == 0) {
      i += kStep - 1;
      continue;
    }
    if (before.word(i) == after.word(i)) continue;
    const bool secret = old_names.is_secret(i) || names.is_secret(i);
    const auto shown = [secret](std::uint16_t value) {
      return secret ? std::string("******") : fmt::format("{:#06x}", value);
    };
    changes.push_back(
        {fmt::format("word {:#06x}", i), names.name(i), shown(before.word(i)), shown(after.word(i))});
  }
  return changes;
}

}  // namespace san::flash
