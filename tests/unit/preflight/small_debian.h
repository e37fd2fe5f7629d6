// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "os/small_initramfs.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/facts/subject.h"
#include "temp_dir.h"

inline const std::string kRelease = "6.1.0-50-amd64";
inline const std::string kUuid = "5a17b007-0000-4000-8000-000000000003";

/// A small Debian below a directory, as --live sees one.
class SmallDebian {
 public:
  SmallDebian() {
    put("etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian\"\n");
    put("etc/fstab", "UUID=" + kUuid + " / ext4 errors=remount-ro 0 1\n");
    put("etc/network/interfaces", "auto lo\niface lo inet loopback\n");
    put("etc/iscsi/initiatorname.iscsi", "InitiatorName=iqn.2026-11.org.example:file\n");
    put("etc/iscsi/iscsid.conf",
        "node.session.timeo.replacement_timeout = 86400\nnode.conn[0].timeo.noop_out_interval = 0\n");
    put("etc/systemd/system/sockets.target.wants/iscsid.socket", "");
    put("etc/initramfs-tools/initramfs.conf", "MODULES=most\n");
    put("dev/disk/by-uuid/" + kUuid, "");
    put("lib/modules/" + kRelease + "/modules.dep", os_dep());
    put("lib/modules/" + kRelease + "/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
    put("lib/modules/" + kRelease + "/modules.alias", "alias pci:v00008086d0000100Esv*sd*bc*sc*i* e1000\n");
    put("boot/config-" + kRelease, "CONFIG_RD_GZIP=y\n");
    put("boot/vmlinuz-" + kRelease, "MZ");
    put("boot/grub/grub.cfg", grub("root=UUID=" + kUuid + " ro"));
    initramfs(files);
  }

  void put(const std::string& name, const std::string& content) const {
    const std::filesystem::path path = (dir_ / name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }
  void remove(const std::string& name) const { std::filesystem::remove(dir_ / name); }
  void initramfs(const SmallFiles& content) const {
    put("boot/initrd.img-" + kRelease, packed(small_cpio(content), "gzip"));
  }
  /// The image without the files whose names hold `part`.
  void initramfs_without(const std::string& part) {
    auto fewer = files;
    std::erase_if(fewer, [&](const auto& file) { return file.first.find(part) != std::string::npos; });
    REQUIRE(fewer.size() < files.size());
    initramfs(fewer);
  }
  void initramfs_with(const std::string& name, const std::string& content) {
    auto more = files;
    std::erase_if(more, [&](const auto& file) { return file.first == name; });
    more.emplace_back(name, content);
    initramfs(more);
  }
  /// Its initramfs becomes one of dracut: iSCSI's programs, the modules that it had, and `more`.
  void dracut(SmallFiles more) {
    for (const char* program : {"iscsiroot", "iscsid", "iscsiadm"})
      more.emplace_back(std::string("usr/sbin/") + program, "x");
    for (const auto& file : files)
      if (file.first.find("/modules/") != std::string::npos) more.push_back(file);
    files = std::move(more);
    initramfs(files);
  }
  void arguments(const std::string& text) const { put("boot/grub/grub.cfg", grub(text)); }

  san::preflight::Outcome outcome(const std::string& id, const std::string& nic = "e1000") const {
    const san::preflight::Check* const check = san::preflight::find_check(id);
    REQUIRE(check != nullptr);
    auto subject = examined(nic);
    return check->evaluate(*subject);
  }

  /// The blockers that fail.
  std::string blockers(const std::string& nic = "e1000") const {
    auto subject = examined(nic);
    std::string failed;
    for (const san::preflight::Check* const one : san::preflight::kLinuxChecks) {
      const san::preflight::Check& check = *one;
      const std::string id = check.id;
      if (id == "LNX-09" || id == "LNX-10" || id == "LNX-11") continue;  // of the machine, as it runs
      const auto result = check.evaluate(*subject);
      CAPTURE(id);
      CHECK(result.status != san::preflight::Status::unknown);
      if (result.status == san::preflight::Status::fail) CHECK(result.remedy.ends_with('.'));
      if (result.status == san::preflight::Status::fail && check.severity == san::Severity::blocker &&
          !result.lowered)
        failed += std::string(failed.empty() ? "" : " ") + check.id;
    }
    return failed;
  }

  void profile(const std::string& more = "dhcp = true", const std::string& portal = "10.0.2.2:3260",
               const std::string& firmware = "uefi") {
    profile_ = dir_.text_file(
        "p.toml", "[initiator]\nname = \"iqn.2026-11.org.example:plan\"\n" + more +
                      "\n[target]\nportal = \"" + portal +
                      "\"\nname = \"iqn.2026-11.org.example:disk\"\nlun = 1\n[boot]\nfirmware = \"" +
                      firmware + "\"\n");
  }

  std::unique_ptr<san::preflight::Subject> examined(const std::string& nic = "e1000") const {
    san::preflight::SubjectOptions options;
    options.live = true;
    options.live_root = dir_.path();
    options.nic = nic;
    options.login.profile = profile_;
    return std::make_unique<san::preflight::Subject>(options);
  }

  SmallFiles files = small_debian_initramfs(kRelease);

 private:
  static std::string grub(const std::string& arguments) {
    return "menuentry 'Debian' {\n\tlinux /boot/vmlinuz-" + kRelease + " " + arguments +
           "\n\tinitrd /boot/initrd.img-" + kRelease + "\n}\n";
  }
  static std::string os_dep() { return kSmallModulesDep; }

  TempDir dir_;
  std::string profile_;
};
