// SPDX-License-Identifier: Apache-2.0
// Sense data, bare and as the data segment of a SCSI Response.
#include <cstdlib>
#include <vector>

#include "iscsi/connection/retry.h"
#include "iscsi/scsi/sense.h"

namespace {

void try_sense(const san::iscsi::Sense& sense) {
  san::iscsi::Answer answer;
  answer.status = san::iscsi::CommandStatus::check_condition;
  answer.sense = sense;
  const bool fails = judge(answer) == san::iscsi::Action::fail;
  if ((!sense.present && !fails) || static_cast<unsigned>(sense.key) > 0xF || describe(sense).empty())
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  try_sense(san::iscsi::parse_sense(input));
  try_sense(san::iscsi::parse_response_sense(input));
  return 0;
}
