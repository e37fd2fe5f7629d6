// SPDX-License-Identifier: Apache-2.0
#include "filesystem/directory_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "filesystem/volume/file_path.h"
#include "system/fd.h"

namespace san::filesystem {
namespace {

FileInfo info_of(const struct stat& status) {
  return {.kind = kind_of_mode(status.st_mode),
          .size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0)),
          .mtime = status.st_mtim.tv_sec,
          .mode = status.st_mode & 07777U};
}

/// openat(2), of the kinds that never follow a link.
Fd open_at(int directory, const std::string& name, int flags) {
  for (;;) {
    const int fd = openat(directory, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 || errno != EINTR) return Fd(fd);
  }
}

/// Absent: a component is missing, or is no directory; a link counts as none.
bool absent(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG;
}

class DirectoryTree final : public FileTree {
 public:
  explicit DirectoryTree(std::string directory) : name_(std::move(directory)) {
    root_ = open_path(name_, O_PATH | O_DIRECTORY);
    if (!root_) throw system_error(name_, "open the directory", errno);
  }

  const std::string& name() const override { return name_; }

  std::optional<FileInfo> info(const std::string& path) override {
    const auto place = find(path);
    if (!place) return std::nullopt;
    return status(*place, path);
  }

  std::vector<DirectoryEntry> list(const std::string& path) override {
    const auto place = find(path);
    if (!place) return {};
    Fd fd = open_at(place->parent(), place->name, O_RDONLY | O_DIRECTORY);
    if (!fd && absent(errno)) return {};
    if (!fd) throw system_error(shown(path), "open the directory", errno);
    return entries(fd, path);
  }

  std::vector<std::byte> read(const std::string& path, std::uint64_t offset, std::uint64_t length) override {
    const auto place = find(path);
    // Looked at before it is opened: to open a device node or a FIFO has effects.
    const auto found = place ? status(*place, path) : std::nullopt;
    if (!found || found->kind != FileInfo::Kind::file)
      throw Error(Exit::failed, shown(path), found ? "not a regular file" : "no such file");
    const Fd fd = open_at(place->parent(), place->name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!fd) throw system_error(shown(path), "open the file", errno);
    return content(fd, path, offset, length);
  }

  std::string link(const std::string& path) override {
    const auto place = find(path);
    std::string target(PATH_MAX, '\0');
    const ssize_t size =
        place ? readlinkat(place->parent(), place->name.c_str(), target.data(), target.size()) : -1;
    if (size < 0 && place && errno != EINVAL && !absent(errno))
      throw system_error(shown(path), "read the symbolic link", errno);
    if (size < 0) throw Error(Exit::failed, shown(path), "not a symbolic link");
    target.resize(static_cast<std::size_t>(size));
    return target;
  }

 private:
  /// A name in an open directory.
  struct Place {
    Fd directory;  ///< none: the root
    int root = -1;
    std::string name;  ///< "." for the root itself
    int parent() const { return directory ? directory.get() : root; }
  };

  std::string shown(const std::string& path) const { return (name_ == "/" ? "" : name_) + path; }

  /// Goes down component by component; none of them may be a link. Nothing where one is missing.
  std::optional<Place> find(const std::string& path) const {
    const auto components = path_components(path);
    if (!components) return std::nullopt;
    Place place{.directory = {}, .root = root_.get(), .name = "."};
    for (std::size_t i = 0; i < components->size(); ++i) {
      if (i > 0) {
        Fd next = open_at(place.parent(), place.name, O_PATH | O_DIRECTORY);
        if (!next && absent(errno)) return std::nullopt;
        if (!next) throw system_error(shown(path), "open the directory", errno);
        place.directory = std::move(next);
      }
      place.name = (*components)[i];
    }
    return place;
  }

  std::optional<FileInfo> status(const Place& place, const std::string& path) const {
    struct stat status = {};
    if (fstatat(place.parent(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
      return info_of(status);
    if (absent(errno)) return std::nullopt;
    throw system_error(shown(path), "examine the file", errno);
  }

  std::vector<DirectoryEntry> entries(const Fd& fd, const std::string& path) const {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(dup(fd.get())), closedir);
    if (!stream) throw system_error(shown(path), "read the directory", errno);
    std::vector<DirectoryEntry> found;
    for (;;) {
      errno = 0;
      const dirent* entry = readdir(stream.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
      if (entry == nullptr) break;
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      struct stat status = {};
      if (fstatat(fd.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;  // gone meanwhile
      found.push_back({name, kind_of_mode(status.st_mode)});
    }
    if (errno != 0) throw system_error(shown(path), "read the directory", errno);
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return found;
  }

  /// In pieces until the end: files in /proc and /sys have more, or less, than their size says.
  std::vector<std::byte> content(const Fd& fd, const std::string& path, std::uint64_t offset,
                                 std::uint64_t length) const {
    constexpr std::size_t kPiece = std::size_t{256} << 10;
    std::vector<std::byte> bytes;
    while (bytes.size() < length) {
      const std::size_t had = bytes.size();
      bytes.resize(had + static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, length - had)));
      const ssize_t got =
          pread(fd.get(), bytes.data() + had, bytes.size() - had, static_cast<off_t>(offset + had));
      if (got < 0 && errno != EINTR) throw system_error(shown(path), "read", errno);
      bytes.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
      if (got == 0) break;
    }
    return bytes;
  }

  std::string name_;
  Fd root_;
};

}  // namespace

std::unique_ptr<FileTree> directory_tree(const std::string& directory) {
  return std::make_unique<DirectoryTree>(directory);
}

}  // namespace san::filesystem
