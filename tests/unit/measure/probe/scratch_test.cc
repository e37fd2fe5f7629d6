// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/scratch.h"
#include "core/hint_id.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string_view>

#include "core/process/log.h"
#include "core/units.h"
#include "devices/memory_device.h"

namespace san {

using namespace san::copy;
using namespace san::measure;
namespace {

void put(MemoryDevice& device, std::size_t offset, std::string_view text) {
  std::memcpy(device.bytes().data() + offset, text.data(), text.size());
}

TEST_CASE("an empty device is scratch") {
  MemoryDevice device("m", 16 * MiB);
  CHECK_NOTHROW(check_scratch(device, {}));
  MemoryDevice noise("m", 16 * MiB, std::byte{0x5C});
  CHECK_NOTHROW(check_scratch(noise, {}));
}

TEST_CASE("a file system or a partition table is not, unless the user says so") {
  MemoryDevice xfs("m", 16 * MiB);
  put(xfs, 0, "XFSB");
  MemoryDevice ntfs("m", 16 * MiB);
  put(ntfs, 3, "NTFS    ");
  MemoryDevice swap("m", 16 * MiB);
  put(swap, 4086, "SWAPSPACE2");
  MemoryDevice mbr("m", 16 * MiB);
  put(mbr, 446, std::string_view("\x00\x00\x00\x00\x83\x00\x00\x00\x00\x08\x00\x00\x00\x10\x00\x00", 16));
  put(mbr, 510, "\x55\xAA");
  log::set_sink([](log::Level, std::string_view) {});
  for (MemoryDevice* device : {&xfs, &ntfs, &swap, &mbr}) {
    try {
      check_scratch(*device, {});
      FAIL_CHECK("not refused");
    } catch (const Error& error) {
      CHECK(error.code() == Exit::refused);
      CHECK(error.hint_id() == HintId::force_unknown_content);
    }
    Overrides overrides;
    overrides.unknown_content = true;
    CHECK_NOTHROW(check_scratch(*device, overrides));
  }
  log::set_sink({});
}

}  // namespace
}  // namespace san
