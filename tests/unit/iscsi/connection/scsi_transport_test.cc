// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/scsi_transport.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace san::iscsi;

namespace {

/// Fills the buffer, and says how much of it did not come.
class Fixed final : public ScsiTransport {
 public:
  Answer answer{CommandStatus::good, {}, 0, 0};
  SendPolicy policy;

  const std::string& name() const override { return name_; }
  Answer send(const std::string&, const Cdb&, Direction, std::span<std::byte> data,
              const SendPolicy& given) override {
    std::fill(data.begin(), data.end(), std::byte{7});
    policy = given;
    return answer;
  }

 private:
  const std::string name_ = "lun";
};

}  // namespace

TEST_CASE("of what was asked for only what arrived is given back") {
  Fixed lun;
  const auto bytes = [&lun] { return receive(lun, "INQUIRY", inquiry(36), 36).bytes.size(); };
  CHECK(bytes() == 36);
  lun.answer.missing = 30;
  CHECK(bytes() == 6);
  lun.answer.missing = 37;
  CHECK(bytes() == 0);
  lun.answer.missing = 0;
  // A recovered error is a success.
  lun.answer.status = CommandStatus::check_condition;
  lun.answer.sense = {true, SenseKey::recovered_error, 0x17, 0, false};
  CHECK(bytes() == 36);
  lun.answer.sense.key = SenseKey::illegal_request;
  CHECK(bytes() == 0);
  for (const CommandStatus none : {CommandStatus::lost, CommandStatus::silent, CommandStatus::busy,
                                   CommandStatus::reservation_conflict}) {
    lun.answer.status = none;
    CHECK(bytes() == 0);
  }
}

TEST_CASE("a command is sent again over a lost session only if its sender says so") {
  Fixed lun;
  receive(lun, "INQUIRY", inquiry(36), 36);
  CHECK_FALSE(lun.policy.resend);
  receive(lun, "INQUIRY", inquiry(36), 36, {std::chrono::milliseconds(5), true});
  CHECK(lun.policy.resend);
  CHECK(lun.policy.timeout.count() == 5);
  lun.note_problem("INQUIRY", "not kept");
}
