// SPDX-License-Identifier: Apache-2.0
#include "core/text/shell_command.h"

#include "core/text/table.h"

namespace san {

bool ShellCommand::is_comment() const {
  const std::size_t first = text_.find_first_not_of(" \t");
  return first == std::string::npos || text_[first] == '#';
}

ShellCommand shell_comment(std::string_view text) {
  ShellCommand comment;
  comment.text_ = "# " + printable(text);
  return comment;
}

}  // namespace san
