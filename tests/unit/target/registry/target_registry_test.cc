// SPDX-License-Identifier: Apache-2.0
#include "target/registry/target_registry.h"

#include <doctest/doctest.h>

#include "core/error.h"

using namespace san::target;

TEST_CASE("Target software by the names of its LUNs") {
  const auto name = [](const char* vendor, const char* product) {
    san::iscsi::Inquiry inquiry;
    inquiry.vendor = vendor;
    inquiry.product = product;
    const TargetSoftware* const software = find_software(inquiry);
    return software == nullptr ? std::string() : std::string(software->name);
  };
  CHECK(name("IET", "VIRTUAL-DISK") == "tgt");
  CHECK(name("FreeBSD", "iSCSI DISK") == "istgt");
  CHECK(name("LIO-ORG", "disk1") == "LIO (Linux kernel)");
  CHECK(name("SCST_FIO", "disk1") == "SCST");
  CHECK(name("FREEBSD", "CTLDISK") == "ctld (FreeBSD)");
  CHECK(name("FreeBSD", "other").empty());
  CHECK(name("", "").empty());
}

TEST_CASE("Drivers by their names") {
  CHECK(driver_names() == std::vector<std::string>{"tgt", "lio"});
  for (const std::string& name : driver_names())
    CHECK(make_driver({name, "/nonexistent", 0})->name() == name);
  try {
    make_driver({"istgt", "", 0});
    FAIL("made");
  } catch (const san::Error& error) {
    CHECK(error.code() == san::Exit::usage);
    CHECK(error.hint() == "the drivers are: tgt, lio");
  }
}
