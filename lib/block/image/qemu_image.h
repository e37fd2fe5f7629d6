// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "block/device.h"
#include "block/image/image_format.h"
#include "system/file/new_file.h"

namespace san {

/// How open_qemu_image() opens an image.
struct QemuImageOptions {
  bool writable = false;
  bool force_in_use = false;
  bool allow_backing = false;  ///< read backing files too, where backing_chain() can follow them
  unsigned connections = 0;    ///< to qemu-nbd, 0 for the device's own choice
};

/// Opens the image file `path` of `format` by a qemu-nbd of its own, which ends with the Device, and with
/// this process however that ends. The format is given to QEMU, which never looks for one itself, and no
/// other file is opened: Error(refused) for an image that names a backing file or keeps its data elsewhere,
/// unless it is to be read and options.allow_backing says that its chain may be; that is told by a warning.
/// Error(refused) too for one that is encrypted.
/// Error(refused) as well where another program holds the image; Error(failed) for the rest, with what
/// qemu-nbd says.
///
/// The Device is that of open_nbd(); its name and identity are the file's, and it has no blocks of its own. A
/// place of a damaged image that QEMU cannot read is the error of that read alone. A file that
/// create_qemu_image() has `made` goes again with the Device, unless that was told to write, zero, unmap or
/// flush anything.
std::unique_ptr<Device> open_qemu_image(const std::string& path, const ImageFormat& format,
                                        const QemuImageOptions& options,
                                        std::unique_ptr<NewFile> made = nullptr);

/// Makes a new image file of `format` that holds `size` bytes at least, all zeros, by `qemu-img create`. The
/// file must not exist. Throws Error(failed) with what qemu-img says.
std::unique_ptr<NewFile> create_qemu_image(const std::string& path, const std::string& format,
                                           std::uint64_t size);

}  // namespace san
