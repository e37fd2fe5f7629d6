// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/boot_nic.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/error.h"
#include "temp_dir.h"

using namespace san;
using namespace san::preflight;
namespace fs = std::filesystem;

namespace {

/// A machine with an e1000e named eth7.
std::string machine(const TempDir& directory) {
  const std::string root = (directory / "root"), pci = root + "/sys/devices/pci0000:00/0000:00:02.0";
  fs::create_directories(pci + "/net/eth7");
  fs::create_directories(root + "/sys/bus/pci/drivers/e1000e");
  fs::create_directories(root + "/sys/class/net");
  fs::create_directory_symlink("../../devices/pci0000:00/0000:00:02.0/net/eth7",
                               root + "/sys/class/net/eth7");
  fs::create_directory_symlink("../..", pci + "/net/eth7/device");
  fs::create_directory_symlink("../../../bus/pci/drivers/e1000e", pci + "/driver");
  std::ofstream(pci + "/vendor") << "0x8086\n";
  std::ofstream(pci + "/device") << "0x10d3\n";
  std::ofstream(pci + "/net/eth7/address") << "52:54:00:12:34:56\n";
  return root;
}

}  // namespace

TEST_CASE("named_nic: PCI id, driver, interface") {
  const TempDir directory;
  const std::string root = machine(directory);
  const BootNic pci = named_nic("8086:100E", root);
  CHECK(pci.vendor == 0x8086);
  CHECK(pci.device == 0x100E);
  CHECK(pci.driver.empty());
  CHECK(named_nic("0x8086:0x10d3", root).device == 0x10D3);
  const BootNic driver = named_nic("e1000", root);
  CHECK(driver.driver == "e1000");
  CHECK(driver.interface.empty());
  CHECK_FALSE(driver.vendor);
  const BootNic interface = named_nic("eth7", root);
  CHECK(interface.interface == "eth7");
  CHECK(interface.driver == "e1000e");
  CHECK(interface.vendor == 0x8086);
  CHECK(interface.device == 0x10D3);
  CHECK(interface.mac == "52:54:00:12:34:56");
}

TEST_CASE("named_nic: what is none") {
  for (const char* text : {"8086:", ":100e", "8086:100e5", "80x6:100e", "a/b", "..", "e1000 e", "lo"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(named_nic(text, "/"), Error);
  }
}
