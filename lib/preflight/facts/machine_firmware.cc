// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "core/endian.h"
#include "core/error.h"
#include "preflight/facts/machine_facts.h"
#include "system/fd.h"
#include "system/sysfs.h"

namespace san::preflight {
namespace {

namespace fs = std::filesystem;

/// Returns the content of a small file of the kernel; nothing, with errno set, if it cannot be read.
std::optional<std::vector<std::byte>> bytes_of(const std::string& path) {
  constexpr std::size_t kMaxSize = 65536;
  const Fd fd = open_path(path, O_RDONLY);
  if (!fd) return std::nullopt;
  std::vector<std::byte> bytes(kMaxSize);
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(fd.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

/// The data of a variable of the firmware: efivarfs puts four bytes of attributes in front (Linux,
/// Documentation/filesystems/efivarfs.rst).
std::optional<std::vector<std::byte>> variable(const std::string& root, const std::string& name) {
  auto bytes = bytes_of(root + "/sys/firmware/efi/efivars/" + name + "-8be4df61-93ca-11d2-aa0d-00e098032b8c");
  if (!bytes || bytes->size() < 4) return std::nullopt;
  bytes->erase(bytes->begin(), bytes->begin() + 4);
  return bytes;
}

void read_boot_order(const std::string& root, MachineFacts& facts) {
  if (const auto current = variable(root, "BootCurrent"))
    if (const auto value = read_at<le16>(*current, 0))
      facts.boot_current = static_cast<std::uint16_t>(*value);
  if (const auto secure = variable(root, "SecureBoot"); secure && !secure->empty())
    facts.secure_boot = (*secure)[0] == std::byte{1};
  const auto order = variable(root, "BootOrder");
  if (!order) return;
  facts.boot_order.emplace();
  for (std::size_t at = 0; at + 2 <= order->size(); at += 2) {
    flash::BootOrderEntry entry;
    entry.number = *read_at<le16>(*order, at);
    if (const auto option = variable(root, fmt::format("Boot{:04X}", entry.number)))
      entry.option = flash::decode_load_option(*option);
    facts.boot_order->push_back(std::move(entry));
  }
}

void read_ibft_table(const std::string& root, MachineFacts& facts) {
  // The signature that Linux looks for, and those of Broadcom's firmware (drivers/firmware/iscsi_ibft.c).
  for (const char* const name : {"iBFT", "IBFT", "BIFT"}) {
    const std::string path = root + "/sys/firmware/acpi/tables/" + name;
    if (auto bytes = bytes_of(path)) {
      facts.ibft = std::move(*bytes);
      return;
    }
    // ACPI tables are for root only.
    if (errno != ENOENT && errno != ENOTDIR) facts.ibft_unreadable = errno_text(errno);
  }
}

}  // namespace

void read_firmware(const std::string& root, MachineFacts& facts) {
  std::error_code failed;
  facts.uefi = fs::is_directory(root + "/sys/firmware/efi", failed);
  if (facts.uefi) read_boot_order(root, facts);
  read_ibft_table(root, facts);
  const Sysfs files(root);
  for (const std::string& directory : files.names("/sys/firmware/ibft"))
    for (const std::string& attribute : files.names("/sys/firmware/ibft/" + directory))
      if (std::string value = files.line("/sys/firmware/ibft/" + directory + "/" + attribute); !value.empty())
        facts.ibft_attributes[directory][attribute] = std::move(value);
}

}  // namespace san::preflight
