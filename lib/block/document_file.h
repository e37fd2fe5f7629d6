// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san {

/// What a document is known by, for a file of it to be replaced.
struct DocumentKind {
  const char* name;    ///< "an SVG"
  const char* marker;  ///< stands in the first 512 bytes of each
  const char* hint;    ///< where something else is in the way
};
inline constexpr DocumentKind kSvg = {
    "an SVG", "<svg", "name a new file, or an SVG to be replaced; --svg - writes to standard output"};
inline constexpr DocumentKind kHtml = {"an HTML page", "<html",
                                       "name a new file, or an HTML page to be replaced"};
/// Of sanclone: one of ddrescue has been hours of work.
inline constexpr DocumentKind kBadMap = {"a map of bad places of sanclone", "# Mapfile. Created by sanclone",
                                         "name a new file, or such a map to be replaced"};

/// Throws Error(refused) where `path` is there and is neither of that kind nor an empty file, or is a
/// symbolic link: the name of a disk image that was typed in the wrong place must not cost the image.
void check_document_file(const std::string& path, const DocumentKind& kind);

/// Writes `text` under another name first, so that nobody ever sees half a document; replaces what
/// check_document_file() allows. Throws Error.
void write_document_file(const std::string& path, const DocumentKind& kind, const std::string& text);

}  // namespace san
