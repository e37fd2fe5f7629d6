// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/ipxe/boot_loaders.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/endian.h"
#include "filesystem/directory_tree.h"
#include "os/small_efi_program.h"
#include "partition/golden_gpt.h"
#include "preflight/facts/boot_way.h"
#include "preflight/facts/nvram.h"
#include "preflight/facts/subject.h"
#include "temp_dir.h"

using namespace san;
using namespace san::filesystem;
using namespace san::partition;
using namespace san::preflight;
namespace fs = std::filesystem;

namespace {

/// A GPT disk whose ESP has the files of a directory.
struct Disk {
  std::unique_ptr<MemoryDevice> device = test::golden_disk();
  os::DiskContent content;
  TempDir directory;

  explicit Disk(bool esp = true) {
    fs::create_directories(directory / "EFI/BOOT");
    read();
    if (!esp) return;
    os::DiskVolume volume;
    volume.name = "partition 1";
    volume.entry = content.table.partitions[0];
    volume.type = "fat16";
    volume.files = directory_tree(directory.path());
    content.volumes.push_back(std::move(volume));
  }
  void read() {
    content.size = device->size();
    content.table = read_partition_table(*device);
  }
  void put(const std::string& path, const std::vector<std::byte>& bytes) const {
    fs::create_directories(fs::path(directory / path).parent_path());
    std::ofstream(directory / path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  Outcome uefi(std::optional<bool> secure = {}) const { return judge_uefi_boot_file(content, secure); }
  Outcome bios() { return judge_bios_boot_code(*device, content); }
};

std::string found(const Outcome& outcome) {
  std::string out = std::string(to_string(outcome.status)) + ":";
  for (const Evidence& evidence : outcome.evidence) out += " " + evidence.found;
  return out;
}

/// What boot.img and the first sector of core.img hold, as far as it is looked at.
void install_grub(MemoryDevice& device, std::uint64_t core) {
  test::put_text(device, 0x17F, std::string("GRUB \0Geom\0Hard Disk\0Read\0 Error", 32));
  write_at(device.bytes(), 0x5C, le64(core));
  write_at(device.bytes(), core * 512 + 500, le64(core + 1));
  write_at(device.bytes(), core * 512 + 508, le16(50));
  write_at(device.bytes(), core * 512 + 510, le16(0x0820));
  test::put_text(device, (core + 1) * 512, "core");
}

}  // namespace

TEST_CASE("judge_uefi_boot_file: the default file, whole and for its processor") {
  Disk disk;
  CHECK(found(disk.uefi()) == "fail: no boot loader");
  disk.put("EFI/debian/grubx64.efi", small_efi_program(0x8664));
  CHECK(found(disk.uefi()) == "fail: only \\EFI\\debian\\grubx64.efi");
  CHECK(disk.uefi().remedy.find("--filename") != std::string::npos);
  disk.put("EFI/BOOT/BOOTX64.EFI", small_efi_program(0x8664));
  CHECK(found(disk.uefi()) == "pass: x86-64, not signed: it starts only where Secure Boot is off");
  CHECK(found(disk.uefi(true)) == "fail: is not signed, and Secure Boot is on");
  disk.put("EFI/BOOT/BOOTX64.EFI", small_efi_program(0xAA64));
  CHECK(found(disk.uefi()) == "fail: is for AArch64");
  disk.put("EFI/BOOT/BOOTX64.EFI", {});
  CHECK(found(disk.uefi()) == "fail: is empty");
  auto cut = small_efi_program(0x8664);
  cut.resize(700);
  disk.put("EFI/BOOT/BOOTX64.EFI", cut);
  CHECK(found(disk.uefi()) == "fail: is cut short");
}

TEST_CASE("judge_uefi_boot_file: shim needs what it starts") {
  const Disk disk;
  disk.put("EFI/BOOT/BOOTX64.EFI", small_efi_program(0x8664, true, true));
  CHECK(found(disk.uefi(true)) == "fail: is shim, and grubx64.efi is not beside it");
  disk.put("EFI/BOOT/grubx64.efi", small_efi_program(0x8664, true));
  CHECK(found(disk.uefi(true)) == "pass: x86-64, signed");
}

TEST_CASE("judge_uefi_boot_file: no ESP, and one that cannot be read") {
  CHECK(found(Disk(false).uefi()) == "fail: no EFI system partition");
  Disk broken;
  broken.content.volumes[0].files.reset();
  broken.content.volumes[0].why_none = "holds no file system";
  CHECK(found(broken.uefi()) == "fail: holds no file system");
}

TEST_CASE("judge_bios_boot_code: GRUB and where it leads") {
  Disk disk;
  CHECK(found(disk.bios()) == "fail: no boot code: 440 bytes of zeros");
  install_grub(*disk.device, 2050);
  disk.read();
  CHECK(found(disk.bios()) == "pass: GRUB, which goes on at sector 2050, in partition 1");
  disk.device->bytes()[2051 * 512] = disk.device->bytes()[2051 * 512 + 1] = std::byte{0};
  disk.device->bytes()[2051 * 512 + 2] = disk.device->bytes()[2051 * 512 + 3] = std::byte{0};
  CHECK(disk.bios().status == Status::fail);
  install_grub(*disk.device, 2050);
  write_at(disk.device->bytes(), 2050 * 512 + 510, le16(0));
  CHECK(found(disk.bios()).ends_with("is not the start of GRUB's core image"));
  install_grub(*disk.device, 2050);
  write_at(disk.device->bytes(), 0x5C, le64(1U << 30));
  CHECK(found(disk.bios()).ends_with("is not on this disk"));
  write_at(disk.device->bytes(), 0x5C, le64(9000));
  CHECK(found(disk.bios()).ends_with("holds zeros"));
  disk.device->bytes()[511] = std::byte{0};
  CHECK(found(disk.bios()) == "fail: does not end with 55 AA");
  disk.content.logical_block = 4096;
  CHECK(found(disk.bios()) == "fail: blocks of 4096 bytes");
}

TEST_CASE("judge_bios_boot_code: other boot code needs an active partition with a boot sector") {
  Disk disk(false);
  disk.device = std::make_unique<MemoryDevice>("mbr", 4 << 20);
  test::put_hex(*disk.device, 0, "fa33c0");
  test::put_hex(*disk.device, 446, "00000000070000000008000000080000");  // NTFS, sectors 2048 to 4095
  test::put_hex(*disk.device, 510, "55aa");
  disk.read();
  CHECK(found(disk.bios()) == "fail: boot code that is not GRUB's, and no partition is active");
  test::put_hex(*disk.device, 446, "80");
  disk.read();
  CHECK(found(disk.bios()) == "fail: no boot code");
  test::put_hex(*disk.device, 2048 * 512, "eb5290");
  test::put_hex(*disk.device, 2048 * 512 + 510, "55aa");
  CHECK(found(disk.bios()) == "pass: boot code; partition 1 is active");
  CHECK(firmware_of(disk.content.table) == boot::Firmware::bios);
}

TEST_CASE("judge_mode: by the directories of boot loaders") {
  const Disk disk;
  disk.put("EFI/BOOT/BOOTX64.EFI", small_efi_program(0x8664));
  CHECK(judge_mode(loader_modes(disk.content), boot::Firmware::bios).status == Status::not_applicable);
  disk.put("EFI/debian/grubx64.efi", small_efi_program(0x8664));
  CHECK(judge_mode(loader_modes(disk.content), boot::Firmware::bios).status == Status::fail);
  CHECK(judge_mode(loader_modes(disk.content), boot::Firmware::uefi).status == Status::pass);
  CHECK(judge_mode(loader_modes(disk.content), std::nullopt).status == Status::pass);
  disk.put("boot/grub/i386-pc/normal.mod", {});
  CHECK(judge_mode(loader_modes(disk.content), boot::Firmware::bios).status == Status::pass);
}

TEST_CASE("firmware_of: by partitions and boot code") {
  Disk disk;
  CHECK(firmware_of(disk.content.table) == boot::Firmware::uefi);
  test::put_hex(*disk.device, 0, "fa33c0");  // with a partition that is marked for legacy BIOS
  disk.read();
  CHECK_FALSE(firmware_of(disk.content.table));
}

TEST_CASE("IPXE-08: boot entries of partitions that are not there") {
  const TempDir root;
  const auto evaluate = [&root](bool live = true) {
    SubjectOptions options;
    options.live = live;
    options.live_root = root.path();
    Subject subject(options);
    return find_check("IPXE-08")->evaluate(subject);
  };
  CHECK(evaluate(false).status == Status::not_applicable);
  CHECK(evaluate().status == Status::not_applicable);
  const std::string variables = (root / "sys/firmware/efi/efivars");
  fs::create_directories(root / "sys/firmware/efi");
  CHECK(evaluate().status == Status::unknown);  // efivarfs is not mounted
  fs::create_directories(variables);
  fs::create_directories(root / "dev/disk/by-partuuid");
  // Attributes of the variable; of the option; length of the path; "X"; HD(1,GPT,…): UEFI 2.10, 10.3.5.1;
  // end.
  const std::string hex =
      "07000000"
      "01000000"
      "2e00"
      "58000000"
      "04012a00"
      "01000000"
      "0008000000000000"
      "0008000000000000"
      "00112233445566778899aabbccddeeff"
      "0202"
      "7fff0400";
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  const std::string name = variables + "/Boot000A-8be4df61-93ca-11d2-aa0d-00e098032b8c";
  std::ofstream(name, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  const std::string guid = "33221100-5544-7766-8899-aabbccddeeff";
  CHECK(partition_of_load_option(std::span(bytes).subspan(4)) == guid);
  const Outcome stale = evaluate();
  CHECK(found(stale) == "fail: X, on partition " + guid);
  REQUIRE(stale.commands.size() == 1);
  CHECK(stale.commands[0].text() == "efibootmgr --delete-bootnum --bootnum 000A");
  std::ofstream(root / "dev/disk/by-partuuid/" + guid) << "";
  CHECK(evaluate().status == Status::pass);
  for (std::size_t length = 0; length < bytes.size() - 4; ++length)
    static_cast<void>(partition_of_load_option(std::span(bytes).subspan(4, length)));
}
