// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "block/device.h"
#include "block/nbd/nbd_connection.h"

namespace san {

/// How open_nbd() opens an export.
struct NbdOptions {
  bool writable = false;
  unsigned connections = 0;  ///< side by side, where the server allows several; 0 for the device's own choice
  /// unmap() looks first whether the range reads as zeros already: for image formats, of which some would
  /// store them and others write tables that say so.
  bool look_before_unmap = false;
  /// Of the device; the server's address where empty.
  std::string identity = {};
};

/// Opens an export of an NBD server. Throws Error(failed).
///
/// The Device: blocks are those of the server, 512 bytes at least; an export that ends within a block is
/// padded with zeros when read, and is written only up to there. extents() asks for base:allocation where the
/// server has it. zero() and unmap() are both NBD_CMD_WRITE_ZEROES, with NBD_CMD_FLAG_NO_HOLE and without:
/// either is sure to leave zeros, while NBD_CMD_TRIM promises nothing (NBD protocol). A server that does not
/// answer is reported and in the end given up, see NbdContext; a connection that is lost is not set up again.
std::unique_ptr<Device> open_nbd(const NbdContext& context, const NbdOptions& options);

}  // namespace san
