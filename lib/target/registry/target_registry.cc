// SPDX-License-Identifier: Apache-2.0
#include "target/registry/target_registry.h"

#include <fmt/format.h>

#include "core/error.h"
#include "target/istgt/istgt_software.h"
#include "target/lio/lio_software.h"
#include "target/tgt/tgt_software.h"

namespace san::target {
namespace {

// Software of which no more than the name is known: SCST scst_vdisk.c, FreeBSD sys/cam/ctl/ctl.h.
constexpr TargetSoftware kScst{.name = "SCST", .made = [](const iscsi::Inquiry& inquiry) {
                                 return inquiry.vendor.starts_with("SCST_");
                               }};
constexpr TargetSoftware kCtl{.name = "ctld (FreeBSD)", .made = [](const iscsi::Inquiry& inquiry) {
                                return inquiry.vendor == "FREEBSD" && inquiry.product.starts_with("CTL");
                              }};

constexpr const TargetSoftware* kAll[] = {&kTgt, &kLio, &kIstgt, &kScst, &kCtl};

}  // namespace

const TargetSoftware* find_software(const iscsi::Inquiry& inquiry) {
  for (const TargetSoftware* const software : kAll)
    if (software->made(inquiry)) return software;
  return nullptr;
}

FixedLun fixed_lun(const iscsi::Inquiry& inquiry, const std::vector<iscsi::Designator>& designators,
                   const std::string& target, std::uint16_t lun) {
  const TargetSoftware* const software = find_software(inquiry);
  const bool numbered = software != nullptr && software->number != nullptr;
  return {software, target, lun, numbered ? software->number(designators) : std::nullopt};
}

std::vector<std::string> driver_names() {
  std::vector<std::string> names;
  for (const TargetSoftware* const software : kAll)
    if (software->driver != nullptr) names.emplace_back(software->driver);
  return names;
}

std::unique_ptr<Driver> make_driver(const DriverOptions& options) {
  for (const TargetSoftware* const software : kAll)
    if (software->driver != nullptr && options.name == software->driver) return software->make(options);
  throw Error(Exit::usage, setting("driver") + " " + options.name, "there is no such driver",
              fmt::format("the drivers are: {}", fmt::join(driver_names(), ", ")));
}

}  // namespace san::target
