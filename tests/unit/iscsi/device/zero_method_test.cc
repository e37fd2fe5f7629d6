// SPDX-License-Identifier: Apache-2.0
#include "iscsi/device/zero_method.h"

#include <doctest/doctest.h>

#include "core/units.h"

using namespace san;
using namespace san::iscsi;
using namespace std::chrono_literals;
using Choice = ZeroMethod::Choice;

TEST_CASE("one trial of WRITE SAME, then the faster way") {
  ZeroMethod method;
  CHECK(method.choose(MiB) == Choice::write_same);
  // Until it is known what came of it: data.
  CHECK(method.choose(MiB) == Choice::data);
  method.measured_write_same(MiB, 10ms);
  CHECK(method.choose(MiB) == Choice::data);  // not known yet how fast data are
  method.measured_write(MiB, 20ms);
  CHECK(method.choose(MiB) == Choice::write_same);
  // Data become faster: it takes a few to be believed.
  int writes = 0;
  while (method.choose(MiB) == Choice::write_same && writes < 100) {
    method.measured_write(MiB, 1ms);
    ++writes;
  }
  CHECK(writes > 1);
  CHECK(writes < 20);
  for (int i = 0; i < 20; ++i) method.measured_write_same(MiB, 100us);
  CHECK(method.choose(MiB) == Choice::write_same);
}

TEST_CASE("what is short is data and is not measured") {
  ZeroMethod method;
  CHECK(method.choose(256 * KiB - 1) == Choice::data);
  CHECK(method.choose(256 * KiB) == Choice::write_same);
  method.measured_write_same(MiB, 1ms);
  method.measured_write(4096, 1h);
  CHECK(method.choose(MiB) == Choice::data);  // still no measure of data
  method.measured_write(MiB, 2ms);
  CHECK(method.choose(MiB) == Choice::write_same);
  CHECK(method.choose(4096) == Choice::data);
}

TEST_CASE("what was refused once is never tried again") {
  ZeroMethod method;
  CHECK(method.choose(MiB) == Choice::write_same);
  method.write_same_refused();
  method.measured_write_same(MiB, 1ns);
  method.measured_write(MiB, 1h);
  CHECK(method.choose(MiB) == Choice::data);
}
