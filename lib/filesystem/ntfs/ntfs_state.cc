// SPDX-License-Identifier: Apache-2.0
#include "filesystem/ntfs/ntfs_state.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>

#include "core/ascii.h"
#include "core/units.h"
#include "filesystem/volume/text.h"

// References: ntfs-3g, include/ntfs-3g/layout.h and logfile.h; what it refuses to mount is in
// libntfs-3g/logfile.c, ntfs_is_logfile_clean(), and libntfs-3g/volume.c.

namespace san::filesystem {
namespace {

// $Volume flags: dirty, resize $LogFile, upgrade on mount, delete USN journal under way, repair object IDs,
// chkdsk under way. The others (mounted on NT 4, modified by chkdsk) are history.
constexpr std::uint16_t kUnclean = 0x0001 | 0x0002 | 0x0004 | 0x0010 | 0x0020 | 0x4000;

struct RestartPage {
  le32 magic;  // RSTR; CHKD after chkdsk
  le16 fixup_offset, fixup_count;
  le64 chkdsk_lsn;
  le32 system_page, log_page;
  le16 area_offset, minor, major;
};
struct RestartArea {
  le64 lsn;
  le16 clients, free_clients, clients_in_use;  // 0xffff: none
  le16 flags;                                  // 2: the volume is clean
};
constexpr std::uint32_t kRstr = 0x52545352;

class State {
 public:
  explicit State(NtfsVolume& ntfs) : ntfs_(ntfs) {}

  std::string flags() {
    const auto information = ntfs_.attribute(NtfsFile::volume, NtfsType::volume_information);
    if (!information || !information->resident || information->value.size() < 12)
      throw_inconsistent("MFT", "$Volume has no flags");
    const std::uint16_t flags = *read_at<le16>(information->value, 10);
    if ((flags & kUnclean) != 0)
      throw MetadataError{fmt::format("it is marked dirty ($Volume flags {:#06x}; run chkdsk)", flags), true};
    const auto name = ntfs_.attribute(NtfsFile::volume, NtfsType::volume_name);
    return name && name->resident ? utf16_text(name->value) : std::string();
  }

  void log_file() {
    const auto log = ntfs_.attribute(NtfsFile::log, NtfsType::data);
    if (!log || log->resident) throw_inconsistent("MFT", "$LogFile has no data");
    if (emptied(*log)) return;

    // Two restart pages, written in turn: the later one counts.
    std::array<std::byte, sizeof(RestartPage)> start{};
    ntfs_.read(*log, 0, start, "$LogFile");
    const auto first = *read_at<RestartPage>(start, 0);
    const std::uint32_t page = first.system_page;
    if (first.magic != kRstr || !std::has_single_bit(page) || page < 512 || page > 64 * KiB) throw_log();
    const RestartArea one = restart_area(*log, 0, page), two = restart_area(*log, page, page);
    const RestartArea& area = one.lsn >= two.lsn ? one : two;
    if (area.clients_in_use != 0xffff && (area.flags & 2) == 0)
      throw MetadataError{"its $LogFile was not closed cleanly (mounted, or Windows was not shut down)",
                          true};
  }

  /// A hibernated Windows, also one that "shut down" with fast startup, has its caches of this volume in
  /// memory. The file's first bytes say whether it is in use: "hibr"; a resumed one has "wake".
  void hibernation() {
    for (const std::uint64_t file : files_in_root("hiberfil.sys")) {
      if (!ntfs_.record(file)) continue;
      const auto data = ntfs_.attribute(file, NtfsType::data);
      std::array<std::byte, 4> magic{};
      if (!data || data->initialized < magic.size()) continue;
      ntfs_.read(*data, 0, magic, "hiberfil.sys");
      std::string text = fixed_text(magic);
      text = to_lower(text);
      if (text == "hibr" || text == "rstr")
        throw MetadataError{"Windows is hibernated on it (hiberfil.sys); shut it down without fast startup",
                            true};
    }
  }

 private:
  [[noreturn]] static void throw_log() {
    throw MetadataError{"its $LogFile is not in a state that is known to be clean", true};
  }

  /// mkntfs and ntfs-3g leave it full of ones; Windows makes a new one of that.
  bool emptied(const NtfsAttribute& log) {
    std::vector<std::byte> bytes(std::min<std::uint64_t>(log.size, 128 * KiB));  // both restart pages
    if (bytes.empty()) throw_log();
    ntfs_.read(log, 0, bytes, "$LogFile");
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0xff}; });
  }

  RestartArea restart_area(const NtfsAttribute& log, std::uint64_t offset, std::uint32_t size) {
    std::vector<std::byte> bytes(size);
    ntfs_.read(log, offset, bytes, "$LogFile");
    const auto page = *read_at<RestartPage>(bytes, 0);
    // Version 2.0 is what Windows 8 and later has while it is running or kept its caches; it goes back
    // to 1.1.
    if (page.magic != kRstr || page.system_page != size || page.major != 1 || page.minor != 1 ||
        !NtfsVolume::apply_fixups(bytes))
      throw_log();
    const auto area = read_at<RestartArea>(bytes, page.area_offset);
    if (!area) throw_log();
    return *area;
  }

  /// Looks through all index blocks instead of down the tree: blocks that are no longer part of it can only
  /// add names of files that are no longer there.
  std::vector<std::uint64_t> files_in_root(std::string_view name) {
    std::vector<std::uint64_t> found;
    if (const auto root = ntfs_.attribute(NtfsFile::root, NtfsType::index_root, "$I30");
        root && root->resident)
      entries(root->value, 16, name, found);
    else
      throw_inconsistent("MFT", "the root directory has no index");

    const auto blocks = ntfs_.attribute(NtfsFile::root, NtfsType::index_allocation, "$I30");
    if (!blocks) return found;
    if (blocks->resident || blocks->size > 256 * MiB)
      throw_inconsistent("root directory", "impossible index");
    const std::uint64_t size = index_block();
    std::vector<std::byte> bytes(size);
    for (std::uint64_t at = 0; at + size <= blocks->initialized; at += size) {
      ntfs_.read(*blocks, at, bytes, "root directory");
      if (*read_at<le32>(bytes, 0) == 0x58444e49 && NtfsVolume::apply_fixups(bytes))
        entries(bytes, 24, name, found);
    }
    return found;
  }

  std::uint64_t index_block() {
    const unsigned value = ntfs_.volume().get<NtfsBoot>(0, "boot sector").index_clusters;
    const std::uint64_t size = value <= 127       ? value * ntfs_.layout().cluster
                               : 256 - value < 31 ? std::uint64_t{1} << (256 - value)
                                                  : 0;
    if (!std::has_single_bit(size) || size < 512 || size > 64 * KiB)
      throw_inconsistent("boot sector", "impossible index block size");
    return size;
  }

  /// The entries of an index node whose header is at `header` (offset of entries, their length, …).
  static void entries(std::span<const std::byte> bytes, std::size_t header, std::string_view name,
                      std::vector<std::uint64_t>& found) {
    const auto first = read_at<le32>(bytes, header), length = read_at<le32>(bytes, header + 4);
    if (!first || !length) return;
    const std::size_t end = std::min<std::size_t>(bytes.size(), header + *length);
    for (std::size_t at = header + *first; at + 16 <= end;) {
      const std::uint64_t file = *read_at<le64>(bytes, at) & 0xffffffffffff;
      const std::size_t size = *read_at<le16>(bytes, at + 8);
      const bool last = (*read_at<le16>(bytes, at + 12) & 2) != 0;
      if (last || size < 16 || size > end - at) return;
      // The key is a $FILE_NAME: its length in characters at 64, the name at 66.
      const auto entry = bytes.subspan(at + 16, size - 16);
      if (entry.size() >= 66) {
        const auto characters = std::to_integer<std::size_t>(entry[64]);
        std::string text = utf16_text(entry.subspan(66, std::min(characters * 2, entry.size() - 66)));
        text = to_lower(text);
        if (text == name && found.size() < 16) found.push_back(file);
      }
      at += size;
    }
  }

  NtfsVolume& ntfs_;
};

}  // namespace

std::string check_ntfs_clean(NtfsVolume& ntfs) {
  State state(ntfs);
  std::string label = state.flags();
  state.log_file();
  state.hibernation();
  return label;
}

}  // namespace san::filesystem
