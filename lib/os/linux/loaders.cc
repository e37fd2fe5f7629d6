// SPDX-License-Identifier: Apache-2.0
#include "os/linux/loaders.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "core/ascii.h"
#include "os/linux/grub_words.h"
#include "os/linux/text.h"
#include "os/linux/uki.h"

namespace san::os {
namespace {

constexpr unsigned kMaxScripts = 32, kMaxIncludedFiles = 64;
constexpr std::uint64_t kMaxKernel = std::uint64_t{512} << 20;
constexpr std::uint64_t kMaxEntryFile = std::uint64_t{64} << 10;
const char* const kEspDirectories[] = {"/boot/efi", "/efi", "/boot"};

bool ends_with_ignoring_case(const std::string& name, std::string_view end) {
  return name.size() >= end.size() &&
         same_without_case(std::string_view(name).substr(name.size() - end.size()), end);
}

class Reader {
 public:
  Reader(LinuxSystem& system, const std::map<const DiskVolume*, std::string>& directories)
      : system_(system), tree_(*system.tree), directories_(directories) {}

  void read() {
    for (const auto* script : {"/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"}) read_grub(script, {});
    for (const std::string esp : kEspDirectories) {
      for (const auto& vendor : tree_.list(esp + "/EFI"))
        read_grub(esp + "/EFI/" + vendor.name + "/grub.cfg", {});
      read_systemd_boot(esp);
    }
    for (std::size_t i = 0; i < included_.size(); ++i) {
      auto [path, variables] = included_[i];
      read_grub(path, std::move(variables));
    }
  }

 private:
  /// A file as a loader names it: on the file system that it searched, on the root, or on that of /boot.
  std::string find(const std::string& path, const std::string& search, const std::string& base = {}) {
    std::vector<std::string> candidates;
    if (!base.empty()) candidates.push_back(base + path);
    for (const auto& [volume, directory] : directories_)
      if (!search.empty() && (volume->uuid == search || volume->label == search))
        candidates.push_back((directory == "/" ? "" : directory) + path);
    candidates.push_back(path);
    candidates.push_back("/boot" + path);
    // btrfs: the loader sees the subvolumes as directories.
    if (const auto second = path.find('/', 1); second != std::string::npos)
      candidates.push_back(path.substr(second));
    for (const auto& candidate : candidates)
      if (const auto info = tree_.info(candidate); info && info->kind == filesystem::FileInfo::Kind::file)
        return candidate;
    return {};
  }

  void read_grub(const std::string& path, GrubVariables variables) {
    const auto real = tree_.real_path(path);
    if (!real || done_.size() >= kMaxScripts || !done_.insert(*real).second) return;
    const auto text = tree_.text(path);
    if (!text) return;
    const auto directory = path.substr(0, path.rfind('/'));
    const auto environment = tree_.text(directory + "/grubenv");
    if (environment) variables.merge(read_grubenv(*environment));
    auto script = read_grub_script(*text, std::move(variables));
    system_.loaders.push_back(path);
    if (!script.problem.empty()) system_.not_understood.push_back(path + ": " + script.problem);
    for (auto& search : script.searches) {
      auto where = fmt::format("{}:{}", path, search.line);
      system_.searches.push_back({std::move(search), std::move(where)});
    }
    for (auto& entry : script.entries) entry.where = path + ":" + entry.where;
    if (script.blscfg) read_bls("/boot", script.variables, script.entries);
    mark_default(script.entries, script.chosen.empty() ? saved(script) : script.chosen);
    for (auto& entry : script.entries) add(std::move(entry), {});
    for (const auto& include : script.includes) {
      const auto end = include.starts_with('(') ? include.find(')') + 1 : 0;
      const auto search = script.searches.empty() ? std::string{} : script.searches.back().value;
      if (included_.size() >= kMaxIncludedFiles) break;  // each keeps the variables
      if (auto file = find(include.substr(end), search); !file.empty())
        included_.emplace_back(std::move(file), script.variables);
    }
  }

  static std::string saved(const GrubScript& script) {
    const auto found = script.variables.find("saved_entry");
    return script.blscfg && found != script.variables.end() ? found->second : std::string{};
  }

  /// Reads NAME.conf in loader/entries, the newest version first, in the order of GRUB and systemd-boot.
  void read_bls(const std::string& base, const GrubVariables& variables, std::vector<BootEntry>& entries) {
    const auto directory = base + "/loader/entries";
    auto files = tree_.list(directory);
    std::ranges::sort(
        files, [](const auto& a, const auto& b) { return strverscmp(a.name.c_str(), b.name.c_str()) > 0; });
    unsigned number = 0;
    for (const auto& [name, kind] : files) {
      if (!name.ends_with(".conf")) continue;
      const auto path = fmt::format("{}/{}", directory, name);
      const auto bytes = tree_.read(path, kMaxEntryFile);
      if (!bytes) continue;
      auto entry = read_bls_entry(as_text(*bytes), name.substr(0, name.size() - 5), variables);
      if (entry.kernel.empty()) continue;
      entry.where = path;
      entry.menu_path = {{number++, entry.title, entry.id}};
      entries.push_back(std::move(entry));
    }
  }

  void read_systemd_boot(const std::string& esp) {
    const auto configuration = tree_.text(esp + "/loader/loader.conf");
    const auto unified = tree_.list(esp + "/EFI/Linux");
    if (!configuration && !tree_.exists(esp + "/EFI/systemd") && unified.empty()) return;
    std::vector<BootEntry> entries;
    // With GRUB's blscfg the same directory may be GRUB's.
    if (configuration || tree_.exists(esp + "/EFI/systemd")) {
      read_bls(esp, {}, entries);
      if (esp != "/boot" && !directories_.empty() && entries.empty()) read_bls("/boot", {}, entries);
      system_.loaders.push_back(esp + "/loader/loader.conf");
    }
    for (auto& entry : entries)
      if (entry.loader == "BLS") entry.loader = "systemd-boot";
    for (const auto& [name, kind] : unified) {
      if (!ends_with_ignoring_case(name, ".efi")) continue;
      BootEntry entry;
      entry.loader = "UKI";
      entry.id = name;
      entry.kernel = "/EFI/Linux/" + name;
      entry.where = esp + entry.kernel;
      entries.push_back(std::move(entry));
    }
    std::string chosen;
    if (configuration)
      for (const auto& line : config_lines(*configuration))
        if (line.text.starts_with("default ")) chosen = without_blanks(line.text.substr(8));
    if (chosen.ends_with(".conf")) chosen.resize(chosen.size() - 5);
    mark_default(entries, chosen);
    for (auto& entry : entries) add(std::move(entry), esp);
  }

  void add(BootEntry entry, const std::string& base) {
    if (entry.kernel.find("memtest") != std::string::npos) return;
    BootKernel kernel;
    kernel.file = find(entry.kernel, entry.search, base);
    for (const auto& initrd : entry.initrds) kernel.initrds.push_back(find(initrd, entry.search, base));
    if (entry.loader == "UKI") {
      read_unified(kernel, entry);
    } else {
      kernel.release = release_of(kernel.file.empty() ? entry.kernel : kernel.file);
    }
    const auto same = [&](const BootKernel& other) {
      return other.entry.kernel == entry.kernel && other.entry.initrds == entry.initrds &&
             other.entry.arguments == entry.arguments && other.file == kernel.file;
    };
    const auto found = std::ranges::find_if(system_.kernels, same);
    if (found != system_.kernels.end()) {
      found->entry.is_default = found->entry.is_default || entry.is_default;
      return;
    }
    kernel.entry = std::move(entry);
    system_.kernels.push_back(std::move(kernel));
  }

  void read_unified(BootKernel& kernel, BootEntry& entry) {
    const auto image = tree_.read(kernel.file, kMaxKernel);
    if (!image) return;
    kernel.initrds = {kernel.file};
    if (const auto arguments = pe_section(*image, ".cmdline"); arguments && entry.arguments.empty()) {
      const auto text = as_text(*arguments);
      entry.arguments = without_blanks(text.substr(0, text.find('\0')));
    }
    if (const auto release = pe_section(*image, ".uname")) {
      const auto text = as_text(*release);
      kernel.release = without_blanks(text.substr(0, text.find('\0')));
    }
  }

  /// Returns the release by the file name if /lib/modules has it, else by the kernel itself.
  std::string release_of(const std::string& path) {
    const auto real = tree_.real_path(path).value_or(path);
    const auto base = real.substr(real.rfind('/') + 1);
    std::string name;
    if (const auto hyphen = base.find('-'); hyphen != std::string::npos) name = base.substr(hyphen + 1);
    if (!name.empty() && tree_.exists("/lib/modules/" + name)) return name;
    if (const auto image = tree_.read(path, kMaxKernel))
      if (const auto release = kernel_release(*image); !release.empty()) return std::string(release);
    return name;
  }

  LinuxSystem& system_;
  SystemTree& tree_;
  const std::map<const DiskVolume*, std::string>& directories_;
  std::set<std::string> done_;
  std::vector<std::pair<std::string, GrubVariables>> included_;
};

}  // namespace

void read_loaders(LinuxSystem& system, const std::map<const DiskVolume*, std::string>& directories) {
  Reader(system, directories).read();
}

}  // namespace san::os
