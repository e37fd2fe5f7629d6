// SPDX-License-Identifier: Apache-2.0
#include "core/text/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/error.h"
#include "core/hint_id.h"

namespace san {
namespace {

void put(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw Error(Exit::failed, "standard output", "cannot be written to");
}

}  // namespace

void print_text(PrintablePart text) {
  put(text.text());
}

void print_aside(PrintablePart text) {
  std::fwrite(text.text().data(), 1, text.text().size(), stderr);
  std::fflush(stderr);
}

void print_last(PrintablePart text) noexcept {
  for (std::string_view rest = text.text(); !rest.empty();) {
    const ssize_t written = write(STDOUT_FILENO, rest.data(), rest.size());
    if (written <= 0 && errno != EINTR) return;
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void print_content(std::string_view content) {
  if (isatty(STDOUT_FILENO) != 0 && printable_lines(content) != content)
    throw Error(Exit::usage, "stdout", "is a terminal, and this is not text",
                Hint(HintId::output_file, "write it to a file"));
  put(content);
}

}  // namespace san
