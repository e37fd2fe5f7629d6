// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "boot/profile/boot_profile.h"

/// A machine with a static address and one portal, as a profile says it.
inline san::boot::BootProfile static_profile() {
  san::boot::BootProfile p;
  p.path = "host1.toml";
  p.initiator = "iqn.2026-11.org.example:host1";
  p.mac = "52:54:00:12:ab:56";
  p.dhcp = false;
  p.address = "10.0.2.15";
  p.prefix = 20;
  p.gateway = "10.0.2.2";
  p.portals = {{"10.0.2.3", 13260}};
  p.target = "iqn.2026-11.org.example:golden";
  return p;
}
