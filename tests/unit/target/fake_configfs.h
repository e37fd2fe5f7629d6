// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "core/error.h"
#include "target/lio/configfs.h"

/// LIO's part of configfs in a plain directory: what mkdir and rmdir do there is what Linux 6.1 does, as far
/// as the driver sees it. Attributes come with their directory and go with it; a directory with another that
/// was made in it, or which a link points to, stays.
class FakeConfigfs : public san::target::Configfs {
 public:
  explicit FakeConfigfs(const std::string& root) : Configfs(root) {
    std::filesystem::create_directories(root + "/core/alua");
  }

  /// The process ends before the order of this number, from 1 on, as if it were killed; 0: never.
  int kill_at = 0;
  bool all_parameters = false;  ///< those that create() sets, too

  void write(std::string_view path, std::string_view value) override {
    count();
    Configfs::write(path, value);
  }
  void make_link(std::string_view object, std::string_view path) override {
    count();
    Configfs::make_link(object, path);
  }
  void remove_link(std::string_view path) override {
    count();
    Configfs::remove_link(path);
  }

  void make_directory(std::string_view path) override {
    count();
    Configfs::make_directory(path);
    log.push_back("mkdir " + std::string(path));
    std::vector<std::string> parts;
    for (const auto& part : std::filesystem::path(path)) parts.push_back(part.string());
    const std::string at = std::string(path) + "/";
    const auto is = [&](std::size_t depth, std::size_t place, const char* front) {
      return parts.size() == depth && parts[place].starts_with(front);
    };
    if (is(3, 0, "core")) fill(at, parts[1].starts_with("fileio") ? kFile : kDevice);
    if (parts[0] != "iscsi") return;
    if (is(2, 0, "iscsi")) fill(at, {{"fabric_statistics/iscsi_instance/sessions", "0"}});
    if (is(3, 2, "tpgt_")) fill(at, kGroup);
    if (is(3, 2, "tpgt_") && all_parameters)
      for (const char* name :
           {"FirstBurstLength", "ImmediateData", "MaxRecvDataSegmentLength", "MaxXmitDataSegmentLength"})
        put(at + "param/" + name, "0\n");
    if (is(5, 3, "np")) fill(at, {{"iser", "0"}, {"cxgbit", "0"}});
    if (is(5, 3, "acls")) fill(at, kRule);
    if (is(6, 5, "lun_")) fill(at, {{"write_protect", "0"}});
  }

  void remove_directory(std::string_view path) override {
    count();
    log.push_back("rmdir " + std::string(path));
    namespace fs = std::filesystem;
    const std::string place = resolve(path);
    const auto busy = [&] {
      return san::Error(san::Exit::failed, full(path), "cannot remove it: Device or resource busy");
    };
    if (place.empty()) throw busy();
    for (const auto& entry : fs::recursive_directory_iterator(root()))
      if (entry.is_symlink() && fs::canonical(entry.path()) == place) throw busy();
    for (const auto& entry : fs::recursive_directory_iterator(place)) {
      if (entry.is_symlink()) throw busy();
      if (!entry.is_directory()) continue;
      const std::string name = entry.path().filename().string();
      const bool made =
          name.find('_') != std::string::npos && name.find_first_of("0123456789") != std::string::npos;
      const std::string parent = entry.path().parent_path().filename().string();
      if (made || parent == "acls" || parent == "np" || parent.starts_with("fileio_")) throw busy();
    }
    fs::remove_all(place);
  }

  void put(const std::string& path, const std::string& value) {
    std::filesystem::create_directories(std::filesystem::path(full(path)).parent_path());
    std::ofstream(full(path)) << value;
  }

  std::vector<std::string> log;

 private:
  void count() {
    if (++orders_ == kill_at) _exit(9);
  }
  int orders_ = 0;

  using Files = std::map<std::string, std::string>;
  void fill(const std::string& at, const Files& files) {
    for (const auto& [name, value] : files) put(at + name, value);
    if (files.count("param/MaxBurstLength") != 0)
      for (const char* name : {"acls", "lun", "np"}) std::filesystem::create_directories(full(at + name));
  }

  inline static const Files kFile = {{"control", ""},
                                     {"udev_path", ""},
                                     {"enable", "0"},
                                     {"info", ""},
                                     {"wwn/vpd_unit_serial", ""},
                                     {"wwn/revision", "4.0"},
                                     {"attrib/block_size", "512\n"},
                                     {"attrib/emulate_tpu", "0\n"},
                                     {"attrib/emulate_tpws", "0\n"},
                                     {"attrib/emulate_write_cache", "0\n"}};
  inline static const Files kDevice = kFile;
  inline static const Files kAuth = {{"auth/userid", "\n"},
                                     {"auth/password", "\n"},
                                     {"auth/userid_mutual", "\n"},
                                     {"auth/password_mutual", "\n"}};
  inline static const Files kGroup = [] {
    Files files = kAuth;
    files.insert({{"enable", "0\n"},
                  {"dynamic_sessions", ""},
                  {"attrib/authentication", "1\n"},
                  {"attrib/generate_node_acls", "0\n"},
                  {"attrib/cache_dynamic_acls", "0\n"},
                  {"attrib/demo_mode_write_protect", "1\n"},
                  {"attrib/demo_mode_discovery", "1\n"},
                  {"attrib/default_cmdsn_depth", "64\n"},
                  {"param/InitialR2T", "Yes\n"},
                  {"param/TargetAlias", "LIO Target\n"},
                  {"param/MaxBurstLength", "262144\n"}});
    return files;
  }();
  inline static const Files kRule = [] {
    Files files = kAuth;
    files.insert({{"info", "No active iSCSI Session for Initiator Endpoint: x\n"},
                  {"cmdsn_depth", "64\n"},
                  {"attrib/nopin_timeout", "15\n"}});
    return files;
  }();
};
