// SPDX-License-Identifier: Apache-2.0
// A Windows whose files the input makes up, with its hives and boot stores: all that is read of it.
#include "made_up_tree.h"
#include "os/volumes/volumes.h"
#include "os/windows/windows_system.h"

namespace {

constexpr const char* kNames[] = {
    "/Windows/System32/config/SYSTEM",
    "/Windows/System32/config/SOFTWARE",
    "/EFI/Microsoft/Boot/BCD",
    "/Boot/BCD",
    "/Windows/System32/winload.efi",
    "/Windows/System32/ntoskrnl.exe",
    "/ntldr",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san;
  try {
    os::DiskContent disk;
    disk.size = std::uint64_t{1} << 30;
    os::DiskVolume& volume = disk.volumes.emplace_back();
    volume.name = "partition 1";
    volume.type = "ntfs";
    volume.files = std::make_shared<test::MadeUpTree>(kNames, std::as_bytes(std::span(data, size)));
    const auto system = os::read_windows_system(disk);
    if (!system) return 0;
    for (const char* service : {"iScsiPrt", "msiscsi", "e1i65x64", "Tcpip"}) system->service(service);
    for (const char* image : {"\\SystemRoot\\System32\\a.sys", "system32\\b.sys", "C:\\x", ""})
      system->exists(system->file_of(image));
    system->nics();
    system->is_nt5();
    system->is_windows8_or_later();
  } catch (const Error&) {
  }
  return 0;
}
