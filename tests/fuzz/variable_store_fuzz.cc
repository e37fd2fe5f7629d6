// SPDX-License-Identifier: Apache-2.0
// UEFI variable stores: whatever is in one, reading, changing and reclaiming it stays inside the store, loses
// no valid variable, and leaves every byte outside as it was. Boot entries and attempts are read on the way.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "core/endian.h"
#include "core/error.h"
#include "flash/uefi/load_option.h"
#include "flash/uefi/uefi_iscsi.h"
#include "flash/uefi/variable_store.h"

namespace {

using namespace san;
using namespace san::flash;

/// The input as a file; its first byte says whether the headers are made right, so that the rest is reached.
std::vector<std::byte> image_of(std::span<const std::byte> input) {
  if (input.empty()) return {};
  const unsigned how = std::to_integer<unsigned>(input[0]);
  std::vector<std::byte> image(input.begin() + 1, input.end());
  if ((how & 1) == 0 || image.size() < 100) return image;
  const std::span<std::byte> all(image);
  std::fill_n(image.begin(), 72, std::byte{0});
  write_at(all, 16, *Guid::parse("fff12b8d-7696-4c8b-a985-2747075b4f50"));
  write_at(all, 32, le64(image.size()));
  write_at(all, 40, le32(0x4856465F));
  write_at(all, 48, le16(72));
  unsigned sum = 0;
  for (std::size_t i = 0; i < 72; i += 2) sum += *read_at<le16>(all, i);
  write_at(all, 50, le16(static_cast<std::uint16_t>(0x10000 - (sum & 0xFFFF))));
  write_at(all, 72,
           *Guid::parse((how & 2) != 0 ? "aaf32c78-947b-439a-a180-2e144ec37792"
                                       : "ddcf3616-3275-4164-98b6-fe85707ffe7d"));
  const std::size_t spare = std::min<std::size_t>(image.size() - 100, (how >> 2) & 0x1F);
  write_at(all, 88, le32(static_cast<std::uint32_t>(image.size() - 72 - spare)));
  write_at(all, 92, le16(0xFE5A));
  return image;
}

void require(bool condition) {
  if (!condition) std::abort();
}

void check_outside(const VariableStore& store, const std::vector<std::byte>& before) {
  const auto end = static_cast<std::ptrdiff_t>(store.store_offset() + store.store_size());
  const auto begin = static_cast<std::ptrdiff_t>(store.store_offset() + 28);
  require(store.image().size() == before.size());
  require(std::equal(before.begin(), before.begin() + begin, store.image().begin()));
  require(std::equal(before.begin() + end, before.end(), store.image().begin() + end));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input(reinterpret_cast<const std::byte*>(data), size);
  decode_load_option(input);
  decode_attempt(input);
  if (const auto ip6 = decode_ip6(input)) require(decode_ip6(encode_ip6(*ip6)) == ip6);
  const std::vector<std::byte> before = image_of(input);
  try {
    VariableStore store("fuzz", before);
    const std::vector<Variable> variables = store.variables();
    store.problems();
    boot_entries(store);
    read_iscsi(store);
    boot::BootProfile profile;
    profile.initiator = "iqn.2026-11.org.example:host1";
    profile.mac = "52:54:00:12:34:56";
    profile.portals = {{"10.0.2.2", 3260}};
    profile.target = "iqn.2026-11.org.example:golden";
    if (input.size() % 2 != 0) profile.portals = {{"fd00::2", 3260}};
    try {
      apply(store, plan_iscsi(store, settings_of(profile, {})));
      require(read_iscsi(store).initiator == profile.initiator);
      require(!read_iscsi(store).order.empty());
    } catch (const Error&) {
    }
    check_outside(store, before);

    VariableStore other("fuzz", before);
    other.reclaim();
    check_outside(other, before);
    require(other.problems().empty());
    const std::vector<Variable> after = other.variables();
    require(after.size() == variables.size());
    for (std::size_t i = 0; i < after.size(); ++i)
      require(after[i].id == variables[i].id && after[i].data == variables[i].data);
  } catch (const Error& error) {
    require(error.code() == Exit::failed);
  }
  return 0;
}
