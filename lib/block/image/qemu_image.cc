// SPDX-License-Identifier: Apache-2.0
#include "block/image/qemu_image.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "block/device_filter.h"
#include "block/file/file_open.h"
#include "block/image/backing_chain.h"
#include "block/image/image_cut.h"
#include "block/nbd/nbd_device.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/text/table.h"
#include "system/child_process.h"

namespace san {
namespace {

constexpr const char* kPackage = "qemu-utils";

/// A listening Unix socket in a directory that only this user may enter. Both are removed by the destructor;
/// connections stay open.
class PrivateSocket {
 public:
  PrivateSocket() : directory_(template_name()) {
    if (mkdtemp(directory_.data()) == nullptr)
      throw system_error(directory_, "create a directory there", errno);
    path_ = directory_ + "/nbd";
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    fd_ = Fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (path_.size() < sizeof(address.sun_path)) std::memcpy(address.sun_path, path_.data(), path_.size());
    if (path_.size() >= sizeof(address.sun_path) || !fd_ ||
        bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        listen(fd_.get(), 16) != 0) {
      const int error = path_.size() >= sizeof(address.sun_path) ? ENAMETOOLONG : errno;
      remove();
      throw system_error(path_, "listen there", error, "set TMPDIR to another directory");
    }
  }
  ~PrivateSocket() { remove(); }
  PrivateSocket(const PrivateSocket&) = delete;
  PrivateSocket& operator=(const PrivateSocket&) = delete;

  const std::string& path() const { return path_; }
  const Fd& fd() const { return fd_; }
  /// Closes the socket here, so that only the child listens and its end is noticed.
  void hand_over() { fd_ = Fd(); }

 private:
  static std::string template_name() {
    const char* base = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): never set here
    return fmt::format("{}/sanboot.XXXXXX", base != nullptr && *base == '/' ? base : "/tmp");
  }
  void remove() const {
    unlink(path_.c_str());
    rmdir(directory_.c_str());
  }

  std::string directory_, path_;
  Fd fd_;
};

/// Makes one line of a program's messages, without its name in front.
std::string one_line(const std::string& text, const std::string& program) {
  std::string line;
  for (const char c : text) line += c == '\n' ? std::string("; ") : std::string(1, c);
  if (line.starts_with(program + ": ")) line.erase(0, program.size() + 2);
  // "Failed to blk_new_open 'json:{…}': Image is corrupt": the name of the image is known.
  if (const auto quote = line.rfind("}': "); line.starts_with("Failed to") && quote != std::string::npos)
    line.erase(0, quote + 4);
  return line;
}

/// Describes the end of `program`.
std::string end_text(const std::string& program, int status, const std::string& errors) {
  const std::string said = one_line(errors, program);
  if (WIFSIGNALED(status))
    return fmt::format("{} was killed by signal {}{}", program, WTERMSIG(status),
                       said.empty() ? "" : ": " + said);
  return fmt::format("{} ended{}", program, said.empty() ? "" : ": " + said);
}

/// Opens the file with the lock by which clones notice each other; QEMU has locks of its own.
Fd locked(const std::string& path, const QemuImageOptions& options) {
  Fd fd = open_path(path, O_RDONLY);
  if (!fd) throw system_error(path, "open it", errno);
  if (flock(fd.get(), (options.writable ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    FileOptions file;
    file.writable = options.writable;
    file.force_in_use = options.force_in_use;
    refuse_in_use(path, "in use: another program holds a lock on the file, as a clone does", file);
  }
  return fd;
}

/// Returns the name under which QEMU opens `file`: the path, or that of the descriptor if the path is not
/// UTF-8, which JSON options require, or is the standard input of this process.
std::string name_for_qemu(const std::string& path, const Fd& file) {
  std::string absolute = std::filesystem::absolute(path).string();
  bool utf8 = true;
  try {
    nlohmann::json(absolute).dump();
  } catch (const nlohmann::json::type_error&) {
    utf8 = false;
  }
  return utf8 && path != "/dev/stdin" ? absolute : fmt::format("/proc/{}/fd/{}", getpid(), file.get());
}

/// Makes the options of one file of a chain, or of the whole image; `below` is the node beneath it, or null.
nlohmann::json node(const std::string& format, const std::string& filename, const nlohmann::json& below,
                    const QemuImageOptions& options) {
  nlohmann::json file = {{"driver", "file"}, {"filename", filename}};
  if (options.force_in_use) file["locking"] = "off";
  nlohmann::json image = {{"driver", format}, {"file", file}};
  // "backing": null prevents a backing file that the check of the header may have missed.
  if (format.starts_with("qcow") || format == "qed" || format == "vmdk") image["backing"] = below;
  return image;
}

/// Makes the command line of qemu-nbd. `chain` lists the files beneath the image, the nearest first.
std::vector<std::string> command(const std::string& filename, const ImageFormat& format,
                                 const std::vector<ChainLink>& chain, const QemuImageOptions& options) {
  nlohmann::json below;
  for (auto link = chain.rbegin(); link != chain.rend(); ++link)
    below = node(link->format, std::filesystem::absolute(link->path).string(), below, options);
  nlohmann::json image = node(format.name, filename, below, options);
  image["discard"] = "unmap";
  // Otherwise QEMU computes the size from cylinders, heads and sectors, unless it knows the program that
  // wrote the image.
  if (format.fixed) image["force_size_calc"] = "current_size";
  std::vector<std::string> words = {"qemu-nbd", "--shared=16", "--discard=unmap", "--aio=threads"};
  words.emplace_back(options.writable ? "--cache=writeback" : "--read-only");
  words.push_back("json:" + image.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
  return words;
}

/// Returns the files beneath an image that may be read. Throws Error(refused) if it may not.
std::vector<ChainLink> check_objection(const std::string& path, const ImageFormat& format,
                                       const QemuImageOptions& options) {
  if (format.objection.empty()) return {};
  if (format.backed && options.allow_backing && !options.writable) {
    auto chain = backing_chain(path);
    chain.erase(chain.begin());
    for (const ChainLink& link : chain)
      log::warning("{}: {} ({}) is read as well, because of {}", path, printable(link.path), link.format,
                   setting("backing", "allow"));
    return chain;
  }
  const std::string cause = fmt::format("is a {} image that {}", shown_format(format.name), format.objection);
  std::string way = format.way;
  if (way.empty() && format.backed && !options.writable)
    throw Error(Exit::refused, path, cause,
                Hint(HintId::allow_backing, "make one file of it (qemu-img convert)"));
  if (way.empty())
    way = "make one file of it (qemu-img convert), or serve it by qemu-nbd and name nbd+unix:///?socket=PATH";
  if (const auto at = way.find("=FILE "); at != std::string::npos) way.replace(at + 1, 4, path);
  throw Error(Exit::refused, path, cause, way);
}

/// An image: the device over NBD, and what has to last as long as it.
class QemuImage final : public DeviceFilter {
 public:
  QemuImage(Fd file, std::shared_ptr<ChildProcess> process, std::unique_ptr<Device> device,
            std::unique_ptr<NewFile> made)
      : DeviceFilter(*device),
        file_(std::move(file)),
        process_(std::move(process)),
        device_(std::move(device)),
        made_(std::move(made)) {}

  /// Returns size(): an image counts in sectors, even if its server names another size.
  std::uint64_t content_size() const override { return size(); }
  Capabilities capabilities() const override {
    Capabilities result = below_.capabilities();
    result.has_blocks = false;
    return result;
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    touch();
    below_.write(offset, from, std::move(done));
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    touch();
    below_.zero(offset, length, std::move(done));
  }
  void unmap(std::uint64_t offset, std::uint64_t length, Completion done) override {
    touch();
    below_.unmap(offset, length, std::move(done));
  }
  void flush(Completion done) override {
    touch();
    below_.flush(std::move(done));
  }

 private:
  void touch() {
    if (made_) made_->keep();
  }

  // Destroyed in reverse: the connections end, then qemu-nbd closes the image and exits, then the lock is
  // released.
  Fd file_;
  std::shared_ptr<ChildProcess> process_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<NewFile> made_;
};

/// Throws Error(failed) if an image was cut off: QEMU would read zeros after the end of the file.
void check_length(const std::string& path, const std::string& format) {
  const auto marks = read_marks(path);
  const std::uint64_t needed = marks ? least_length(*marks, format) : 0;
  if (!marks || needed <= marks->size) return;
  throw Error(
      Exit::failed, path,
      fmt::format(
          "has been cut off: a part of the disk stands at byte {} of this {} image, which ends at byte "
          "{}",
          needed - 1, shown_format(format), marks->size),
      "get a new copy of the file");
}

}  // namespace

std::unique_ptr<Device> open_qemu_image(const std::string& path, const ImageFormat& format,
                                        const QemuImageOptions& options, std::unique_ptr<NewFile> made) {
  const auto below = check_objection(path, format, options);
  if (!options.writable) {
    check_length(path, format.name);
    for (const ChainLink& link : below) check_length(link.path, link.format);
  }
  Fd file = locked(path, options);
  struct stat status = {};
  fstat(file.get(), &status);
  PrivateSocket socket;
  const auto process = std::make_shared<ChildProcess>(
      command(name_for_qemu(path, file), format, below, options), kPackage, &socket.fd());
  socket.hand_over();

  NbdContext context;
  context.server.socket = socket.path();
  context.name = path;
  context.why_gone = [process]() -> std::string {
    const auto ended = process->wait(std::chrono::seconds(1));
    const std::string said = process->errors();
    if (!ended) return said.empty() ? "" : "qemu-nbd: " + one_line(said, "qemu-nbd");
    return end_text("qemu-nbd", *ended, said);
  };
  context.whole_answers = true;
  if (!options.writable)
    context.advice =
        Hint(HintId::skip_damage,
             fmt::format("the image is damaged or cut off: run qemu-img check -f {}, or skip the damage",
                         format.name));
  NbdOptions nbd;
  nbd.writable = options.writable;
  nbd.connections = options.connections;
  nbd.look_before_unmap = true;
  nbd.identity =
      fmt::format("file {} on device {}:{}", status.st_ino, major(status.st_dev), minor(status.st_dev));
  try {
    return std::make_unique<QemuImage>(std::move(file), process, open_nbd(context, nbd), std::move(made));
  } catch (const Error& error) {
    if (error.cause().find(" lock") == std::string::npos) throw;
    throw Error(Exit::refused, path, "in use: " + error.cause(),
                Hint(options.writable ? HintId::force_open_in_use : HintId::force_open_live,
                     "stop the virtual machine that has it open"));
  }
}

std::unique_ptr<NewFile> create_qemu_image(const std::string& path, const std::string& format,
                                           std::uint64_t size) {
  const Fd there = open_path(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!there && errno == ENOENT)
    throw Error(Exit::usage, path, "the directory of this file does not exist", "create the directory first");
  if (!there) throw system_error(path, "create it", errno);
  auto made = std::make_unique<NewFile>(path);
  std::vector<std::string> words = {"qemu-img", "create", "-q", "-f", format};
  // Otherwise the size of a VHD is computed from cylinders, heads and sectors, and is rarely the requested
  // one.
  if (format == "vpc") words.insert(words.end(), {"-o", "force_size=on"});
  words.push_back(std::filesystem::absolute(path).string());
  words.push_back(std::to_string(size));
  ChildProcess process(words, kPackage);
  const auto status = process.wait(std::chrono::seconds(60));
  if (!status || *status != 0)
    throw Error(Exit::failed, path,
                status ? end_text("qemu-img", *status, process.errors()) : "qemu-img create does not finish");
  return made;
}

}  // namespace san
