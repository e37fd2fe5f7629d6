// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_diff.h"

#include "flash/nvm/boot_words.h"
#include "flash/test_images.h"

using namespace san::flash;

TEST_CASE("words are called by what they are for") {
  NvmImage image = gigabit_image(0x1521);
  add_block(image, 2);
  const NvmFamily& family = find_family("I350");
  const auto name = [&](std::size_t word) { return word_name(image, &family, word); };
  CHECK(name(0x30) == "main setup options, port 1");
  CHECK(name(0x3B) == "customization options, port 4");
  CHECK(name(0x3D) == "pointer to the iSCSI block");
  CHECK(name(0x3F) == "checksum");
  CHECK(name(0xBF) == "checksum, LAN 1");
  CHECK(name(0x01) == "MAC address");
  CHECK(name(0x200) == "iSCSI block, signature");
  CHECK(name(0x200 + 0x105 / 2) == "iSCSI block, initiator name");
  CHECK(name(0x200 + 0x128 / 2) == "iSCSI block, flags, port 1");
  CHECK(name(0x200 + (0x128 + 0x25C + 0x0E) / 2) == "iSCSI block, LUN, port 2");
  CHECK(name(0x200 + (0x128 + 0x116) / 2) == "iSCSI block, CHAP secret, port 1");
  CHECK(name(0x200 + (0x128 + 0x126) / 2) == "iSCSI block, CHAP secret, port 1");
  CHECK(name(0x200 + (0x128 + 0x128) / 2) == "iSCSI block, CHAP user, port 1");
  CHECK(name(0x200 + (0x128 + 0x25A) / 2) == "iSCSI block, reserved or FCoE, port 1");
  CHECK(name(0x1FF).empty());
  CHECK(word_name(image, &find_family("X550"), 0x38).empty());
  CHECK(word_name(image, nullptr, 0x30) == "main setup options, port 1");
}

TEST_CASE("words of secrets are masked, whichever image has the block") {
  NvmImage without = gigabit_image(0x1521), with = without;
  add_block(with, 1);
  const std::size_t secret = 0x200 + (0x128 + 0x116) / 2, other = 0x200 + (0x128 + 0x1AA) / 2;
  with.set_word(secret, 0x6161);
  with.set_word(other, 0x6262);
  for (const auto& changes : {nvm_differences(with, without, &find_family("I350")),
                              nvm_differences(without, with, &find_family("I350"))}) {
    unsigned masked = 0;
    for (const FlashChange& change : changes) {
      CHECK(!contains(change.before + change.after, "0x6161"));
      CHECK(!contains(change.before + change.after, "0x6262"));
      if (change.after == "******") ++masked;
    }
    CHECK(masked == 18);  // two fields of nine words
  }
  CHECK(nvm_differences(with, with, nullptr).empty());
}
