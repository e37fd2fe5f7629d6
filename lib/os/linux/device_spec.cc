// SPDX-License-Identifier: Apache-2.0
#include "os/linux/device_spec.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "core/ascii.h"

namespace san::os {
namespace {

using Kind = DeviceSpec::Kind;

bool digit(char c) {
  return c >= '0' && c <= '9';
}

/// The value of a number that is all of `text`.
bool number_of(std::string_view text, unsigned base, unsigned& value) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, static_cast<int>(base));
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

/// Names of disks that the kernel gives in the order in which it finds them.
bool kernel_name(std::string_view name, unsigned& partition) {
  partition = 0;
  const bool with_p = name.starts_with("nvme") || name.starts_with("mmcblk") || name.starts_with("loop") ||
                      name.starts_with("nbd");
  const bool letters =
      name.starts_with("sd") || name.starts_with("hd") || name.starts_with("vd") || name.starts_with("xvd");
  if (!with_p && !letters) return false;
  auto first = name.size();
  while (first > 0 && digit(name[first - 1])) --first;
  if (letters) {
    const auto disk = name.substr(0, first);
    if (!std::ranges::all_of(disk, [](char c) { return c >= 'a' && c <= 'z'; })) return false;
    if (first < name.size()) number_of(name.substr(first), 10, partition);
    return true;
  }
  if (first > 0 && first < name.size() && name[first - 1] == 'p')
    number_of(name.substr(first), 10, partition);
  return true;
}

/// Splits GROUP-NAME; device-mapper doubles a hyphen of a name (lvm(8)).
bool split_mapper(std::string_view name, std::string& group, std::string& logical) {
  std::string* part = &group;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '-') {
      *part += name[i];
    } else if (i + 1 < name.size() && name[i + 1] == '-') {
      *part += '-';
      ++i;
    } else if (part == &group) {
      part = &logical;
    } else {
      return false;
    }
  }
  return part == &logical && !group.empty() && !logical.empty();
}

struct Form {
  std::string_view prefix;
  Kind kind;
};
constexpr Form kForms[] = {
    {"UUID=", Kind::uuid},
    {"LABEL=", Kind::label},
    {"PARTUUID=", Kind::partuuid},
    {"PARTLABEL=", Kind::partlabel},
    {"/dev/disk/by-uuid/", Kind::uuid},
    {"/dev/disk/by-label/", Kind::label},
    {"/dev/disk/by-partuuid/", Kind::partuuid},
    {"/dev/disk/by-partlabel/", Kind::partlabel},
    {"/dev/disk/by-path/", Kind::by_path},
    {"/dev/disk/by-id/dm-name-", Kind::mapper},
    {"/dev/disk/by-id/", Kind::by_id},
    {"/dev/mapper/", Kind::mapper},
    {"iscsi:", Kind::network},
    {"nfs:", Kind::network},
    {"//", Kind::network},
    {"ZFS=", Kind::other},
    {"zfs:", Kind::other},
};

void judge_device(std::string_view name, DeviceSpec& spec) {
  if (kernel_name(name, spec.partition)) {
    spec.kind = Kind::kernel_name;
    spec.value = name;
    return;
  }
  const auto slash = name.find('/');
  const auto first = name.substr(0, slash);
  if (slash == std::string_view::npos || name.find('/', slash + 1) != std::string_view::npos ||
      first == "zvol" || first == "md" || first == "disk" || first == "fd" || first == "block")
    return;
  spec.kind = Kind::logical;
  spec.group = first;
  spec.value = name.substr(slash + 1);
}

}  // namespace

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    if (text[i] == '\\' && i + 3 < text.size()) {
      const auto digits = text.substr(i + 1, 3);
      if ((digits[0] == 'x' && number_of(digits.substr(1), 16, code)) || number_of(digits, 8, code)) {
        result += static_cast<char>(code);
        i += 3;
        continue;
      }
    }
    result += text[i];
  }
  return result;
}

DeviceSpec parse_device_spec(std::string_view text) {
  DeviceSpec spec;
  spec.text = text;
  for (const auto& form : kForms) {
    if (!text.starts_with(form.prefix)) continue;
    spec.kind = form.kind;
    auto value = text.substr(form.prefix.size());
    if (value.size() > 1 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    spec.value = unescaped(value);
    if (spec.kind == Kind::mapper) {
      std::string logical;
      if (split_mapper(spec.value, spec.group, logical)) {
        spec.kind = Kind::logical;
        spec.value = logical;
      } else {
        spec.group.clear();
      }
    }
    return spec;
  }
  if (text.starts_with("/dev/")) {
    judge_device(text.substr(5), spec);
  } else if (text.find(":/") != std::string_view::npos) {
    spec.kind = Kind::network;
  } else if (text.find('/') == std::string_view::npos && text.find('=') == std::string_view::npos) {
    spec.kind = Kind::nothing;
  }
  return spec;
}

const DiskVolume* find_volume(const DiskContent& content, const DeviceSpec& spec) {
  const auto matches = [&](const DiskVolume& volume) {
    switch (spec.kind) {
      case Kind::uuid:
        return !volume.uuid.empty() && same_without_case(volume.uuid, spec.value);
      case Kind::label:
        return !volume.label.empty() && volume.label == spec.value;
      case Kind::partuuid:
        return !volume.entry.uuid.empty() && same_without_case(volume.entry.uuid, spec.value);
      case Kind::partlabel:
        return !volume.entry.name.empty() && volume.entry.name == spec.value;
      case Kind::logical:
        return volume.group == spec.group && volume.logical == spec.value;
      case Kind::kernel_name:
        return volume.group.empty() && volume.logical.empty() && volume.entry.number == spec.partition;
      default:
        return false;
    }
  };
  const auto found = std::ranges::find_if(content.volumes, matches);
  return found == content.volumes.end() ? nullptr : &*found;
}

}  // namespace san::os
