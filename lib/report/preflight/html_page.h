// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san::report {

/// Returns an HTML page: `title` is escaped here, `body` is HTML. Its content security policy forbids it to
/// load anything.
std::string html_page(const std::string& title, const std::string& body);

}  // namespace san::report
