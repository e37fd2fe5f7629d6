// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

/// Files of an initramfs: name and content.
using SmallFiles = std::vector<std::pair<std::string, std::string>>;

/// A cpio archive in the new ASCII form (cpio(5)), written here by hand: what is read is not read by what
/// wrote it.
inline std::string small_cpio(const SmallFiles& files) {
  std::string archive;
  const auto pad = [&] { archive.resize((archive.size() + 3) / 4 * 4); };
  const auto add = [&](const std::string& name, const std::string& content, unsigned mode) {
    archive +=
        fmt::format("070701{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}", 1,
                    mode, 0, 0, 1, 1700000000, content.size(), 0, 0, 0, 0, name.size() + 1, 0);
    archive += name + '\0';
    pad();
    archive += content;
    pad();
  };
  add("lib", "", 0040755);
  for (const auto& [name, content] : files) add(name, content, 0100644);
  add("TRAILER!!!", "", 0);
  return archive;
}

/// `text` compressed by a filter of libarchive: "gzip", "xz", "zstd", "lz4", "bzip2", "lzma".
inline std::string packed(const std::string& text, const std::string& filter) {
  std::string result(text.size() * 2 + 65536, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  archive_entry* entry = archive_entry_new();
  REQUIRE(archive_write_add_filter_by_name(writer, filter.c_str()) == ARCHIVE_OK);
  REQUIRE(archive_write_set_format_raw(writer) == ARCHIVE_OK);
  archive_write_set_bytes_in_last_block(writer, 1);
  REQUIRE(archive_write_open_memory(writer, result.data(), result.size(), &used) == ARCHIVE_OK);
  archive_entry_set_filetype(entry, AE_IFREG);
  REQUIRE(archive_write_header(writer, entry) == ARCHIVE_OK);
  REQUIRE(archive_write_data(writer, text.data(), text.size()) == static_cast<la_ssize_t>(text.size()));
  archive_entry_free(entry);
  REQUIRE(archive_write_close(writer) == ARCHIVE_OK);
  archive_write_free(writer);
  result.resize(used);
  return result;
}

/// The files of an initramfs of Debian that logs in by the iBFT, for that kernel release.
inline SmallFiles small_debian_initramfs(const std::string& release) {
  const std::string modules = "usr/lib/modules/" + release + "/kernel/";
  return {{"conf/initramfs.conf", "MODULES=most\n"},
          {"etc/iscsi.initramfs", "ISCSI_AUTO=true\n"},
          {"etc/initiatorname.iscsi", "InitiatorName=iqn.2026-11.org.example:file\n"},
          {"scripts/functions", ""},
          {"scripts/local-top/iscsi", "#!/bin/sh\n"},
          {"usr/sbin/iscsistart", "ELF"},
          {modules + "drivers/scsi/iscsi_tcp.ko", "x"},
          {modules + "drivers/scsi/libiscsi_tcp.ko", "x"},
          {modules + "drivers/scsi/libiscsi.ko", "x"},
          {modules + "drivers/scsi/scsi_transport_iscsi.ko", "x"},
          {modules + "drivers/scsi/sd_mod.ko.xz", "x"},
          {modules + "drivers/scsi/iscsi_boot_sysfs.ko", "x"},
          {modules + "drivers/firmware/iscsi_ibft.ko", "x"},
          {modules + "drivers/net/ethernet/intel/e1000/e1000.ko", "x"}};
}

/// modules.dep for them.
inline const char* const kSmallModulesDep =
    "kernel/drivers/scsi/iscsi_tcp.ko: kernel/drivers/scsi/libiscsi_tcp.ko kernel/drivers/scsi/libiscsi.ko "
    "kernel/drivers/scsi/scsi_transport_iscsi.ko\n"
    "kernel/drivers/scsi/libiscsi_tcp.ko: kernel/drivers/scsi/libiscsi.ko\n"
    "kernel/drivers/scsi/libiscsi.ko: kernel/drivers/scsi/scsi_transport_iscsi.ko\n"
    "kernel/drivers/scsi/scsi_transport_iscsi.ko:\n"
    "kernel/drivers/scsi/sd_mod.ko.xz:\n"
    "kernel/drivers/scsi/iscsi_boot_sysfs.ko:\n"
    "kernel/drivers/firmware/iscsi_ibft.ko: kernel/drivers/scsi/iscsi_boot_sysfs.ko\n"
    "kernel/drivers/net/ethernet/intel/e1000/e1000.ko:\n"
    "kernel/drivers/net/ethernet/broadcom/bnx2.ko:\n";

inline std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}
