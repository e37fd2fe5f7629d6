// SPDX-License-Identifier: Apache-2.0
#include "nic/nvm_diff.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>

#include "nic/boot_words.h"
#include "nic/iscsi_block.h"
#include "nic/nvm_checksum.h"

namespace san::nic {
namespace {

struct Field {
  std::size_t end;  ///< first byte behind it
  const char* name;
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

/// The field of the block that holds a byte of the image.
struct BlockField {
  const Field* field = nullptr;
  unsigned port = 0;  ///< 0 for the head
};

BlockField block_field(const BlockPlace& place, std::size_t byte) {
  if (place.state != BlockState::good || byte < place.offset || byte >= place.offset + place.size) return {};
  const std::size_t at = byte - place.offset;
  if (at < sizeof(IscsiHeader)) return {&field_at(kHeader, at), 0};
  const std::size_t record = at - sizeof(IscsiHeader);
  return {&field_at(kRecord, record % sizeof(IscsiRecord)),
          static_cast<unsigned>(record / sizeof(IscsiRecord)) + 1};
}

bool is_secret(const BlockPlace& place, std::size_t word) {
  for (const std::size_t byte : {word * 2, word * 2 + 1})
    if (const BlockField found = block_field(place, byte); found.field != nullptr && found.field->secret)
      return true;
  return false;
}

BlockPlace block_of(const NvmImage& image, const NvmFamily* family) {
  return family != nullptr ? find_block(image, *family) : BlockPlace{};
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

}  // namespace

std::string word_name(const NvmImage& image, const NvmFamily* family, std::size_t word) {
  if (word < 0x40) return base_name(family, word);
  const BlockField found = block_field(block_of(image, family), word * 2);
  if (found.field != nullptr)
    return found.port == 0 ? fmt::format("iSCSI block, {}", found.field->name)
                           : fmt::format("iSCSI block, {}, port {}", found.field->name, found.port);
  if (family != nullptr)
    for (const NvmChecksum& checksum : nvm_checksums(image, *family))
      if (checksum.word == word) return fmt::format("checksum, {}", checksum.name);
  return {};
}

std::vector<FlashChange> nvm_differences(const NvmImage& before, const NvmImage& after,
                                         const NvmFamily* family) {
  std::vector<FlashChange> changes;
  const BlockPlace old_place = block_of(before, family), new_place = block_of(after, family);
  for (std::size_t i = 0; i < before.words(); ++i) {
    if (before.word(i) == after.word(i)) continue;
    const bool secret = is_secret(old_place, i) || is_secret(new_place, i);
    const auto shown = [secret](std::uint16_t value) {
      return secret ? std::string("******") : fmt::format("{:#06x}", value);
    };
    changes.push_back({fmt::format("word {:#06x}", i), word_name(after, family, i), shown(before.word(i)),
                       shown(after.word(i))});
  }
  return changes;
}

}  // namespace san::nic
