// SPDX-License-Identifier: Apache-2.0
// The first byte chooses a family, the second what is done; the rest is a raw image. Whatever a change says,
// it leaves checksums that were right so.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "flash/nvm/nvm_flash.h"
#include "report/flash/flash_report.h"

namespace {

using namespace san::flash;
using namespace san::report;

constexpr const char* kFamilies[] = {"",     "8254x", "82571", "82574", "82576", "82580", "I350", "I210",
                                     "I211", "ICH8",  "I217",  "82599", "X540",  "X550",  "82575"};

FlashSettings settings() {
  FlashSettings s;
  s.initiator = "iqn.2026-11.org.example:host1";
  s.portals = {{"10.0.2.2", 3260}};
  s.target = "iqn.2026-11.org.example:golden";
  s.lun = 1;
  s.address = "10.0.2.15";
  s.prefix = 24;
  s.user = "host1";
  s.secret = "0123456789ab";
  s.priority = san::boot::Priority::primary;
  return s;
}

void change(NvmFlash& flash, unsigned what) {
  const unsigned port = (what >> 4) % 5;
  switch (what & 3) {
    case 0:
      flash.set(settings(), port);
      break;
    case 1:
      flash.choose(san::boot::Priority::disabled, port);
      break;
    case 2:
      flash.reset({});
      break;
    default:
      flash.restore("fuzz", flash.backup());
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::span input(reinterpret_cast<const std::byte*>(data) + 2, size - 2);
  try {
    NvmOptions options;
    options.family = kFamilies[data[0] % std::size(kFamilies)];
    options.unverified = (data[1] & 4) != 0;
    if ((data[1] & 8) != 0) options.ip_order = IpOrder::network;
    NvmFlash flash("fuzz", NvmImage("fuzz", {input.begin(), input.end()}), options,
                   [](const auto&, const auto&) {});
    flash_text(flash);
    flash_json(flash).dump(-1, ' ', false, san::Json::error_handler_t::replace);
    const auto before = flash.family() != nullptr ? nvm_checksums(flash.image(), *flash.family())
                                                  : std::vector<NvmChecksum>{};
    change(flash, data[1]);
    flash.changes();
    flash_text(flash);
    if (flash.family() != nullptr) {
      const auto after = nvm_checksums(flash.image(), *flash.family());
      if (after.size() != before.size()) std::abort();
      for (std::size_t i = 0; i < after.size(); ++i)
        if (before[i].good() && !after[i].good()) std::abort();
    }
    flash.commit();
  } catch (const san::Error&) {
  }
  return 0;
}
