// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/nvram.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/endian.h"
#include "core/guid.h"

namespace san::preflight {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kAttributes = 4;  // in front of the data in efivarfs
constexpr std::size_t kMaxVariable = std::size_t{64} << 10;
const std::string kGlobal = "8be4df61-93ca-11d2-aa0d-00e098032b8c";

std::string directory(const std::string& root) {
  return (root == "/" ? "" : root) + "/sys/firmware/efi/efivars";
}

/// Returns the data of a variable; nothing if there is none, or it may not be read.
std::optional<std::vector<std::byte>> variable(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes(kMaxVariable);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const auto count = static_cast<std::size_t>(file.gcount());
  if (count < kAttributes) return std::nullopt;
  const auto all = std::as_bytes(std::span(bytes)).first(count).subspan(kAttributes);
  return std::vector<std::byte>(all.begin(), all.end());
}

/// "Boot0001-8be4…": the names that efivarfs gives.
bool is_boot_entry(const std::string& name) {
  return name.size() == 8 + 1 + kGlobal.size() && name.starts_with("Boot") && name.ends_with(kGlobal) &&
         std::all_of(name.begin() + 4, name.begin() + 8,
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace

std::string partition_of_load_option(std::span<const std::byte> data) {
  // Attributes, length of the path list, description in UTF-16 with a zero at its end, path list.
  const auto length = read_at<le16>(data, 4);
  std::size_t at = 6;
  for (auto unit = read_at<le16>(data, at); unit && *unit != 0; unit = read_at<le16>(data, at)) at += 2;
  at += 2;
  if (!length || at > data.size()) return {};
  const auto path = data.subspan(at, std::min<std::size_t>(*length, data.size() - at));
  for (std::size_t node = 0; node + 4 <= path.size();) {
    const auto kind = std::to_integer<unsigned>(path[node]), sub = std::to_integer<unsigned>(path[node + 1]);
    const std::size_t size = read_at<le16>(path, node + 2).value_or(le16{});
    if (size < 4) return {};
    const auto style = read_at<std::uint8_t>(path, node + 41);
    if (kind == 4 && sub == 1 && size >= 42 && style && *style == 2)
      if (const auto guid = read_at<Guid>(path, node + 24)) return guid->text();
    node += size;
  }
  return {};
}

std::optional<std::vector<BootVariable>> read_boot_variables(const std::string& root) {
  std::error_code failed;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory(root), failed))
    if (const std::string name = entry.path().filename().string(); is_boot_entry(name)) names.push_back(name);
  if (failed) return std::nullopt;
  std::sort(names.begin(), names.end());
  std::vector<BootVariable> variables;
  for (const std::string& name : names)
    if (auto data = variable(directory(root) + "/" + name))
      variables.push_back({name.substr(0, 8), std::move(*data)});
  return variables;
}

}  // namespace san::preflight
