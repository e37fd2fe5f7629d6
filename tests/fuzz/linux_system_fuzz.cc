// SPDX-License-Identifier: Apache-2.0
// A Linux whose files the input makes up: what it is called, what its loaders can start, what its initrds and
// modules hold, and where its devices are.
#include "made_up_tree.h"
#include "os/linux/device_spec.h"
#include "os/linux/linux_system.h"
#include "os/volumes/system_tree.h"

namespace {

constexpr const char* kNames[] = {
    "/etc/os-release",
    "/usr/lib/os-release",
    "/etc/fstab",
    "/etc/crypttab",
    "/boot/grub/grub.cfg",
    "/boot/grub2/grub.cfg",
    "/boot/grub/grubenv",
    "/boot/grub/custom.cfg",
    "/boot/efi/EFI/debian/grub.cfg",
    "/boot/loader/loader.conf",
    "/boot/loader/entries/a-1.0.conf",
    "/boot/efi/loader/entries/b.conf",
    "/boot/efi/EFI/Linux/c.efi",
    "/boot/vmlinuz-1.0",
    "/boot/initrd.img-1.0",
    "/boot/initramfs-1.0.img",
    "/lib/modules/1.0/modules.dep",
    "/lib/modules/1.0/modules.alias",
    "/lib/modules/1.0/modules.builtin",
    "/lib/modules/1.0/modules.softdep",
    "/sbin/init",
    "/boot/extlinux/extlinux.conf",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san;
  try {
    const auto files = std::make_shared<test::MadeUpTree>(kNames, std::as_bytes(std::span(data, size)));
    const auto system = os::read_linux_system(std::make_shared<os::SystemTree>(files));
    if (!system) return 0;
    for (const auto& kernel : system->kernels) {
      try {
        system->initramfs(kernel);
        system->modules(kernel.release);
      } catch (const Error&) {
      }
    }
    for (const auto& entry : system->fstab) system->locate(entry.device);
    system->mounted_at("/boot");
    system->is_like("debian");
  } catch (const Error&) {
  }
  return 0;
}
