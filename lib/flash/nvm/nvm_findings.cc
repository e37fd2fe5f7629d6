// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/hint_id.h"
#include "flash/nvm/boot_words.h"
#include "flash/nvm/iscsi_edit.h"
#include "flash/nvm/nvm_flash.h"

namespace san::flash {
namespace {

class Collector {
 public:
  void error(std::string where, std::string text) { add(Severity::error, std::move(where), std::move(text)); }
  void warn(std::string where, std::string text) {
    add(Severity::warning, std::move(where), std::move(text));
  }
  void add(Diagnostics more) {
    for (Diagnostic& finding : more) all_.push_back(std::move(finding));
  }
  Diagnostics take() {
    sort_worst_first(all_);
    return std::move(all_);
  }

 private:
  void add(Severity severity, std::string where, std::string text) {
    all_.push_back({severity, std::move(where), std::move(text)});
  }
  Diagnostics all_;
};

std::string word_text(std::size_t word) {
  return fmt::format("word {:#04x}", word);
}

void check_checksums(Collector& found, const NvmView& view) {
  for (const NvmChecksum& checksum : view.checksums) {
    const std::string where = word_text(checksum.word);
    if (!checksum.expected)
      found.error(where,
                  fmt::format("checksum of the {} cannot be computed: {}", checksum.name, checksum.problem));
    else if (!checksum.good() && checksum.checked)
      found.error(where, fmt::format("checksum of the {} is {:#06x}, and should be {:#06x}", checksum.name,
                                     checksum.stored, *checksum.expected));
    else if (!checksum.good())
      found.warn(where, fmt::format("checksum of the {} is {:#06x} instead of {:#06x}, but marked as not to "
                                    "be checked: the driver will repair it",
                                    checksum.name, checksum.stored, *checksum.expected));
  }
}

void check_validity(Collector& found, const NvmView& view) {
  const std::size_t word = view.family->validity;
  if (word == 0 || view.image.word(word) >> 14 == 1) return;
  found.error(
      word_text(word),
      fmt::format("the signature in bits 15:14 of {:#06x} is not 01b: the hardware does not load the NVM",
                  view.image.word(word)));
}

/// Reports bits 15:14 of customization options and capabilities. Adapters in use have 11b there (QEMU's
/// 82574, too): no reason to refuse.
void check_signatures(Collector& found, const NvmView& view) {
  const auto check = [&](std::size_t word) {
    const std::uint16_t value = view.image.word(word);
    if (value == kErased || value >> 14 == 1) return;
    found.warn(word_text(word), fmt::format("the signature in bits 15:14 of {:#06x} is not 01b", value));
  };
  for (unsigned port = 1; port <= view.family->sure_ports; ++port) check(setup_word(port) + 1);
  check(0x33);
}

void check_option_rom_version(Collector& found, const NvmView& view) {
  const std::uint16_t value = view.image.word(0x36);
  if (value >= 0x40 && value < 0x2000 && value >= view.image.words())
    found.warn(word_text(0x36),
               fmt::format("points to a version structure at word {:#06x}, but the image ends at {:#06x}",
                           value, view.image.words()));
}

void check_block(Collector& found, const NvmView& view) {
  const IscsiBlockLocation& location = view.block;
  if (location.state != BlockState::good) return;  // check_areas() reports the fault of the pointer
  const auto header = read_at<IscsiHeader>(view.image.bytes(), location.offset).value();
  for (unsigned port = 1; port <= location.ports; ++port)
    found.add(
        check_record(header, read_at<IscsiRecord>(view.image.bytes(), location.record(port)).value(), port));
  // X550 datasheet, 6.2.2.24
  if (view.family->ten_gigabit && location.offset + location.size > 4096)
    found.error(word_text(location.pointer), "iSCSI block: ends behind the first 4 KiB, where it has to be");
  if (view.order_conflict)
    found.error("iSCSI block", "the netmasks of its ports are in different byte orders");
}

void check_primaries(Collector& found, const NvmView& view) {
  unsigned primaries = 0;
  for (unsigned port = 1; port <= view.family->sure_ports; ++port) {
    const std::uint16_t word = view.image.word(setup_word(port));
    if (word != kErased && choice_of(word, view.family->protocol) == boot::Priority::primary) ++primaries;
  }
  if (primaries > 1) found.warn("boot words", fmt::format("{} ports are iSCSI primary", primaries));
}

}  // namespace

NvmView nvm_view(const NvmImage& image, const NvmFamily* family, std::optional<IpOrder> order) {
  NvmView view{image, family, {}, {}, {}, order, {}, false};
  if (family == nullptr) return view;
  view.checksums = nvm_checksums(image, *family);
  view.areas = nvm_areas(image, *family);
  view.block = find_block(image, *family);
  view.mask_order = block_order(image, view.block, view.order_conflict);
  if (!order) view.order = view.mask_order;
  return view;
}

Diagnostics nvm_findings(const NvmView& view) {
  Collector found;
  if (view.family == nullptr) {
    const NvmFamily* const suspect = suspect_family(view.image);
    found.error(
        "image",
        suspect == nullptr
            ? "the family of the NIC is not known, and neither is the rule of its checksum; " +
                  Hint(HintId::give_family, "name it").text()
            : fmt::format("the family of the NIC is not known; if it is an {}, {}", suspect->name,
                          Hint(HintId::give_this_family, "say so", {std::string(suspect->name)}).text()));
    return found.take();
  }
  check_checksums(found, view);
  check_validity(found, view);
  found.add(check_areas(view.areas));
  check_block(found, view);
  if (!view.family->read_only) {
    check_signatures(found, view);
    check_primaries(found, view);
    check_option_rom_version(found, view);
  }
  return found.take();
}

}  // namespace san::flash
