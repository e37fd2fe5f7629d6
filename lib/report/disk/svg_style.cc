// SPDX-License-Identifier: Apache-2.0
#include "report/disk/svg_style.h"

#include <fmt/core.h>

#include "report/disk/content_color.h"

namespace san::report {
namespace {

/// A colour that is not a hue. No custom properties: many programs that draw SVG do not support var().
struct Role {
  const char *selector, *property, *light, *dark;
};
constexpr Role kRoles[] = {
    {".paper", "fill", "#ffffff", "#16181c"},   {".text", "fill", "#1d2127", "#e8eaed"},
    {".soft", "fill", "#5c6470", "#a0a7b2"},    {".line", "stroke", "#c9ced6", "#3b4048"},
    {".row", "fill", "#f5f6f8", "#1e2126"},     {".track", "fill", "#e3e6eb", "#33383f"},
    {".gap", "fill", "#eef0f3", "#22262b"},     {".mesh", "stroke", "#b4bbc6", "#4d545f"},
    {".veil", "stroke", "#ffffff", "#16181c"},  {".beyond", "fill", "#f0c36d", "#8a6420"},
    {".overlap", "fill", "#cc2f3c", "#ff6b74"}, {".table", "fill", "#9aa2ae", "#6b7380"},
    {".stored", "fill", "#5c6470", "#a0a7b2"},  {".error", "fill", "#cc2f3c", "#ff6b74"},
    {".warning", "fill", "#a35f00", "#f0b440"},
};

std::string rules(bool dark) {
  std::string css;
  for (const Role& role : kRoles)
    css += fmt::format(".sandisk {}{{{}:{}}}\n", role.selector, role.property, dark ? role.dark : role.light);
  for (const Hue hue : kHues)
    css += fmt::format(".sandisk .{}{{fill:{}}}\n", style_of(hue).name,
                       dark ? style_of(hue).dark : style_of(hue).light);
  return css;
}

/// Stripes at 45 degrees, `step` apart.
std::string stripes(const std::string& id, const char* name, const char* css_class, double step,
                    double width) {
  return fmt::format(
      "<pattern id=\"{}-{}\" width=\"{}\" height=\"{}\" patternUnits=\"userSpaceOnUse\" "
      "patternTransform=\"rotate(45)\"><line class=\"{}\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"{}\" "
      "stroke-width=\"{}\"/></pattern>\n",
      id, name, step, step, css_class, step, width);
}

}  // namespace

std::string svg_style(const std::string& id) {
  return "<style>\n"
         ".sandisk text{font-family:system-ui,-apple-system,\"Segoe UI\",\"Helvetica Neue\",\"DejaVu "
         "Sans\",Arial,"
         "sans-serif;font-size:12.5px;font-variant-numeric:tabular-nums}\n"
         ".sandisk .title{font-size:18px;font-weight:600}\n"
         ".sandisk .strong{font-weight:600}\n"
         ".sandisk .end{text-anchor:end}\n"
         ".sandisk .middle{text-anchor:middle}\n"
         ".sandisk .tint{fill-opacity:.2}\n"
         ".sandisk .dim{fill-opacity:.55}\n"
         ".sandisk .line{fill:none}\n" +
         rules(false) + "@media (prefers-color-scheme:dark){\n" + rules(true) + "}\n</style>\n<defs>\n" +
         stripes(id, "gap", "mesh", 7, 1.2) + stripes(id, "unknown", "veil", 6, 2) + "</defs>\n";
}

}  // namespace san::report
