// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot/export/dhcp_text.h"
#include "boot/export/ipxe_word.h"
#include "core/text/shell_command.h"
#include "preflight/checks/windows/windows_command.h"

using namespace san;
using namespace san::boot;
using namespace san::preflight;

// What was read somewhere, as far as the compiler knows.
extern const std::string text;
extern const ShellWord word;
extern const PlainName name;
extern const SedPattern pattern;
extern const IpxeWord ipxe;
extern const DhcpText dhcp;
extern const RegistryName key;
extern IpxeScript script;
extern DhcpConfig config;
void run(const ShellCommand& command);
void run(const WindowsCommand& command) = delete;
void type(const WindowsCommand& command);
