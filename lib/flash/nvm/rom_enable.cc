// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/rom_enable.h"

#include <fmt/core.h>

#include "core/error.h"
#include "flash/nvm/boot_words.h"
#include "flash/nvm/nvm_flash.h"
#include "flash/nvm/unverified.h"

namespace san::flash {
namespace {

constexpr std::uint16_t kLanBootDisable = 1U << 7;
constexpr std::uint16_t kRomDisable = 1U << 3;  // EXROM_DIS of the X550
constexpr std::size_t kControl3 = 0x24, kControl3Port2 = 0x14;

std::optional<RomSwitch> pci_section_switch(const NvmImage& image, unsigned port) {
  const std::size_t start = image.word(0x07 + port - 1);
  if (start == 0 || start == kErased || start + 2 >= image.words()) return std::nullopt;
  return RomSwitch{start + 2, kRomDisable, true};
}

}  // namespace

std::optional<RomSwitch> rom_switch(const NvmImage& image, const NvmFamily& family, unsigned port) {
  if (port < 1 || port > family.rom_ports) return std::nullopt;
  std::size_t word = kControl3;
  switch (family.rom) {
    case RomPlace::none:
      return std::nullopt;
    case RomPlace::control3:
      break;
    case RomPlace::control3_two:
      if (port == 2) word = kControl3Port2;
      break;
    case RomPlace::lan_sections:
      word = kControl3 + (port == 1 ? 0 : 0x40 + 0x40 * (port - 1));  // DPDK, NVM_82580_LAN_FUNC_OFFSET
      break;
    case RomPlace::pci_sections:
      return pci_section_switch(image, port);
  }
  if (word >= image.words() || image.word(word) == kErased) return std::nullopt;
  return RomSwitch{word, kLanBootDisable, false};
}

std::vector<std::string> FlashDevice::enable_rom(bool, std::optional<unsigned>) {
  throw Error(Exit::refused, "", "this is not a NIC, so it has no option ROM to switch");
}

std::vector<std::string> NvmFlash::enable_rom(bool enable, std::optional<unsigned> port) {
  const NvmFamily& family = writable_family();
  const unsigned ports = family.rom_ports;
  if (ports == 0)
    throw Error(Exit::refused, name_,
                fmt::format("no public document says which bit hides the option ROM of an {}", family.name),
                "Intel's bootutil knows it: bootutil -NIC=N -FLASHENABLE");
  if (port && (*port < 1 || *port > ports))
    throw Error(Exit::usage, fmt::format("{} {}", setting("port"), *port),
                fmt::format("an {} has {} port{}", family.name, ports, ports == 1 ? "" : "s"));
  NvmImage image = now_;
  unsigned found = 0;
  bool sure = true;
  for (unsigned i = port.value_or(1); i <= port.value_or(ports); ++i) {
    const auto rom_bit = rom_switch(image, family, i);
    if (!rom_bit) continue;
    ++found;
    sure = sure && rom_bit->sure;
    const auto word = image.word(rom_bit->word);
    image.set_word(rom_bit->word,
                   static_cast<std::uint16_t>(enable ? word & ~rom_bit->bit : word | rom_bit->bit));
  }
  if (found == 0)
    throw Error(Exit::failed, name_, "the section with the bit that hides the option ROM is not there");
  if (!sure && !options_.unverified)
    throw Error(Exit::refused, name_,
                fmt::format("that bit 7 hides the option ROM of an {} is in no public document", family.name),
                unverified_hint("write it nevertheless"));
  std::vector<std::string> notes;
  finish(std::move(image), family, false, notes);
  if (!changes().empty()) notes.emplace_back("the NIC looks at it when the machine is switched on");
  return notes;
}

}  // namespace san::flash
