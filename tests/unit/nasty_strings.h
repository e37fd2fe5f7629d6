// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Texts that mean something to one of the places that the tools write to. Whatever runs makes a file PWNED,
/// by touch or by a redirection; what is rendered is an element or a picture.
inline const std::vector<std::string>& nasty_strings() {
  using namespace std::string_literals;
  static const std::vector<std::string> all = {
      // Shells
      "a\n}\ntouch PWNED\nf() {\n:", "b;touch PWNED", "x/';touch${IFS}PWNED;:'", "e;touch${IFS}PWNED",
      "$(touch PWNED)", "`touch PWNED`", "${x:-$(touch PWNED)}", "$((a[$(touch PWNED)]))", "'$(touch PWNED)'",
      "\"$(touch PWNED)\"", "'; touch PWNED; '", "\"; touch PWNED; \"", "'\\''; touch PWNED; '\\''",
      "a\\'; touch PWNED #", "a && touch PWNED", "a || touch PWNED", "a | touch PWNED", "a & touch PWNED &",
      ">PWNED", "a >PWNED", "<(touch PWNED)", "$(: >PWNED)", "!touch", "{touch,PWNED}", "~root", "*",
      "[a-z]*?", "\\", "a\\", "a\\\ntouch PWNED", "a\r\ntouch PWNED", "a\rtouch PWNED", "\ntouch PWNED\n",
      "EOF\ntouch PWNED", "x' -e '1e touch PWNED' '", "a/e; s/^/touch PWNED/e", "a/w PWNED", "eth0/\nw PWNED",
      "&", "\\1\\n", "x|e|",
      // Options and comments
      "-n", "--help", "-rf /", "-e1e touch PWNED", "# touch", "#abc1234567890", ";", ";exit", "--",
      "rem \" & echo PWNED", "%PATH%", "^& echo PWNED", "%COMSPEC% /c echo PWNED", "x\" /d 1 & echo \"PWNED",
      // iPXE
      "${net0/mac}", "a ${password}", "||", "&&", "a || shell", "a && shell", "|| shell", "a\nshell",
      ":failed\nshell", "a ; shell", "a;shell",
      // dnsmasq, dhcpd, Kea
      "a,set:evil,tag:evil", "tag:evil", "set:evil", "a,00:11:22:33:44:55,ignore", "a\ndhcp-script=/PWNED",
      "conf-file=/etc/shadow", "\"; } include \"/etc/shadow\"; {", "a\"; option root-path \"b", "a\",b,\"c",
      "a,b", "'<?include \"/etc/shadow\"?>'", "0x41", "\\120\\127",
      // TOML, JSON
      "\"\"\"", "'''", "a\"\n[target]\nname = \"b", "a]\n[[b]]", "\\u0041\\UFFFFFFFF", "{\"a\": 1}", "null",
      "\", \"verdict\": \"READY",
      // HTML, SVG
      "<script>document.title='PWNED'</script>", "</title><script>alert(1)</script>",
      "<img src=x onerror=alert(1)>", "\" onload=\"alert(1)", "' onload='alert(1)",
      "]]><script>alert(1)</script>", "--><script>alert(1)</script>", "</style><script>alert(1)</script>",
      "</text><image href=\"http://192.0.2.1/\"/>", "&lt;script&gt;", "&#60;b&#62;", "&amp;", "&undefined;",
      "<!ENTITY a SYSTEM \"/etc/shadow\">", "javascript:alert(1)", "<?xml version=\"1.0\"?>",
      // Terminals
      "\x1b[2J\x1b[1;1HREADY", "\x1b]0;PWNED\a", "\x1b]52;c;dG91Y2ggUFdORUQ=\a", "\x1b[31m", "a\bb\b", "\x7f",
      "\a",
      "\x9b"
      "2J",
      "\xc2\x9b"
      "2J",
      "\xc2\x85next", "a\tb", "a\vb\fc",
      // Characters
      "abc\u202egnp.exe", "\u2066x\u2069", "\u200fright", "\u061cx", "line\u2028separator",
      "paragraph\u2029x",
      "\ufeff"
      "bom",
      "\u200b", "\u00a0", "e\u0301", "\U000e0041\U000e0042", "\ufffe", "İstanbul", "ſystem",
      // Bytes that are no text
      "\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82", "\xc3(", "\x80", "caf\xe9",
      "a\0b"s, "\0"s, "a\0touch PWNED"s,
      // Formats and sizes
      "%s%s%s%n", "{}", "{0}{1}", "%", "%%", "", " ", "  two  blanks  ", ".", "..", "../../etc/shadow",
      std::string(255, 'A'), std::string(256, 'A'), std::string(64 << 10, 'A'), std::string(64 << 10, '\''),
      std::string(4 << 10, ';')};
  return all;
}

/// Whether `text` can be a file's name: NAME_MAX bytes, no slash, no zero.
inline bool is_file_name(std::string_view text) {
  return !text.empty() && text.size() < 200 && text != "." && text != ".." &&
         text.find('/') == std::string_view::npos && text.find('\0') == std::string_view::npos;
}
