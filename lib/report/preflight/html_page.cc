// SPDX-License-Identifier: Apache-2.0
#include "report/preflight/html_page.h"

#include "report/disk/svg.h"

namespace san::report {
namespace {

constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--paper:#fff;--text:#1d2127;--soft:#5c6470;--line:#d5d9e0;--box:#f5f6f8;
--good:#1a7f37;--bad:#c02431;--warn:#8f5300}
@media (prefers-color-scheme:dark){:root{--paper:#16181c;--text:#e8eaed;--soft:#a0a7b2;--line:#3b4048;--box:#1e2126;
--good:#4cc46a;--bad:#ff7b82;--warn:#f0b440}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1.5rem 1rem 3rem;background:var(--paper);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI","Helvetica Neue","DejaVu Sans",Arial,sans-serif}
h1{margin:0;font-size:2rem;letter-spacing:.02em}
h2{margin:2rem 0 .6rem;font-size:1.15rem}
.verdict{padding:1rem 1.25rem;border:2px solid;border-radius:.5rem;color:var(--bad)}
.verdict.ready{color:var(--good)}
.verdict p{margin:.25rem 0 0;color:var(--text)}
.verdict ul{margin:.5rem 0;padding-left:1.2rem;color:var(--text)}
a{color:inherit;font-family:ui-monospace,"DejaVu Sans Mono",monospace}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.show{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 1rem}
button{font:inherit;padding:.2rem .75rem;border:1px solid var(--line);border-radius:1rem;background:none;color:inherit;
cursor:pointer}
button[aria-pressed=true]{background:var(--text);color:var(--paper)}
.check{margin:0 0 .6rem;padding:.6rem .9rem;border:1px solid var(--line);border-left:.3rem solid var(--line);
border-radius:.3rem;break-inside:avoid}
.check h3{margin:0;font-size:1rem;font-weight:600}
.check .id{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-weight:400}
.badge{float:right;margin-left:.75rem;color:var(--soft);font-size:.85rem}
.fail{border-left-color:var(--bad)} .fail.warning,.fail.info,.unknown,.skipped{border-left-color:var(--warn)}
.unknown.blocker{border-left-color:var(--bad)} .pass{border-left-color:var(--good)}
.check ul{margin:.3rem 0 0;padding-left:1.2rem}
.check li{overflow-wrap:anywhere}
.where{color:var(--soft)}
.check p{margin:.4rem 0 0}
.about{color:var(--soft);font-size:.9rem}
pre{margin:.4rem 0 0;padding:.5rem .75rem;background:var(--box);border-radius:.3rem;white-space:pre-wrap;
overflow-wrap:anywhere;font:.85rem/1.45 ui-monospace,"DejaVu Sans Mono",monospace}
.picture{overflow-x:auto} .picture svg{display:block;width:100%;min-width:40rem;height:auto}
footer{margin-top:2.5rem;color:var(--soft);font-size:.85rem}
body[data-show=fail] .check:not(.fail),body[data-show=unknown] .check:not(.unknown),
body[data-show=skipped] .check:not(.skipped),body[data-show=pass] .check:not(.pass),
body[data-show=not-applicable] .check:not(.not-applicable){display:none}
@media (max-width:34rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}.picture svg{min-width:34rem}}
@media print{:root{color-scheme:light;--paper:#fff;--text:#000;--soft:#444;--line:#bbb;--box:#f3f3f3;--good:#146c2e;
--bad:#a01722;--warn:#6d3f00}
body{max-width:none;padding:0;font-size:10.5pt}.show{display:none}
body[data-show] .check:not(.nothing){display:block}.picture svg{min-width:0}}
)";

constexpr const char* kScript = R"(
for (const button of document.querySelectorAll("button[data-show]"))
  button.addEventListener("click", () => {
    document.body.dataset.show = button.dataset.show;
    for (const other of document.querySelectorAll("button[data-show]"))
      other.setAttribute("aria-pressed", String(other === button));
  });
// A link shows its check, whatever is hidden.
for (const link of document.querySelectorAll(".verdict a"))
  link.addEventListener("click", () => document.querySelector("button[data-show=all]").click());
)";

}  // namespace

std::string html_page(const std::string& title, const std::string& body) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"generator\" content=\"sanboot-check\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'; script-src 'unsafe-inline'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         xml_text(title) + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n" + body + "<script>" +
         kScript + "</script>\n</body>\n</html>\n";
}

}  // namespace san::report
