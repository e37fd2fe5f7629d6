// SPDX-License-Identifier: Apache-2.0
#include "target/advice/target_kind.h"

namespace san::iscsi {

TargetKind target_kind(const Inquiry& inquiry) {
  // Sources of the names: tgt usr/spc.c, istgt src/istgt_lu.h, Linux drivers/target/target_core_base.h, SCST
  // scst_vdisk.c, FreeBSD sys/cam/ctl/ctl.h.
  if (inquiry.vendor == "IET") return TargetKind::tgt;
  if (inquiry.vendor == "FreeBSD" && inquiry.product == "iSCSI DISK") return TargetKind::istgt;
  if (inquiry.vendor == "LIO-ORG") return TargetKind::lio;
  if (inquiry.vendor.starts_with("SCST_")) return TargetKind::scst;
  if (inquiry.vendor == "FREEBSD" && inquiry.product.starts_with("CTL")) return TargetKind::ctl;
  return TargetKind::unknown;
}

const char* target_kind_name(TargetKind kind) {
  switch (kind) {
    case TargetKind::tgt:
      return "tgt";
    case TargetKind::istgt:
      return "istgt";
    case TargetKind::lio:
      return "LIO (Linux kernel)";
    case TargetKind::scst:
      return "SCST";
    case TargetKind::ctl:
      return "ctld (FreeBSD)";
    case TargetKind::unknown:
      return nullptr;
  }
  return nullptr;
}

}  // namespace san::iscsi
