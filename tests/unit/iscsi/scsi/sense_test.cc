// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/sense.h"

#include <doctest/doctest.h>

#include "iscsi/hex.h"

using namespace san::iscsi;

namespace {

Sense sense_of(const char* digits) {
  const auto bytes = unhex(digits);
  return parse_sense(bytes);
}

Sense response_of(const char* digits) {
  const auto bytes = unhex(digits);
  return parse_response_sense(bytes);
}

Sense sense(SenseKey key, std::uint8_t asc, std::uint8_t ascq, bool deferred = false) {
  return {true, key, asc, ascq, deferred};
}

}  // namespace

TEST_CASE("fixed format (SPC-4, 4.5.3)") {
  CHECK(sense_of("70 00 06 00000000 0a 00000000 29 00 00 000000") ==
        sense(SenseKey::unit_attention, 0x29, 0));
  CHECK(sense_of("f0 00 03 00001234 0a 00000000 11 04 00 000000") == sense(SenseKey::medium_error, 0x11, 4));
  CHECK(sense_of("71 00 01 00000000 0a 00000000 17 01 00 000000") ==
        sense(SenseKey::recovered_error, 0x17, 1, true));
  // Filemark, EOM, ILI and SDAT_OVFL stand above the key.
  CHECK(sense_of("70 00 f5 00000000 0a 00000000 20 00").key == SenseKey::illegal_request);
}

TEST_CASE("fixed format that ends early") {
  CHECK_FALSE(sense_of("70 00").present);
  CHECK(sense_of("70 00 04") == sense(SenseKey::hardware_error, 0, 0));
  CHECK(sense_of("70 00 04 00000000 0a 00000000") == sense(SenseKey::hardware_error, 0, 0));
  CHECK(sense_of("70 00 04 00000000 0a 00000000 44") == sense(SenseKey::hardware_error, 0x44, 0));
  // By its additional length there are no codes; what stands there is something else.
  CHECK(sense_of("70 00 04 00000000 04 00000000 44 01") == sense(SenseKey::hardware_error, 0, 0));
}

TEST_CASE("descriptor format (SPC-4, 4.5.2)") {
  CHECK(sense_of("72 05 24 00 00 00 00 00") == sense(SenseKey::illegal_request, 0x24, 0));
  CHECK(sense_of("72 07 27 07") == sense(SenseKey::data_protect, 0x27, 7));
  CHECK(sense_of("73 03 0c 02 000000 00") == sense(SenseKey::medium_error, 0x0c, 2, true));
  CHECK_FALSE(sense_of("72 05 24").present);
}

TEST_CASE("what is no sense data") {
  CHECK_FALSE(sense_of("").present);
  CHECK_FALSE(sense_of("00 00 00 00 00 00 00 00 00 00 00 00 00 00").present);
  CHECK_FALSE(sense_of("7f 00 05 00000000 0a 00000000 20 00").present);
  CHECK_FALSE(sense_of("6f 05 24 00").present);
}

TEST_CASE("the data segment of a response") {
  CHECK(response_of("0012 70 00 05 00000000 0a 00000000 25 00 00 000000") ==
        sense(SenseKey::illegal_request, 0x25, 0));
  CHECK(response_of("ffff 72 05 24 00") == sense(SenseKey::illegal_request, 0x24, 0));
  // Response data may follow the sense data: not sense data.
  CHECK(response_of("0003 70 00 04 00000000 0a 00000000 44 01") == sense(SenseKey::hardware_error, 0, 0));
  CHECK_FALSE(response_of("0000 72 05 24 00").present);
  CHECK_FALSE(response_of("").present);
  CHECK_FALSE(response_of("00").present);
  for_each_prefix(unhex("0012 70 00 05 00000000 0a 00000000 25 00 00 000000"),
                  [](auto bytes) { parse_response_sense(bytes); });
}

TEST_CASE("in words") {
  CHECK(describe(sense(SenseKey::data_protect, 0x27, 0)) == "the LUN is write protected (sense 7/27/00)");
  CHECK(describe(sense(SenseKey::data_protect, 0x27, 7)) ==
        "the pool behind the LUN is full (sense 7/27/07)");
  CHECK(describe(sense(SenseKey::medium_error, 0x11, 0x0b)) == "an unrecovered read error (sense 3/11/0B)");
  CHECK(describe(sense(SenseKey::not_ready, 0x04, 0x01)) == "the LUN is becoming ready (sense 2/04/01)");
  CHECK(describe(sense(SenseKey::not_ready, 0x04, 0x55)) == "the LUN is not ready (sense 2/04/55)");
  CHECK(describe(sense(SenseKey::hardware_error, 0x99, 0)) == "a hardware error (sense 4/99/00)");
  CHECK(describe(sense(SenseKey::completed, 0x99, 0)) == "an error (sense F/99/00)");
  CHECK(describe(sense(SenseKey::medium_error, 0x0c, 2, true)) ==
        "a write error of an earlier command (sense 3/0C/02)");
  CHECK(describe(Sense{}) == "the target gave no reason (CHECK CONDITION without sense data)");
}
