// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "core/ascii.h"
#include "os/windows/windows_system.h"

namespace san::os {
namespace {

constexpr std::string_view kNetClass = "{4d36e972-e325-11ce-bfc1-08002be10318}";
constexpr std::string_view kNetServices = "{4d36e974-e325-11ce-bfc1-08002be10318}";
constexpr std::size_t kGuid = 38;  // characters of "{…}"

std::optional<std::uint16_t> hex_after(const std::string& name, std::string_view prefix) {
  const std::size_t at = name.find(prefix);
  if (at == std::string::npos || name.size() < at + prefix.size() + 4) return {};
  std::uint16_t value = 0;
  const char* const begin = name.data() + at + prefix.size();
  const auto end = std::from_chars(begin, begin + 4, value, 16);
  return end.ec == std::errc() && end.ptr == begin + 4 ? std::optional(value) : std::nullopt;
}

WindowsNetFilter net_filter(const WindowsSystem& windows, const std::string& guid) {
  WindowsNetFilter filter{.guid = guid, .component = {}, .service = {}, .mandatory = {}};
  const auto key = windows.key("Control\\Network\\" + std::string(kNetServices) + "\\" + guid);
  if (!key) return filter;
  filter.component = key->text("ComponentId").value_or("");
  if (const auto ndi = key->key("Ndi")) {
    filter.service = ndi->text("Service").value_or("");
    if (const auto run_type = ndi->dword("FilterRunType")) filter.mandatory = *run_type == 1;
  }
  const auto kernel = windows.key(R"(Control\NetworkSetup2\Filters\)" + guid + "\\Kernel");
  if (!filter.mandatory && kernel && kernel->dword("Optional").value_or(0) == 1) filter.mandatory = false;
  return filter;
}

/// The filters in Linkage\FilterList, whose entries are "{NIC}-{filter}-NNNN", each once.
std::vector<WindowsNetFilter> filters_of(const WindowsSystem& windows, const HiveKey& linkage) {
  std::vector<WindowsNetFilter> out;
  for (const std::string& text : linkage.texts("FilterList")) {
    if (text.size() < 2 * kGuid + 1 || text[kGuid] != '-' || text[kGuid + 1] != '{') continue;
    const std::string guid = text.substr(kGuid + 1, kGuid);
    const auto same = [&guid](const WindowsNetFilter& known) { return same_without_case(known.guid, guid); };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(net_filter(windows, guid));
  }
  return out;
}

void read_class(const WindowsSystem& windows, const std::string& driver, WindowsNic& nic) {
  if (driver.empty()) return;
  nic.class_key = windows.control_set + R"(\Control\Class\)" + driver;
  const auto entry = windows.key("Control\\Class\\" + driver);
  if (!entry) return;
  nic.class_key = entry->path();
  nic.class_present = true;
  nic.guid = entry->text("NetCfgInstanceId").value_or("");
  if (const auto linkage = entry->key("Linkage")) {
    nic.linkage = !linkage->texts("Export").empty() && !linkage->texts("RootDevice").empty();
    nic.bound = linkage->texts("UpperBind");
    nic.filters = filters_of(windows, *linkage);
  }
  if (nic.guid.empty()) return;
  nic.tcpip_interface = windows.key(R"(Services\Tcpip\Parameters\Interfaces\)" + nic.guid).has_value();
  if (const auto tcpip = windows.key("Services\\Tcpip\\Linkage"))
    for (const std::string& device : tcpip->texts("Bind"))
      if (same_without_case(device, "\\Device\\" + nic.guid)) nic.tcpip_bound = true;
}

}  // namespace

std::vector<WindowsNic> WindowsSystem::nics() const {
  std::vector<WindowsNic> out;
  const auto pci = key("Enum\\PCI");
  if (!pci) return out;
  for (const HiveKey& device : pci->keys()) {
    const std::string name = device.name();
    const auto vendor_id = hex_after(name, "VEN_"), device_id = hex_after(name, "DEV_");
    if (!vendor_id || !device_id) continue;
    for (const HiveKey& instance : device.keys()) {
      if (!same_without_case(instance.text("ClassGUID").value_or(""), kNetClass)) continue;
      WindowsNic nic;
      nic.vendor = *vendor_id;
      nic.device = *device_id;
      nic.key = instance.path();
      nic.service = instance.text("Service").value_or("");
      nic.config_flags = instance.dword("ConfigFlags").value_or(0);
      read_class(*this, instance.text("Driver").value_or(""), nic);
      out.push_back(std::move(nic));
    }
  }
  return out;
}

}  // namespace san::os
