// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/text/table.h"
#include "iscsi/lun/lun_report.h"
#include "target/advice/lun_advice.h"

namespace san {

/// One line of a capability card, and one field of its JSON.
struct Field {
  std::string key, label;
  Json value;      ///< null: unknown
  Printable text;  ///< for people; may have lines
  bool warn = false;
};

struct Section {
  std::string key, title;
  std::vector<Field> fields;
};

/// The one model behind the text and the JSON of a card, without its problems and advice.
std::vector<Section> report_sections(const iscsi::LunReport& card);

}  // namespace san
