// SPDX-License-Identifier: Apache-2.0
#include "target/advice/target_kind.h"

#include <doctest/doctest.h>

using namespace san::iscsi;

TEST_CASE("Target software by the names of its LUNs") {
  const auto kind = [](const char* vendor, const char* product) {
    Inquiry inquiry;
    inquiry.vendor = vendor;
    inquiry.product = product;
    return target_kind(inquiry);
  };
  CHECK(kind("IET", "VIRTUAL-DISK") == TargetKind::tgt);
  CHECK(kind("FreeBSD", "iSCSI DISK") == TargetKind::istgt);
  CHECK(kind("LIO-ORG", "disk1") == TargetKind::lio);
  CHECK(kind("SCST_FIO", "disk1") == TargetKind::scst);
  CHECK(kind("FREEBSD", "CTLDISK") == TargetKind::ctl);
  CHECK(kind("FreeBSD", "other") == TargetKind::unknown);
  CHECK(kind("", "") == TargetKind::unknown);
  CHECK(target_kind_name(TargetKind::unknown) == nullptr);
}
