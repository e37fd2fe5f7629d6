// SPDX-License-Identifier: Apache-2.0
#include "os/linux/modules.h"

#include <doctest/doctest.h>

#include "os/small_initramfs.h"

using namespace san::os;

TEST_CASE("what depmod wrote") {
  ModuleIndex index;
  add_modules_dep(kSmallModulesDep, index);
  add_modules_builtin("kernel/fs/ext4/ext4.ko\nkernel/net/8021q/8021q-x.ko\n", index);
  CHECK(index.needs.at("iscsi_tcp") ==
        std::vector<std::string>{"libiscsi_tcp", "libiscsi", "scsi_transport_iscsi"});
  CHECK(index.paths.at("sd_mod") == "kernel/drivers/scsi/sd_mod.ko.xz");
  CHECK(index.known("ext4"));
  CHECK(index.known("8021q_x"));
  CHECK(!index.known("ext3"));
}

TEST_CASE("the module of a NIC") {
  ModuleIndex index;
  add_modules_alias(
      "# Aliases\nalias pci:v00008086d0000100Esv*sd*bc*sc*i* e1000\nalias "
      "pci:v00001AF4d00001000sv*sd*bc*sc*i* virtio-pci\n"
      "alias pci:v00008086d0000100Fsv00001234sd*bc*sc*i* special\nalias usb:v0000 x\nalias pci:broken\n",
      index);
  using namespace std::string_literals;
  add_builtin_modinfo("igb.alias=pci:v00008086d00001521sv*sd*bc*sc*i*\0igb.license=GPL\0"s, index);
  CHECK(modules_for_nic(index, 0x8086, 0x100e) == std::vector<std::string>{"e1000"});
  CHECK(modules_for_nic(index, 0x1af4, 0x1000) == std::vector<std::string>{"virtio_pci"});
  CHECK(modules_for_nic(index, 0x8086, 0x1521) == std::vector<std::string>{"igb"});
  CHECK(modules_for_nic(index, 0x8086, 0x100f).empty());
  CHECK(modules_for_nic(index, 0x1234, 0x5678).empty());
}

TEST_CASE("firmware that a module names") {
  using namespace std::string_literals;
  const std::string module =
      "\x7f"
      "ELF\0license=GPL\0firmware=bnx2/a.fw\0xfirmware=no\0firmware=bnx2/b.fw\0"s;
  const std::vector<std::string> files{"bnx2/a.fw", "bnx2/b.fw"};
  CHECK(firmware_of(bytes_of(module)) == files);
  CHECK(firmware_of(bytes_of(packed(module, "xz"))) == files);
  CHECK(firmware_of(bytes_of(packed(module, "zstd"))) == files);
  CHECK(firmware_of({}).empty());
}
