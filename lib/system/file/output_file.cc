// SPDX-License-Identifier: Apache-2.0
#include "system/file/output_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "core/error.h"
#include "system/fd.h"
#include "system/file/atomic_file.h"
#include "system/file/file_name.h"
#include "system/file_io.h"

namespace san {
namespace {

/// Reads up to 512 bytes at the front of the regular file `path`.
std::string front_of(const std::string& path) {
  const Fd fd = open_path(path, O_RDONLY | O_NOFOLLOW);
  if (!fd) throw system_error(path, "open it", errno);
  std::array<std::byte, 512> front{};
  const Transfer got = read_fully(fd.get(), 0, front);
  if (got.error != 0) throw system_error(path, "read it", got.error);
  return {reinterpret_cast<const char*>(front.data()), got.bytes};
}

struct Location {
  std::string name;  ///< absolute, with links resolved
  std::optional<struct stat> status = std::nullopt;
};

std::optional<Location> location_of(const std::string& argument) {
  constexpr std::string_view kProfile = "profile:";
  const std::string path = argument.starts_with(kProfile) ? argument.substr(kProfile.size()) : argument;
  if (path.empty() || path == "-" || path.find("://") != std::string::npos) return std::nullopt;
  std::error_code error;
  Location location{std::filesystem::weakly_canonical(std::filesystem::absolute(path), error).string()};
  if (error) location.name = path;
  location.status = stat_of(path);
  return location;
}

bool same_file(const Location& a, const Location& b) {
  return a.name == b.name || (a.status && b.status && a.status->st_dev == b.status->st_dev &&
                              a.status->st_ino == b.status->st_ino);
}

}  // namespace

void check_output(const std::string& path, const OutputKind& kind, Overwrite overwrite) {
  struct stat status = {};
  if (lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return;
    throw system_error(path, "find it", errno);
  }
  if (S_ISLNK(status.st_mode))
    throw Error(Exit::refused, path, "is a symbolic link", "name the file itself, or a new one");
  if (!S_ISREG(status.st_mode)) throw Error(Exit::refused, path, "is not a regular file", kind.in_the_way());
  if (overwrite == Overwrite::yes) return;
  if (kind.marker == nullptr) throw Error(Exit::refused, path, "already exists", kind.in_the_way());
  if (status.st_size != 0 && front_of(path).find(kind.marker) == std::string::npos)
    throw Error(Exit::refused, path, std::string("exists and is not ") + kind.name, kind.in_the_way());
}

void write_output(const std::string& path, const OutputKind& kind, std::span<const std::byte> content,
                  Overwrite overwrite) {
  check_output(path, kind, overwrite);
  check_directory_of(path);
  AtomicFile file(path, {.mode = kind.mode});
  file.write(content);
  if (kind.marker != nullptr || overwrite == Overwrite::yes) {
    file.replace();
  } else if (!file.commit_new()) {
    check_output(path, kind, overwrite);
    throw system_error(path, "give it its name", EEXIST);
  }
}

void write_output(const std::string& path, const OutputKind& kind, std::string_view text,
                  Overwrite overwrite) {
  write_output(path, kind, std::as_bytes(std::span(text)), overwrite);
}

void check_apart(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs) {
  std::vector<std::pair<const NamedFile*, Location>> others;
  for (const NamedFile& input : inputs)
    if (auto location = location_of(input.path)) others.emplace_back(&input, std::move(*location));
  for (const NamedFile& output : outputs) {
    auto location = location_of(output.path);
    if (!location) continue;
    for (const auto& [other, taken] : others)
      if (same_file(*location, taken))
        throw Error(Exit::refused, output.path,
                    fmt::format("{} and {} are the same file", output.role, other->role),
                    fmt::format("name another file for {}", output.role));
    others.emplace_back(&output, std::move(*location));
  }
}

}  // namespace san
