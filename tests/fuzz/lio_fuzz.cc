// SPDX-License-Identifier: Apache-2.0
// What Linux' own target says of its devices and sessions, and a saveconfig.json that anybody may have
// written: a target put into it and taken out again leaves it as it was.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "target/lio/lio_saveconfig.h"
#include "target/lio/lio_text.h"

namespace {

constexpr const char* kTarget = "iqn.2026-11.org.example:fuzz";

void try_saveconfig(std::span<const std::byte> input) {
  using san::Json;
  Json saved;
  saved["storage_objects"].push_back({{"plugin", "fileio"}, {"name", "fuzz-name"}});
  saved["targets"].push_back({{"fabric", "iscsi"}, {"wwn", kTarget}, {"tpgs", Json::array()}});
  try {
    Json config = san::target::parse_saveconfig(input, "saveconfig.json");
    san::target::replace_target(config, kTarget, {});
    const Json before = config;
    san::target::replace_target(config, kTarget, saved);
    const Json once = config;
    san::target::replace_target(config, kTarget, saved);
    if (config != once) std::abort();
    if (config["targets"].size() != before["targets"].size() + 1) std::abort();
    san::target::replace_target(config, kTarget, {});
    if (config["targets"] != before["targets"]) std::abort();
    if (config.dump().empty()) std::abort();
  } catch (const san::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  san::target::parse_device_info(input);
  san::target::parse_session_info(input);
  for (const std::string& name : san::target::parse_dynamic_sessions(input))
    if (name.empty()) std::abort();
  const std::string text(reinterpret_cast<const char*>(data), size);
  san::target::number_behind("lun_", text);
  try {
    san::target::check_lio_name(text);
    if (text.find('_') != std::string::npos) std::abort();
  } catch (const san::Error&) {
  }
  try_saveconfig(input);
  return 0;
}
