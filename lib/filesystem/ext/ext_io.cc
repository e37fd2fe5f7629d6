// SPDX-License-Identifier: Apache-2.0
#include "filesystem/ext/ext_io.h"

#include <et/com_err.h>
#include <ext2fs/ext2_io.h>
#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>

#include "filesystem/ext/ext_super.h"

namespace san::filesystem {
namespace {

struct Source {
  Volume* volume;
  std::exception_ptr* failure;
};

/// Argument of the next open() of the manager: libext2fs hands its manager nothing but a name.
thread_local Source* opening = nullptr;

// The library allocates and frees the channel and its name by malloc() and free().
// NOLINTBEGIN(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)
errcode_t close_channel(io_channel channel) {
  if (--channel->refcount > 0) return 0;
  delete static_cast<Source*>(channel->private_data);
  std::free(channel->name);
  std::free(channel);
  return 0;
}
// NOLINTEND(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)

errcode_t set_block_size(io_channel channel, int size) {
  channel->block_size = size;
  return 0;
}

/// A negative `count` is a number of bytes.
errcode_t read_blocks(io_channel channel, unsigned long long block, int count, void* data) {
  const Source& source = *static_cast<Source*>(channel->private_data);
  try {
    const auto block_size = static_cast<std::uint64_t>(channel->block_size);
    const std::size_t size = count < 0 ? static_cast<std::size_t>(-static_cast<long long>(count))
                                       : static_cast<std::uint64_t>(count) * block_size;
    if (block > source.volume->size() / block_size) return EXT2_ET_SHORT_READ;
    source.volume->read(block * block_size, {static_cast<std::byte*>(data), size}, "metadata");
    return 0;
  } catch (...) {
    *source.failure = std::current_exception();
    return EXT2_ET_SHORT_READ;
  }
}

errcode_t read_blocks32(io_channel channel, unsigned long block, int count, void* data) {
  return read_blocks(channel, block, count, data);
}

errcode_t refuse_write(io_channel, unsigned long, int, const void*) {
  return EROFS;
}
errcode_t refuse_write64(io_channel, unsigned long long, int, const void*) {
  return EROFS;
}
errcode_t nothing_to_flush(io_channel) {
  return 0;
}

errcode_t open_channel(const char* name, int flags, io_channel* result);

struct_io_manager make_manager() {
  struct_io_manager manager{};
  manager.magic = EXT2_ET_MAGIC_IO_MANAGER;
  manager.name = "san device";
  manager.open = open_channel;
  manager.close = close_channel;
  manager.set_blksize = set_block_size;
  manager.read_blk = read_blocks32;
  manager.write_blk = refuse_write;
  manager.flush = nothing_to_flush;
  manager.read_blk64 = read_blocks;
  manager.write_blk64 = refuse_write64;
  return manager;
}
struct_io_manager device_manager = make_manager();  // NOLINT(cert-err58-cpp): it only fills in pointers

/// The library frees a channel by the manager's close(), and its memory by free().
// NOLINTBEGIN(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)
errcode_t open_channel(const char* name, int flags, io_channel* result) {
  if (opening == nullptr || (flags & IO_FLAG_RW) != 0) return EROFS;
  auto* channel = static_cast<io_channel>(std::calloc(1, sizeof(struct_io_channel)));
  if (channel == nullptr) return EXT2_ET_NO_MEMORY;
  channel->magic = EXT2_ET_MAGIC_IO_CHANNEL;
  channel->manager = &device_manager;
  channel->name = static_cast<char*>(std::calloc(std::char_traits<char>::length(name) + 1, 1));
  if (channel->name == nullptr) {
    std::free(channel);
    return EXT2_ET_NO_MEMORY;
  }
  std::char_traits<char>::copy(channel->name, name, std::char_traits<char>::length(name));
  channel->block_size = 1024;
  channel->refcount = 1;
  channel->private_data = new Source(*opening);
  *result = channel;
  return 0;
}
// NOLINTEND(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)

}  // namespace

std::uint64_t check_ext_size(Volume& volume) {
  // 64 TiB of 4 KiB blocks; 32 MiB of descriptors.
  constexpr std::uint64_t kMaxGroups = std::uint64_t{1} << 19;
  std::array<std::byte, kExtSuperSize> bytes{};
  volume.read(kExtSuperOffset, bytes, "superblock");
  const auto super = parse_ext_super(bytes);
  if (!super) throw_inconsistent("superblock", "it is gone");
  if (super->blocks > volume.size() / super->block_size)
    throw_inconsistent("superblock", "it spans more than the partition");
  if (super->blocks / super->blocks_per_group >= kMaxGroups)
    throw MetadataError{"it has more block groups than are read at a time"};
  return super->blocks * super->block_size;
}

void throw_ext(errcode_t code, const char* what, std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
  static std::once_flag once;
  std::call_once(once, [] { initialize_ext2_error_table(); });
  throw MetadataError{fmt::format("its {} cannot be used: {}", what, error_message(code))};
}

ExtFs open_ext(Volume& volume, std::exception_ptr& failure) {
  Source source{&volume, &failure};
  opening = &source;
  ext2_filsys fs = nullptr;
  const errcode_t code = ext2fs_open2("partition", nullptr, EXT2_FLAG_64BITS, 0, 0, &device_manager, &fs);
  opening = nullptr;
  if (code != 0) throw_ext(code, "superblock", failure);
  return ExtFs(fs);
}

}  // namespace san::filesystem
