// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "block/device.h"
#include "block/nbd/nbd_connection.h"

namespace san {

/// Options of open_nbd().
struct NbdOptions {
  bool writable = false;
  unsigned connections = 0;  ///< at once, if the server allows several; 0 lets the device choose
  /// True to make unmap() write only the parts that do not read as zeros already: for image formats, some of
  /// which would store the zeros, while others write tables for them.
  bool look_before_unmap = false;
  /// Identity of the device; that of the server's address if empty.
  std::string identity = {};
};

/// Opens an export of an NBD server. Throws Error(failed).
///
/// The Device: it has the blocks of the server, but at least 512 bytes. Read-only, an export that ends within
/// a block is padded with zeros; writable, it ends with the last whole block. extents() queries
/// base:allocation if the server has it. zero() and unmap() are both NBD_CMD_WRITE_ZEROES, with
/// NBD_CMD_FLAG_NO_HOLE and without, and plain writes if the server lacks that command: each is certain to
/// leave zeros, while NBD_CMD_TRIM promises nothing (NBD protocol). A server that does not answer is reported
/// and finally fails the requests, see NbdContext; a lost connection is not set up again.
std::unique_ptr<Device> open_nbd(const NbdContext& context, const NbdOptions& options);

}  // namespace san
