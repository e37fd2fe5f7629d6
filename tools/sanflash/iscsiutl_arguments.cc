// SPDX-License-Identifier: Apache-2.0
#include "iscsiutl_arguments.h"
#include "core/ascii.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "core/error.h"
#include "core/nearest.h"

namespace san {
namespace {

const std::vector<std::string>& names() {
  static const std::vector<std::string> all = {"all",  "nic",           "bootpriority", "flashenable",
                                               "fe",   "flashdisable",  "fd",           "up",
                                               "file", "defaultconfig", "defcfg",       "h"};
  return all;
}

struct Option {
  std::string typed, name;  // the name in small letters, without the dash
  std::optional<std::string> value;
};

/// Splits "-nic=1", and "-nic 1" as well.
std::vector<Option> split(const std::vector<std::string>& arguments, std::vector<std::string>& passed) {
  std::vector<Option> options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& typed = arguments[i];
    if (typed.starts_with("--")) {
      passed.push_back(typed);
      continue;
    }
    if (typed.size() < 2 || typed[0] != '-')
      throw Error(Exit::usage, typed, "is not an option", "see iscsiutl --help");
    const auto equals = typed.find('=');
    Option option{typed.substr(0, equals), to_lower(typed.substr(1, equals - 1)), {}};
    if (equals == std::string::npos) option.name = to_lower(typed.substr(1));
    if (std::find(names().begin(), names().end(), option.name) == names().end()) {
      const std::string near = nearest(option.name, names());
      throw Error(Exit::usage, option.typed, "no such option",
                  near.empty() ? "see iscsiutl --help" : fmt::format("did you mean -{}?", near));
    }
    if (equals != std::string::npos)
      option.value = typed.substr(equals + 1);
    else if ((option.name == "nic" || option.name == "file" || option.name == "bootpriority") &&
             i + 1 < arguments.size() && !arguments[i + 1].starts_with("-"))
      option.value = arguments[++i];
    options.push_back(std::move(option));
  }
  return options;
}

const std::string& value_of(const Option& option) {
  if (!option.value || option.value->empty())
    throw Error(Exit::usage, option.typed, "has no value", "see iscsiutl --help");
  return *option.value;
}

std::size_t nic_number(const Option& option, std::size_t count) {
  const std::string& text = value_of(option);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0)
    throw Error(Exit::usage, option.typed + "=" + text, "is not the number of a NIC", "they count from 1");
  if (number > count)
    throw Error(Exit::usage, option.typed + "=" + text,
                fmt::format("this machine has {} NIC{}", count, count == 1 ? "" : "s"), "see: sanflash list");
  return number;
}

/// Command lines of sanflash for one device.
class Translation {
 public:
  Translation(std::string device, std::vector<std::string> passed)
      : device_(std::move(device)), passed_(std::move(passed)) {}

  void add(const Option& option, IscsiutlArguments& command) const {
    const std::string& name = option.name;
    if (name == "bootpriority")
      put(command, {"priority", device_, to_lower(value_of(option))});
    else if (name == "flashenable" || name == "fe")
      put(command, {"rom", "enable", device_});
    else if (name == "flashdisable" || name == "fd")
      put(command, {"rom", "disable", device_});
    else if (name == "defaultconfig" || name == "defcfg")
      put(command, {"reset", device_});
  }

 private:
  void put(IscsiutlArguments& command, std::vector<std::string> line) const {
    line.insert(line.end(), passed_.begin(), passed_.end());
    command.work.push_back(std::move(line));
  }

  const std::string device_;
  const std::vector<std::string> passed_;
};

}  // namespace

IscsiutlArguments parse_iscsiutl_arguments(const std::vector<std::string>& arguments,
                                           const std::vector<std::string>& nics) {
  IscsiutlArguments command;
  std::vector<std::string> passed;
  const auto options = split(arguments, passed);
  const auto typed = [&](std::string_view name) {
    return std::find_if(options.begin(), options.end(),
                        [name](const Option& option) { return option.name == name; });
  };
  const auto take = [&passed](const char* name) { return std::erase(passed, name) != 0; };
  command.help = take("--help") || typed("h") != options.end();
  command.version = take("--version");
  if (command.help || command.version) return command;

  const auto all = typed("all"), one = typed("nic");
  const bool only_list = std::all_of(options.begin(), options.end(), [](const Option& option) {
    return option.name == "all" || option.name == "nic";
  });
  if (only_list) {
    command.work.push_back({"list"});
    command.work.back().insert(command.work.back().end(), passed.begin(), passed.end());
    return command;
  }
  if ((all == options.end()) == (one == options.end()))
    throw Error(Exit::usage, "", "which NICs are meant?", "give either -all or -nic=N");
  const std::string name = one == options.end() ? "" : nics.at(nic_number(*one, nics.size()) - 1);
  if (const auto file = typed("file"); file != options.end()) command.file = value_of(*file);
  if (typed("up") != options.end()) command.update = name.empty() ? nics : std::vector<std::string>{name};
  const Translation translation(name.empty() ? "all" : "nic:" + name, passed);
  for (const Option& option : options) translation.add(option, command);
  if (typed("up") == options.end() && command.work.empty())
    throw Error(Exit::usage, "", "no command is given", "see iscsiutl --help");
  return command;
}

}  // namespace san
