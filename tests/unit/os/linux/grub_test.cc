// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "os/linux/boot_entry.h"

using namespace san::os;

namespace {

GrubScript with_default(const char* text) {
  auto script = read_grub_script(text);
  mark_default(script.entries, script.chosen);
  return script;
}

std::string default_kernel(const char* text) {
  for (const auto& entry : with_default(text).entries)
    if (entry.is_default) return entry.kernel;
  return {};
}

// As update-grub of Debian writes it, shortened.
const char* const kDebian = R"(
if [ -s $prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
else
   set default="0"
fi
if [ x"${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
function savedefault {
  if [ -z "${boot_once}" ]; then
    linux /never/this
  fi
}
menuentry 'Debian GNU/Linux' --class debian --class os $menuentry_id_option 'gnulinux-simple-1' {
	load_video
	insmod gzio
	if [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi
	set root='hd0,gpt3'
	if [ x$feature_platform_search_hint = xy ]; then
	  search --no-floppy --fs-uuid --set=root --hint-bios=hd0,gpt3 --hint='hd0,gpt3'  1111-A
	else
	  search --no-floppy --fs-uuid --set=root 2222-B
	fi
	echo	'Loading Linux 6.1 ...'
	linux	/boot/vmlinuz-6.1 root=UUID=1111-A ro  quiet "dyndbg=file a +p"
	initrd	/boot/early.img /boot/initrd.img-6.1
}
submenu 'Advanced options for Debian' $menuentry_id_option 'advanced' {
	menuentry 'Debian, with Linux 6.1' --id 'six' {
		linux	/boot/vmlinuz-6.1 root=UUID=1111-A ro
		initrd	/boot/initrd.img-6.1
	}
	menuentry 'Debian, with Linux 5.10' --id 'five' {
		linux	/boot/vmlinuz-5.10 \
		  root=UUID=1111-A ro
		initrd	/boot/initrd.img-5.10
	}
}
menuentry 'Windows Boot Manager' {
	search --fs-uuid --set=root 3333-C
	chainloader /EFI/Microsoft/Boot/bootmgfw.efi
}
)";

}  // namespace

TEST_CASE("GRUB: a menu of Debian") {
  const auto script = with_default(kDebian);
  CHECK(script.problem == "");
  REQUIRE(script.entries.size() == 3);
  const auto& first = script.entries[0];
  CHECK(first.title == "Debian GNU/Linux");
  CHECK(first.id == "gnulinux-simple-1");
  CHECK(first.kernel == "/boot/vmlinuz-6.1");
  CHECK(first.initrds == std::vector<std::string>{"/boot/early.img", "/boot/initrd.img-6.1"});
  CHECK(first.arguments == "root=UUID=1111-A ro quiet \"dyndbg=file a +p\"");
  CHECK(first.where == "33");
  CHECK(first.is_default);
  CHECK(first.search == "1111-A");
  CHECK(script.entries[2].kernel == "/boot/vmlinuz-5.10");
  CHECK(script.entries[2].arguments == "root=UUID=1111-A ro");
  CHECK(!script.entries[2].is_default);
  // Neither what is never reached, nor what another system looks for.
  REQUIRE(script.searches.size() == 1);
  CHECK(script.searches[0].value == "1111-A");
  CHECK(script.searches[0].line == 28);
}

TEST_CASE("GRUB: which entry is the default") {
  const std::string menu = R"(
menuentry a --id A { linux /a
}
submenu sub --id S {
  menuentry b --id B { linux /b
  }
  menuentry 'c>d' { linux /c
  }
}
menuentry e { linux /e
}
)";
  const auto chosen = [&](const std::string& name) {
    return default_kernel(("set default=\"" + name + "\"\n" + menu).c_str());
  };
  CHECK(chosen("0") == "/a");
  CHECK(chosen("2") == "/e");
  CHECK(chosen("e") == "/e");
  CHECK(chosen("1>1") == "/c");
  CHECK(chosen("S>B") == "/b");
  CHECK(chosen("sub>c>d") == "/c");
  CHECK(chosen("1") == "/b");
  CHECK(chosen("no such thing") == "/a");
  CHECK(default_kernel(menu.c_str()) == "/a");
}

TEST_CASE("GRUB: commands without a menu") {
  const auto script =
      with_default("echo hello\nlinux ($root)/vmlinuz root=/dev/sda1\ninitrd (hd0,gpt3)/initrd\nboot\n");
  REQUIRE(script.entries.size() == 1);
  CHECK(script.entries[0].kernel == "/vmlinuz");
  CHECK(script.entries[0].initrds == std::vector<std::string>{"/initrd"});
  CHECK(script.entries[0].where == "2");
  CHECK(script.entries[0].is_default);
  CHECK(with_default("linux /vmlinuz\n").problem == "it loads a kernel and never starts it");
}

TEST_CASE("GRUB: the stub on an ESP, and variables") {
  const auto stub = read_grub_script(
      "search.fs_uuid 1234 root hd0,gpt2\nset prefix=($root)'/boot/grub'\nconfigfile $prefix/grub.cfg\n");
  CHECK(stub.includes == std::vector<std::string>{"()/boot/grub/grub.cfg"});
  REQUIRE(stub.searches.size() == 1);
  CHECK(stub.searches[0].value == "1234");
  const auto expanded = read_grub_script("set a=\"x y\"\nlinux /k $a \"$a\" '$a' ${a}z \\$a\nboot\n");
  REQUIRE(expanded.entries.size() == 1);
  CHECK(expanded.entries[0].arguments == "x y \"x y\" $a x yz $a");
}

TEST_CASE("GRUB: conditions") {
  // What only GRUB knows counts both ways; the rest one way.
  CHECK(read_grub_script("if [ $grub_platform = efi ]; then\nmenuentry a { linux /a\n}\nelse\nmenuentry b { "
                         "linux /b\n}\nfi\n")
            .entries.size() == 2);
  CHECK(read_grub_script("if [ -z \"$x\" ]; then menuentry a { linux /a\n}\nelif true; then menuentry b { "
                         "linux /b\n}\nelse menuentry c { linux /c\n}\nfi\n")
            .entries.size() == 1);
  CHECK(read_grub_script("set x=1\nif [ \"$x\" != 1 ]; then blscfg; fi\n").blscfg == false);
  CHECK(read_grub_script("if loadfont x; then blscfg; fi\n").blscfg);
}

TEST_CASE("GRUB: Xen") {
  const auto script = read_grub_script(
      "menuentry x {\nmultiboot2 /boot/xen.gz placeholder\nmodule2 /boot/vmlinuz placeholder "
      "root=/dev/x\nmodule2 --nounzip /boot/initrd\n}\n");
  REQUIRE(script.entries.size() == 1);
  CHECK(script.entries[0].kernel == "/boot/vmlinuz");
  CHECK(script.entries[0].initrds == std::vector<std::string>{"/boot/initrd"});
}

TEST_CASE("GRUB: nonsense ends") {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "if true; then { ";
  CHECK(read_grub_script(deep).problem != "");
  for (const char* text : {"menuentry", "menuentry 'a", "}", "fi", "if", "if [", "submenu x { menuentry y {",
                           "function", "while", "set", "search", "$", "${", "\\"})
    CHECK(read_grub_script(text).entries.empty());
}

TEST_CASE("GRUB: variables that stand for more than can be") {
  std::string script = "set a=0123456789\n";
  for (int i = 0; i < 40; ++i) script += "set a=$a$a\n";
  CHECK(read_grub_script(script).variables.at("a").size() <= 65536);
  CHECK(read_grub_script(script).problem.empty());
  std::string words = script + "menuentry x { linux /k";
  for (int i = 0; i < 20'000; ++i) words += " $a";
  CHECK(read_grub_script(words + "\n}").problem == "its variables expand to more than 8 MiB");
  // Each menu has variables of its own.
  std::string menus = script;
  for (int i = 0; i < 20'000; ++i) menus += "menuentry x {\n}\n";
  CHECK(read_grub_script(menus).problem == "its variables expand to more than 8 MiB");
  std::string includes;
  for (int i = 0; i < 1'000; ++i) includes += "source /x\n";
  CHECK(read_grub_script(includes).includes.size() == 64);
  std::string options = "linux /k\n";
  for (int i = 0; i < 5'000; ++i) options += "options $a\n";
  CHECK(read_bls_entry(options, "x", {{"a", std::string(100'000, 'a')}}).arguments.size() < 200'000);
}

TEST_CASE("grubenv and entries of the Boot Loader Specification") {
  const auto variables = read_grubenv(
      "# GRUB Environment Block\nsaved_entry=id-5.14\nkernelopts=root=/dev/mapper/rhel-root ro\n####");
  CHECK(variables.at("saved_entry") == "id-5.14");
  CHECK(variables.at("kernelopts") == "root=/dev/mapper/rhel-root ro");
  const auto entry = read_bls_entry(
      "title Red Hat\nversion 5.14\nlinux /vmlinuz-5.14\ninitrd /initramfs-5.14.img $tuned_initrd\noptions "
      "$kernelopts quiet\n",
      "id-5.14", variables);
  CHECK(entry.kernel == "/vmlinuz-5.14");
  CHECK(entry.initrds == std::vector<std::string>{"/initramfs-5.14.img"});
  CHECK(entry.arguments == "root=/dev/mapper/rhel-root ro quiet");
  CHECK(entry.title == "Red Hat");
}
