// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/text/printable.h"
#include "iscsi/lun/lun_report.h"
#include "target/advice/lun_advice.h"

namespace san {

/// One line of a LUN report, and one field of its JSON.
struct Field {
  std::string key, label;
  Json value;      ///< null if unknown
  Printable text;  ///< as printed; may have several lines
  bool warn = false;
};

struct Section {
  std::string key, title;
  std::vector<Field> fields;
};

/// Text in place of a value that the LUN did not give.
inline constexpr SourceText kUnknown = "unknown";

/// Returns the model of a LUN report from which both text and JSON are made, without its problems and advice.
std::vector<Section> report_sections(const iscsi::LunReport& report);

}  // namespace san
