// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "block/device_checks.h"
#include "boot/profile/read_profile.h"

/// A profile that keeps every rule, with all there is in one, each key in a line of its own.
inline const std::string kFullProfile = R"([initiator]
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:34:56"
dhcp = false
address = "10.0.2.15/24"
gateway = "10.0.2.2"
vlan = 7
[target]
portals = ["10.0.2.2:3260", "[2001:db8::1]:3261"]
name = "iqn.2026-11.org.example:golden"
lun = 1
reach = "127.0.0.1:3262"
[auth]
method = "mutual-chap"
user = "host1"
secret_file = "host1.secret"
target_user = "target"
target_secret_file = "target.secret"
[boot]
firmware = "bios"
priority = "secondary"
port = 2
)";

/// The least that is one.
inline const std::string kMinProfile = R"([initiator]
name = "iqn.2026-11.org.example:host1"
[target]
portal = "10.0.2.2"
name = "iqn.2026-11.org.example:golden"
)";

inline san::boot::BootProfile parse(const std::string& text) {
  return san::boot::parse_boot_profile(std::as_bytes(std::span(text)), "host1.toml");
}

/// `text` with its line `line` (from 1) replaced.
inline std::string with_line(std::string text, unsigned line, const std::string& replacement) {
  std::size_t begin = 0;
  for (unsigned i = 1; i < line; ++i) begin = text.find('\n', begin) + 1;
  return text.replace(begin, text.find('\n', begin) - begin, replacement);
}

/// What is said about that text; empty where nothing is wrong.
inline std::string refusal(const std::string& text) {
  const auto error = error_of([&] { parse(text); });
  if (!error) return "";
  CHECK(error->code() == san::Exit::usage);
  return error->what();
}
