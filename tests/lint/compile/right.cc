// SPDX-License-Identifier: Apache-2.0
// The twins of what stands in wrong.cc.
#include "words.h"

void right() {
  run(ShellCommand{"sed -i 's/x/y/' {}", word});
  run(ShellCommand{"echo \"x\" {}", word});
  run(ShellCommand{"echo x\\\\{}", word});
  run(ShellCommand{"echo {}  # x", word});
  run(ShellCommand{"echo \"$(date)\" {}", word});
  run(ShellCommand{"echo $(date) {}", word});
  run(ShellCommand{"echo ${x:-y} {}", word});
  run(ShellCommand{"echo '$'{}", word});
  run(ShellCommand{"true; echo {}", word});
  run(ShellCommand{"true && echo {} >>{}", word, word});
  run(ShellCommand{"sed 's/{}/{}/'", pattern, name});
  run(ShellCommand{"sed \"s/x/{}/\"", name});
  run(ShellCommand{"# {}", name});
  run(ShellCommand{"echo {}", ShellText("x y")});
  run(ShellCommand{"echo 'x'"});
  run(ShellCommand{"echo \"x ${y} $(echo 'z' \")\")\""});
  script.add("set a {}\n", ipxe);
  script.add("set a ${b} {}\n", ipxe);
  script.add("true || set a {} || goto failed\n", ipxe);
  script.add("# x\nset a {}\n", ipxe);
  script.add("set {}/ip {}\n", ipxe, ipxe);
  script.add("set a {}\n", IpxeText("net${nic}"));
  config.add("option a {};\n", dhcp);
  config.add("dhcp-option=1,{}\n", dhcp);
  config.add("option a \"{}\";\n", name);
  config.add("# x\noption a {};\n", dhcp);
  config.add("option {} {};\n", DhcpLiteral("a"), dhcp);
  type(WindowsCommand{R"(reg add "HKLM\{}" /f)", key});
  type(WindowsCommand{R"(reg add "HKLM\a" /v {} /f)", WindowsText("Start")});
  type(WindowsCommand{R"(echo %PATH% "{}")", key});
}
