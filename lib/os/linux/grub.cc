// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include "os/linux/boot_entry.h"
#include "os/linux/grub_words.h"

namespace san::os {
namespace {

constexpr std::size_t kMaxScript = std::size_t{1} << 20;
constexpr std::size_t kMaxEntries = 10'000, kMaxIncludes = 64;
// Bytes that are copied for all values of variables together: a line of 11 bytes may stand for 64 KiB.
constexpr std::size_t kMaxExpandedScript = std::size_t{8} << 20;
constexpr unsigned kMaxDepth = 64;

enum class Truth { no, yes, unknown };

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

/// Removes the device from "(hd0,gpt3)/vmlinuz".
std::string without_device(const std::string& path) {
  if (!path.starts_with('(')) return path;
  const auto end = path.find(')');
  return end == std::string::npos ? path : path.substr(end + 1);
}

/// Files and arguments that a menu entry, or the top level, has loaded so far.
struct Loaded {
  GrubVariables variables;
  std::string search;
  BootEntry entry;
  bool xen = false;
};

class Interpreter {
 public:
  Interpreter(std::string_view text, GrubVariables variables)
      : words_(grub_words(text.substr(0, kMaxScript))) {
    if (text.size() > kMaxScript) script_.problem = "it is longer than 1 MiB";
    top_.variables = std::move(variables);
    // Features that every GRUB since 2.00 reports (normal/main.c).
    for (const auto* feature :
         {"feature_menuentry_id", "feature_platform_search_hint", "feature_default_font_path",
          "feature_timeout_style", "feature_all_video_module"})
      top_.variables.emplace(feature, "y");
  }

  GrubScript run() {
    block(top_, {}, false, 0);
    if (!top_.entry.kernel.empty() && !booted_ && script_.problem.empty())
      script_.problem = "it loads a kernel and never starts it";
    if (const auto chosen = top_.variables.find("default"); chosen != top_.variables.end())
      script_.chosen = chosen->second;
    script_.variables = std::move(top_.variables);
    return std::move(script_);
  }

 private:
  bool done() const { return at_ >= words_.size(); }
  const GrubWord& word() const { return words_[at_]; }

  /// The words of the command that begins here, up to `stop`; leaves `at_` at what ends it.
  std::vector<GrubWord> command(std::string_view stop = {}) {
    std::vector<GrubWord> command;
    while (!done() && !word().ends() && (stop.empty() || word().text != stop))
      command.push_back(words_[at_++]);
    return command;
  }

  /// Ends the parsing if too much would be copied.
  void spend(std::size_t bytes) {
    expanded_ += bytes;
    if (expanded_ <= kMaxExpandedScript) return;
    script_.problem = "its variables expand to more than 8 MiB";
    at_ = words_.size();
  }

  void expand(const std::string& word, const GrubVariables& variables, std::vector<std::string>& into) {
    if (expanded_ > kMaxExpandedScript) return;
    for (auto& part : expanded(word, variables)) {
      spend(part.size());
      into.push_back(std::move(part));
    }
  }

  // Blocks stand in blocks, at most kMaxDepth of them.
  // NOLINTBEGIN(misc-no-recursion)

  /// Runs commands until a word of `stops` is found where a command begins; that word is not consumed. With
  /// `skip`, only finds the end.
  void block(Loaded& loaded, std::initializer_list<std::string_view> stops, bool skip, unsigned depth) {
    if (depth > kMaxDepth) {
      script_.problem = "its blocks are nested too deeply";
      at_ = words_.size();
    }
    while (!done()) {
      if (word().ends()) {
        ++at_;
        continue;
      }
      const std::string first = word().text;
      if (one_of(first, stops)) return;
      if (first == "if") {
        branch(loaded, skip, depth);
      } else if (first == "menuentry" || first == "submenu") {
        menu(loaded, first == "submenu", skip, depth);
      } else if (first == "function") {
        command("{");
        braces(loaded, true, depth);
      } else if (one_of(first, {"while", "until", "for"})) {
        ++at_;
        block(loaded, {"done"}, true, depth + 1);
        if (!done()) ++at_;
      } else if (first == "{") {
        braces(loaded, skip, depth);
      } else {
        const auto words = command();
        if (!skip) execute(loaded, words);
      }
    }
  }

  void braces(Loaded& loaded, bool skip, unsigned depth) {
    if (done() || word().text != "{") return;
    ++at_;
    block(loaded, {"}"}, skip, depth + 1);
    if (!done()) ++at_;
  }

  void branch(Loaded& loaded, bool skip, unsigned depth) {
    bool taken = false;  // a branch before was taken for certain
    while (!done() && one_of(word().text, {"if", "elif"})) {
      ++at_;
      const auto truth = condition(loaded);
      const bool enter = !skip && !taken && truth != Truth::no;
      block(loaded, {"elif", "else", "fi"}, !enter, depth + 1);
      taken = taken || truth == Truth::yes;
    }
    if (!done() && word().text == "else") {
      ++at_;
      block(loaded, {"fi"}, skip || taken, depth + 1);
    }
    if (!done()) ++at_;
  }

  // NOLINTEND(misc-no-recursion)

  /// Takes everything up to and including "then".
  Truth condition(Loaded& loaded) {
    std::vector<GrubWord> words;
    bool first = true;
    bool one_command = true;
    while (!done() && !(first && word().text == "then")) {
      first = word().ends();
      if (!first) {
        one_command = one_command && (words.empty() || !ended_);
        words.push_back(word());
      }
      ended_ = first && !words.empty();
      ++at_;
    }
    ended_ = false;
    if (!done()) ++at_;
    return one_command ? test(loaded, words) : Truth::unknown;
  }

  static Truth truth(bool value) { return value ? Truth::yes : Truth::no; }

  Truth test(const Loaded& loaded, const std::vector<GrubWord>& words) {
    if (words.size() < 3 || words[0].text != "[" || words.back().text != "]") return Truth::unknown;
    std::vector<std::string> operands;
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      const auto& text = words[i].text;
      // These differ from machine to machine, and from boot to boot.
      for (const auto* name : {"grub_platform", "grub_cpu", "$?", "net_", "cmdpath", "smbios"})
        if (text.find(name) != std::string::npos) return Truth::unknown;
      expand(text, loaded.variables, operands);
      if (text == "-a" || text == "-o" || text == "!") return Truth::unknown;
    }
    if (operands.empty()) return Truth::no;
    if (operands.size() == 1) return truth(!operands[0].empty());
    if (operands.size() == 2 && operands[0] == "-n") return truth(!operands[1].empty());
    if (operands.size() == 2 && operands[0] == "-z") return truth(operands[1].empty());
    if (operands.size() == 3 && (operands[1] == "=" || operands[1] == "=="))
      return truth(operands[0] == operands[2]);
    if (operands.size() == 3 && operands[1] == "!=") return truth(operands[0] != operands[2]);
    return Truth::unknown;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  void menu(Loaded& outer, bool submenu, bool skip, unsigned depth) {
    const auto words = command("{");
    Loaded inner;
    inner.variables = outer.variables;
    for (const auto& [name, value] : inner.variables) spend(name.size() + value.size());
    inner.search = outer.search;
    BootEntry::MenuLevel level;
    std::vector<std::string> parts;
    for (std::size_t i = 1; i < words.size(); ++i) expand(words[i].text, outer.variables, parts);
    if (!parts.empty()) level.title = parts[0];
    for (std::size_t i = 1; i + 1 < parts.size(); ++i)
      if (one_of(parts[i], {"--id", "$menuentry_id_option"})) level.id = parts[i + 1];
    // "$menuentry_id_option" is "--id", which is set by GRUB itself or by the script.
    for (std::size_t i = 1; i + 1 < words.size() && level.id.empty(); ++i)
      if (one_of(words[i].text, {"$menuentry_id_option", "${menuentry_id_option}"}))
        level.id = expanded_one(words[i + 1].text, outer.variables);
    level.number = counters_.back();
    if (!skip) ++counters_.back();
    levels_.push_back(level);
    counters_.push_back(0);
    const auto searches = script_.searches.size();
    braces(inner, skip, depth);
    counters_.pop_back();
    if (!skip && !submenu && !inner.entry.kernel.empty()) {
      inner.entry.title = level.title;
      inner.entry.id = level.id;
      inner.entry.menu_path = levels_;
      keep(inner);
    }
    // The file system that another system's entry searches for need not be on this disk.
    if (!submenu && inner.entry.kernel.empty()) script_.searches.resize(searches);
    levels_.pop_back();
  }

  void keep(Loaded& loaded) {
    loaded.entry.loader = "GRUB";
    loaded.entry.search = loaded.search;
    if (script_.entries.size() < kMaxEntries)
      script_.entries.push_back(loaded.entry);
    else
      script_.problem = "it has more than 10000 entries";
  }

  void execute(Loaded& loaded, const std::vector<GrubWord>& words) {
    std::vector<std::string> parts;
    for (const auto& each : words) expand(each.text, loaded.variables, parts);
    if (parts.empty()) return;
    const auto& name = parts[0];
    if (name == "set" && parts.size() > 1) {
      assign(loaded, parts[1]);
    } else if (name.starts_with("linux") && parts.size() > 1) {
      kernel(loaded, parts, words);
    } else if (name.starts_with("initrd")) {
      for (std::size_t i = 1; i < parts.size(); ++i) loaded.entry.initrds.push_back(without_device(parts[i]));
    } else if (name.starts_with("multiboot")) {
      loaded.xen = true;
    } else if (name.starts_with("module") && loaded.xen) {
      module(loaded, parts, words);
    } else if (name.starts_with("search")) {
      search(loaded, parts, words[0].line);
    } else if (one_of(name, {"configfile", "source", "."}) && parts.size() > 1) {
      if (script_.includes.size() < kMaxIncludes) script_.includes.push_back(parts[1]);
    } else if (name == "blscfg") {
      script_.blscfg = true;
    } else if (name == "boot" && &loaded == &top_ && !top_.entry.kernel.empty()) {
      top_.entry.is_default = true;
      booted_ = true;
      keep(top_);
    } else if (parts.size() == 1 && name.find('=') != std::string::npos) {
      assign(loaded, name);
    }
  }

  static void assign(Loaded& loaded, const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || loaded.variables.size() > kMaxEntries) return;
    loaded.variables[text.substr(0, equals)] = text.substr(equals + 1);
  }

  static void arguments(BootEntry& entry, const std::vector<std::string>& parts, std::size_t first) {
    entry.arguments.clear();
    for (std::size_t i = first; i < parts.size(); ++i) {
      if (!entry.arguments.empty()) entry.arguments += ' ';
      const bool quote = parts[i].find(' ') != std::string::npos;
      entry.arguments += quote ? '"' + parts[i] + '"' : parts[i];
    }
  }

  static void kernel(Loaded& loaded, const std::vector<std::string>& parts,
                     const std::vector<GrubWord>& words) {
    loaded.entry.kernel = without_device(parts[1]);
    loaded.entry.initrds.clear();
    loaded.entry.where = std::to_string(words[0].line);
    loaded.entry.fixed_device = words.size() > 1 && words[1].text.starts_with("(hd");
    arguments(loaded.entry, parts, 2);
  }

  /// Adds a module: under Xen the first one is the kernel, the others are its initramfs and microcode.
  static void module(Loaded& loaded, const std::vector<std::string>& parts,
                     const std::vector<GrubWord>& words) {
    std::size_t first = 1;
    while (first < parts.size() && parts[first].starts_with("--")) ++first;
    if (first == parts.size()) return;
    if (!loaded.entry.kernel.empty()) {
      loaded.entry.initrds.push_back(without_device(parts[first]));
      return;
    }
    loaded.entry.kernel = without_device(parts[first]);
    loaded.entry.where = std::to_string(words[0].line);
    arguments(loaded.entry, parts, first + 1);
  }

  static std::optional<BootSearch::By> kind_of_search(std::string_view word) {
    if (one_of(word, {"--fs-uuid", "-u", "search.fs_uuid"})) return BootSearch::By::uuid;
    if (one_of(word, {"--label", "--fs-label", "-l", "search.fs_label"})) return BootSearch::By::label;
    if (one_of(word, {"--file", "-f", "search.file"})) return BootSearch::By::file;
    return std::nullopt;
  }

  /// Parses "search [--no-floppy] --fs-uuid --set=root [--hint=…] UUID" and "search.fs_uuid UUID root".
  void search(Loaded& loaded, const std::vector<std::string>& parts, unsigned line) {
    BootSearch found;
    found.line = line;
    auto kind = kind_of_search(parts[0]);
    const bool short_form = kind.has_value();
    bool after_set = false;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const auto& part = parts[i];
      const bool was_set = std::exchange(after_set, part == "--set" || part == "-s");
      if (const auto other = kind_of_search(part)) kind = other;
      if (part.starts_with('-') || (was_set && i + 1 < parts.size())) continue;
      found.value = part;
      if (short_form) break;
    }
    if (!kind || found.value.empty()) return;
    found.by = *kind;
    loaded.search = found.value;
    if (script_.searches.size() < kMaxEntries) script_.searches.push_back(std::move(found));
  }

  std::vector<GrubWord> words_;
  std::size_t at_ = 0;
  bool ended_ = false;
  bool booted_ = false;
  std::size_t expanded_ = 0;
  Loaded top_;
  std::vector<unsigned> counters_{0};
  std::vector<BootEntry::MenuLevel> levels_;
  GrubScript script_;
};

}  // namespace

GrubScript read_grub_script(std::string_view text, GrubVariables variables) {
  return Interpreter(text, std::move(variables)).run();
}

}  // namespace san::os
