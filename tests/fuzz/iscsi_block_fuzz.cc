// SPDX-License-Identifier: Apache-2.0
// The input is the iSCSI block of an I210 whose other words are right; signature, version and, but for one
// input in four, a size that has room for one record or two are put in, so that what is behind them is tried.
// Settings that were taken are there afterwards, and no other byte changes.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/error.h"
#include "flash/nvm/iscsi_edit.h"
#include "flash/nvm/nvm_flash.h"
#include "report/flash/flash_report.h"

namespace {

using namespace san::flash;
using namespace san::report;

constexpr std::size_t kWords = 0x600, kBlock = 0x200;

NvmImage image_with(std::span<const std::byte> input) {
  NvmImage image("fuzz", std::vector<std::byte>(kWords * 2));
  for (const std::size_t word : {0x2F, 0x37, 0x3C}) image.set_word(word, 0xFFFF);
  std::copy_n(input.begin(), std::min(input.size(), (kWords - kBlock) * 2),
              image.bytes().begin() + kBlock * 2);
  image.set_word(0x3D, kBlock);
  image.set_word(kBlock, kIscsiSignature);
  // A byte of the name and one of the flags choose, for all bytes are the block's.
  const unsigned how = (image.word(kBlock + 3) ^ image.word(kBlock + 0x94)) & 3U;
  if (how != 0) image.set_word(kBlock + 1, static_cast<std::uint16_t>(how == 3 ? 0x5E0 : 0x384));
  image.set_word(kBlock + 2, static_cast<std::uint16_t>((image.word(kBlock + 2) & 0xFF00) | 1));
  return image;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const NvmImage image = image_with({reinterpret_cast<const std::byte*>(data), size});
  NvmOptions options;
  options.family = "I210";
  NvmFlash flash("fuzz", image, options, [](const auto&, const auto&) {});
  flash_text(flash);
  try {
    FlashSettings s;
    s.target = "iqn.2026-11.org.example:golden";
    s.lun = 7;
    s.dhcp = true;
    flash.set(s, 1);
  } catch (const san::Error&) {
    return 0;
  }
  const IscsiBlockLocation place = find_block(flash.image(), find_family("I210"));
  const auto record = san::read_at<IscsiRecord>(flash.image().bytes(), place.record(1));
  if (!record || field_text(record->target) != "iqn.2026-11.org.example:golden" || record->lun != 7)
    std::abort();
  // Flags to target name are what was asked for; everything before and behind them is as it was.
  const std::size_t first = place.record(1), last = first + offsetof(IscsiRecord, secret);
  const auto old = image.bytes(), fresh = flash.image().bytes();
  if (std::memcmp(old.data(), fresh.data(), first) != 0 ||
      std::memcmp(old.data() + last, fresh.data() + last, old.size() - last) != 0)
    std::abort();
  return 0;
}
