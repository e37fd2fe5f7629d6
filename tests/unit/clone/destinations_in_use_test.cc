// SPDX-License-Identifier: Apache-2.0
#include "clone/destinations_in_use.h"

#include <doctest/doctest.h>

#include <optional>

#include "block/device_filter.h"
#include "devices/memory_device.h"

using namespace san;

namespace {

class Named final : public DeviceFilter {
 public:
  Named(Device& below, std::string id) : DeviceFilter(below), id_(std::move(id)) {}
  DeviceIdentity identity() const override { return {id_, id_, {}}; }

 private:
  std::string id_;
};

}  // namespace

TEST_CASE("a device that one clone writes is refused to another until that has ended") {
  MemoryDevice memory("lun", 4096);
  Named one(memory, "naa.1"), same(memory, "naa.1"), other(memory, "naa.2"), unknown(memory, "");
  std::optional<DestinationsInUse> first;
  first.emplace(std::vector<Device*>{&one, &unknown});
  CHECK_THROWS_WITH_AS(DestinationsInUse({&other, &same}),
                       "lun: another clone of this process is being written to it; wait until it ends",
                       Error);
  {
    const DestinationsInUse second({&other, &unknown});  // what has no identity cannot be recognised
  }
  first.reset();
  const DestinationsInUse again({&same, &other});
}
