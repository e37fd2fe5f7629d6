// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/windows/windows_command.h"

#include <algorithm>

namespace san::preflight {
namespace {

constexpr std::size_t kMaxName = 255, kMaxRemark = 400;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(" ._-{}()@#+").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<RegistryName> registry_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxName || text.front() == ' ' || text.back() == ' ' ||
      text.front() == '-' || !std::ranges::all_of(text, is_name))
    return std::nullopt;
  return RegistryName(std::string(text));
}

std::optional<RegistryNames> registry_names(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    const auto name = registry_name(text);
    if (!name) return std::nullopt;
    all += (all.empty() ? "" : "\\0") + name->text();
  }
  return RegistryNames(std::move(all));
}

WindowsCommand windows_remark(std::string_view text) {
  WindowsCommand remark;
  remark.text_ = "rem ";
  for (const char c : text.substr(0, kMaxRemark))
    remark.text_ += is_name(c) || c == '\\' || c == ':' || c == ',' ? c : '?';
  if (text.size() > kMaxRemark) remark.text_ += "...";
  return remark;
}

}  // namespace san::preflight
