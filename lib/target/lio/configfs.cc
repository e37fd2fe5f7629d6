// SPDX-License-Identifier: Apache-2.0
#include "target/lio/configfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "core/error.h"
#include "system/fd.h"

namespace san::target {

namespace {

constexpr std::size_t kMaxLength = std::size_t{64} << 10;

/// Returns the names of the entries for which `wanted` is true, sorted; empty for a directory that cannot be
/// read.
template <typename Wanted>
std::vector<std::string> names(const std::string& directory, Wanted wanted) {
  std::vector<std::string> found;
  std::error_code ignored;
  std::filesystem::directory_iterator entries(directory, ignored);
  while (!ignored && entries != std::filesystem::directory_iterator()) {
    if (wanted(*entries)) found.push_back(entries->path().filename().string());
    entries.increment(ignored);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<std::string> content(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return std::nullopt;
  std::string text(kMaxLength, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  text.resize(length);
  constexpr std::string_view kBlank(" \t\r\n\0", 5);
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string::npos) return std::string();
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

std::string below(std::string_view directory, std::string_view name) {
  return std::string(directory).append("/").append(name);
}

std::string Configfs::full(std::string_view path) const {
  return path.empty() ? root_ : root_ + "/" + std::string(path);
}

bool Configfs::is_directory(std::string_view path) const {
  std::error_code ignored;
  return std::filesystem::is_directory(full(path), ignored);
}

bool Configfs::exists(std::string_view path) const {
  return ::access(full(path).c_str(), F_OK) == 0;
}

std::vector<std::string> Configfs::directories(std::string_view path) const {
  return names(full(path), [](const std::filesystem::directory_entry& entry) {
    std::error_code ignored;
    return !entry.is_symlink(ignored) && entry.is_directory(ignored);
  });
}

std::vector<std::string> Configfs::links(std::string_view path) const {
  return names(full(path), [](const std::filesystem::directory_entry& entry) {
    std::error_code ignored;
    return entry.is_symlink(ignored);
  });
}

std::vector<std::string> Configfs::settings(std::string_view path) const {
  return names(full(path), [](const std::filesystem::directory_entry& entry) {
    struct stat status = {};
    return ::lstat(entry.path().c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           (status.st_mode & S_IRUSR) != 0 && (status.st_mode & S_IWUSR) != 0;
  });
}

std::string Configfs::resolve(std::string_view path) const {
  std::error_code failed;
  const auto resolved = std::filesystem::canonical(full(path), failed);
  return failed ? std::string() : resolved.string();
}

std::string Configfs::read(std::string_view path) const {
  const auto text = content(full(path));
  if (!text) throw system_error(full(path), "read it", errno);
  return *text;
}

std::string Configfs::read_or(std::string_view path, std::string_view missing) const {
  return content(full(path)).value_or(std::string(missing));
}

void Configfs::make_directory(std::string_view path) {
  if (::mkdir(full(path).c_str(), 0755) != 0) throw system_error(full(path), "make it", errno);
}

void Configfs::remove_directory(std::string_view path) {
  if (::rmdir(full(path).c_str()) != 0) throw system_error(full(path), "remove it", errno);
}

void Configfs::write(std::string_view path, std::string_view value) {
  const Fd file(::open(full(path).c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (file.get() < 0) throw system_error(full(path), "open it", errno);
  ssize_t written = -1;
  do {
    written = ::write(file.get(), value.data(), value.size());
  } while (written < 0 && errno == EINTR);
  if (written < 0) throw system_error(full(path), "set it", errno);
  if (static_cast<std::size_t>(written) != value.size())
    throw Error(Exit::failed, full(path), "the kernel took only a part of the value");
}

void Configfs::make_link(std::string_view object, std::string_view path) {
  if (::symlink(full(object).c_str(), full(path).c_str()) != 0)
    throw system_error(full(path), "make it", errno);
}

void Configfs::remove_link(std::string_view path) {
  if (::unlink(full(path).c_str()) != 0) throw system_error(full(path), "remove it", errno);
}

}  // namespace san::target
