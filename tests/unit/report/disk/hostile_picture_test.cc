// SPDX-License-Identifier: Apache-2.0
// Names of partitions that are markup.
#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "markup.h"
#include "nasty_strings.h"
#include "report/disk/disk_svg.h"
#include "report/disk/disk_text.h"
#include "report/disk/made_up_layout.h"
#include "report/disk/svg.h"

using namespace san;
using namespace san::partition;
using namespace san::picture;
using namespace san::report;

namespace {

/// "<text class=" of each tag: elements with the names of their attributes.
std::set<std::string> kinds(const std::string& markup) {
  std::set<std::string> all;
  std::istringstream tags(tags_of(markup));
  for (std::string tag; std::getline(tags, tag);) {
    std::string kind;
    bool value = false;
    for (const char c : tag) {
      if (c == '"') value = !value;
      if (!value && c != '"') kind += c;
    }
    all.insert(kind);
  }
  return all;
}

}  // namespace

TEST_CASE("xml_text: neither an element nor an end of an attribute") {
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    const std::string safe = xml_text(text);
    CHECK(safe.find_first_of("<>\"'") == std::string::npos);
    CHECK(is_xml_text(safe));
    for (std::size_t at = 0; (at = safe.find('&', at)) != std::string::npos; ++at) {
      const std::string entity = safe.substr(at, safe.find(';', at) + 1 - at);
      CHECK((entity == "&amp;" || entity == "&lt;" || entity == "&gt;" || entity == "&quot;" ||
             entity == "&#39;"));
    }
  }
}

TEST_CASE("draw_svg, draw_text: the same kinds of elements whatever a partition is called") {
  const auto layout = [](const std::string& name) {
    PartitionTable table = test::made_up_gpt(1 * GiB);
    table.partitions.push_back(test::made_up_partition(1, 1 * MiB, 512 * MiB, name));
    table.partitions.back().type_name = name;
    DiskLayout made = test::made_up_layout(table);
    made.device = name;
    for (LayoutVolume& volume : made.volumes) volume.content = volume.why_unknown = name;
    return made;
  };
  const std::set<std::string> usual = kinds(draw_svg(layout("plain name")));
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    const std::string picture = draw_svg(layout(text));
    CHECK(is_xml_text(picture));
    for (const std::string& kind : kinds(picture)) {
      CAPTURE(kind);
      CHECK(usual.contains(kind));
    }
    CHECK(is_xml_text(draw_text(layout(text), {80, true, false}).text()));
  }
}
