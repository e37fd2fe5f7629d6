// SPDX-License-Identifier: Apache-2.0
#include "system/file/new_file.h"

#include <unistd.h>

namespace san {

NewFile::~NewFile() {
  if (!kept_) unlink(path_.c_str());
}

}  // namespace san
