// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "block/device.h"
#include "block/image/image_format.h"
#include "system/file/new_file.h"

namespace san {

/// Options of open_qemu_image().
struct QemuImageOptions {
  bool writable = false;
  bool force_in_use = false;
  bool allow_backing = false;  ///< also read backing files that backing_chain() can follow
  unsigned connections = 0;    ///< connections to qemu-nbd; 0 lets the device choose
};

/// Opens the image file `path` of `format` through its own qemu-nbd process, which ends with the Device and
/// with this process, however that ends. QEMU is given the format and never probes for one, and no other file
/// is opened: throws Error(refused) for an image that names a backing file or keeps its data in another file.
/// With options.allow_backing the backing chain of a source is read, with a warning. Throws Error(refused)
/// also for an encrypted image and for one that another program holds; Error(failed) for the rest, with the
/// message of qemu-nbd.
///
/// The Device is that of open_nbd(), with the name and identity of the file and without blocks of its own. A
/// range of a damaged image that QEMU cannot read fails that read alone. A file `made` by create_qemu_image()
/// is removed with the Device, unless that was asked to write, zero, unmap or flush.
std::unique_ptr<Device> open_qemu_image(const std::string& path, const ImageFormat& format,
                                        const QemuImageOptions& options,
                                        std::unique_ptr<NewFile> made = nullptr);

/// Creates an image file of `format` with at least `size` bytes, all zeros, by `qemu-img create`. Throws
/// Error(usage) if the directory does not exist; Error(failed) if the file exists or qemu-img fails, with its
/// message.
std::unique_ptr<NewFile> create_qemu_image(const std::string& path, const std::string& format,
                                           std::uint64_t size);

}  // namespace san
