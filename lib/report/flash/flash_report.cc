// SPDX-License-Identifier: Apache-2.0
#include "report/flash/flash_report.h"

#include <nlohmann/json.hpp>

#include "flash/uefi/uefi_flash.h"
#include "report/flash/nvm_report.h"
#include "report/flash/uefi_report.h"

namespace san::report {

// An NVM or a variable store: there is no third kind of flash.

Printable flash_text(const flash::FlashDevice& device) {
  if (const auto* nvm = dynamic_cast<const flash::NvmFlash*>(&device))
    return nvm_text(nvm->name(), nvm->view());
  return uefi_text(dynamic_cast<const flash::UefiFlash&>(device).store());
}

Json flash_json(const flash::FlashDevice& device) {
  if (const auto* nvm = dynamic_cast<const flash::NvmFlash*>(&device))
    return nvm_json(nvm->name(), nvm->view());
  return uefi_json(dynamic_cast<const flash::UefiFlash&>(device).store());
}

}  // namespace san::report
