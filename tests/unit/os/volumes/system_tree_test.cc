// SPDX-License-Identifier: Apache-2.0
#include "os/volumes/system_tree.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "filesystem/directory_tree.h"
#include "temp_dir.h"

using namespace san;
using namespace san::filesystem;
using namespace san::os;

namespace {

std::shared_ptr<FileTree> tree_of(const TempDir& dir) {
  return directory_tree(dir.path());
}

void link_to(const TempDir& dir, const std::string& name, const std::string& target) {
  REQUIRE(symlink(target.c_str(), (dir / name).c_str()) == 0);
}

void directory(const TempDir& dir, const std::string& name) {
  std::filesystem::create_directories(dir / name);
}

}  // namespace

TEST_CASE("SystemTree: links") {
  const TempDir dir;
  directory(dir, "usr/lib/modules");
  directory(dir, "etc");
  dir.text_file("usr/lib/os-release", "ID=debian\n");
  link_to(dir, "lib", "usr/lib");
  link_to(dir, "etc/os-release", "../usr/lib/os-release");
  link_to(dir, "etc/absolute", "/lib/os-release");
  link_to(dir, "etc/out", "../../../../etc/../lib/os-release");
  link_to(dir, "etc/dangling", "/none/x");
  link_to(dir, "etc/loop", "loop");
  link_to(dir, "etc/first", "second");
  link_to(dir, "etc/second", "/etc/first");
  link_to(dir, "etc/self", ".");
  SystemTree system(tree_of(dir));

  CHECK(system.text("/etc/os-release") == "ID=debian\n");
  CHECK(system.text("/etc/absolute") == "ID=debian\n");
  CHECK(system.text("/etc/out") == "ID=debian\n");
  CHECK(system.text("/lib/os-release") == "ID=debian\n");
  CHECK(system.text("/../../lib/../lib/os-release") == "ID=debian\n");
  CHECK(system.text("/lib/modules/../../../etc/os-release") == "ID=debian\n");
  CHECK(system.text("/lib/modules/../../lib/os-release") == "ID=debian\n");
  CHECK(!system.exists("/lib/../etc/os-release"));  // ".." of /usr/lib, as for Linux
  CHECK(system.real_path("/etc/absolute") == "/usr/lib/os-release");
  CHECK(system.real_path("/lib/modules/..") == "/usr/lib");
  CHECK(system.real_path("/..") == "/");
  CHECK(system.real_path("/etc/self/self/self/os-release") == "/usr/lib/os-release");
  CHECK(system.link("/etc/absolute") == "/lib/os-release");
  CHECK(system.link("/etc/dangling") == "/none/x");
  CHECK(system.link("/usr") == std::nullopt);
  CHECK(system.link("/none") == std::nullopt);
  CHECK(system.info("/lib")->kind == FileInfo::Kind::directory);
  CHECK(system.list("/lib").size() == 2);

  CHECK(!system.exists("/etc/dangling"));
  CHECK(!system.exists("/etc/loop"));
  CHECK(!system.exists("/etc/first"));
  CHECK(!system.exists("/etc/os-release/x"));
  CHECK(!system.exists("/etc/none/../os-release"));
  CHECK(!system.exists(std::string("/etc\0/x", 7)));
  CHECK(!system.real_path("/etc/loop"));
}

TEST_CASE("SystemTree: 40 links are followed, 41 are not") {
  const TempDir dir;
  dir.text_file("l0", "end");
  for (int i = 1; i <= 41; ++i) link_to(dir, "l" + std::to_string(i), "l" + std::to_string(i - 1));
  SystemTree system(tree_of(dir));
  CHECK(system.text("/l40") == "end");
  CHECK(!system.exists("/l41"));
}

TEST_CASE("SystemTree: mounts") {
  const TempDir root, boot, esp, var;
  directory(root, "boot/hidden");
  directory(root, "etc");
  link_to(root, "efi", "boot/efi");
  link_to(root, "initrd.img", "boot/initrd.img-6.1");
  link_to(root, "etc/link", "/boot/grub.cfg");
  boot.text_file("initrd.img-6.1", "initrd");
  link_to(boot, "vmlinuz", "vmlinuz-6.1");
  boot.text_file("vmlinuz-6.1", "kernel");
  link_to(boot, "up", "../etc/fstab");
  link_to(boot, "grub.cfg", "/boot/efi/grub.cfg");
  root.text_file("etc/fstab", "fstab");
  esp.text_file("grub.cfg", "configuration");
  var.text_file("log", "lines");
  SystemTree system(tree_of(root));
  system.mount("/boot", tree_of(boot));
  system.mount("/boot/efi", tree_of(esp));  // does not exist there
  system.mount("/var/lib//x/", tree_of(var));

  CHECK(!system.exists("/boot/hidden"));
  CHECK(system.text("/initrd.img") == "initrd");
  CHECK(system.text("/boot/vmlinuz") == "kernel");
  CHECK(system.text("/boot/up") == "fstab");  // ".." leads out of what is mounted
  CHECK(system.text("/var/lib/x/log") == "lines");
  CHECK(system.text("/var/lib/x/../x/log") == "lines");
  CHECK(system.info("/var")->kind == FileInfo::Kind::directory);
  CHECK(system.info("/var/lib")->kind == FileInfo::Kind::directory);
  CHECK(!system.exists("/var/log"));
  CHECK(!system.exists("/var/lib/xy"));
  CHECK(system.real_path("/initrd.img") == "/boot/initrd.img-6.1");

  const auto top = system.list("/");
  REQUIRE(top.size() == 5);
  CHECK(top[0].name == "boot");
  CHECK(top[4].name == "var");
  CHECK(top[4].kind == FileInfo::Kind::directory);
  REQUIRE(system.list("/var/lib").size() == 1);
  CHECK(system.list("/var/lib").front().name == "x");
  CHECK(system.list("/boot").size() == 6);
}

TEST_CASE("SystemTree: a mount on a link, and the last one wins") {
  const TempDir root, first, second;
  directory(root, "boot/efi");
  link_to(root, "efi", "boot/efi");
  first.text_file("f", "first");
  second.text_file("f", "second");
  SystemTree system(tree_of(root));
  system.mount("/efi", tree_of(first));
  CHECK(system.text("/boot/efi/f") == "first");
  CHECK(system.text("/efi/f") == "first");
  system.mount("/boot/efi", tree_of(second));
  CHECK(system.text("/efi/f") == "second");
  CHECK_THROWS_AS(system.mount("/a/../..", tree_of(second)), Error);
}

TEST_CASE("SystemTree: sizes") {
  const TempDir dir;
  dir.text_file("f", "0123456789");
  SystemTree system(tree_of(dir));
  CHECK(system.read("/f", 10)->size() == 10);
  CHECK_THROWS_WITH_AS(system.read("/f", 9), doctest::Contains("/f: larger than 9 B"), Error);
  CHECK(!system.read("/none", 9));
  CHECK(!system.read("/", 9));
}
