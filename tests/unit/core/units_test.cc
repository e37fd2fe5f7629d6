// SPDX-License-Identifier: Apache-2.0
#include "core/units.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/error.h"

using namespace san;

namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

/// The exit code and the text of what parse_size throws; "" where it does not.
std::string refusal(std::string_view text) {
  try {
    parse_size(text, "--block");
  } catch (const Error& error) {
    CHECK(error.code() == Exit::usage);
    CHECK(error.object() == "--block");
    CHECK_FALSE(error.hint().empty());
    return error.cause();
  }
  return {};
}

}  // namespace

TEST_CASE("parse_size takes numbers and powers of 1024") {
  CHECK(parse_size("0", "x") == 0);
  CHECK(parse_size("512", "x") == 512);
  CHECK(parse_size("512B", "x") == 512);
  CHECK(parse_size("4K", "x") == 4096);
  CHECK(parse_size("4k", "x") == 4096);
  CHECK(parse_size("4KB", "x") == 4096);
  CHECK(parse_size("4KiB", "x") == 4096);
  CHECK(parse_size("1M", "x") == MiB);
  CHECK(parse_size("40G", "x") == 40 * GiB);
  CHECK(parse_size("2TiB", "x") == 2 * TiB);
  CHECK(parse_size("1P", "x") == 1024 * TiB);
  CHECK(parse_size("15E", "x") == 15 * 1024 * 1024 * TiB);
  CHECK(parse_size("007", "x") == 7);
}

TEST_CASE("parse_size takes fractions that are whole bytes") {
  CHECK(parse_size("1.5G", "x") == GiB + GiB / 2);
  CHECK(parse_size("0.5K", "x") == 512);
  CHECK(parse_size("1.0", "x") == 1);
  CHECK(parse_size("1.25M", "x") == MiB + MiB / 4);
  CHECK(refusal("1.5") == "\"1.5\" is not a whole number of bytes");
  CHECK(refusal("0.3K") == "\"0.3K\" is not a whole number of bytes");
}

TEST_CASE("parse_size goes to the last byte of 64 bits and not beyond") {
  CHECK(parse_size("18446744073709551615", "x") == kMax);
  CHECK(refusal("18446744073709551616") == "\"18446744073709551616\" is too large a number");
  CHECK(refusal("16E") == "\"16E\" is too large a number");
  CHECK(refusal("99999999999999999999999999999999999999999999") != "");
  CHECK(refusal("340282366920938463463374607431768211457") != "");  // 2^128 + 1
  CHECK(refusal("1.00000000000000000000000000001K") != "");
}

TEST_CASE("parse_size refuses what is no size") {
  for (const char* text :
       {"",    "K",   "B",   ".",   ".5K",  "5.",  "5.K", "1.5.5", "-1",   "+1",   " 4K", "4K ",
        "4 K", "4KK", "4Ki", "4Kb", "0x10", "1e3", "4b",  "ten",   "4K\n", "1,5G", "4Z"})
    CHECK_MESSAGE(refusal(text) != "", text);
  CHECK(refusal(std::string_view("4\0", 2)) != "");
}

TEST_CASE("format_size has one decimal and the largest unit") {
  CHECK(format_size(0) == "0 B");
  CHECK(format_size(1023) == "1023 B");
  CHECK(format_size(1024) == "1.0 KiB");
  CHECK(format_size(1536) == "1.5 KiB");
  CHECK(format_size(40 * GiB) == "40.0 GiB");
  CHECK(format_size(MiB - 1) == "1.0 MiB");
  CHECK(format_size(1023 * KiB) == "1023.0 KiB");
  CHECK(format_size(1023 * MiB + 921 * KiB) == "1023.9 MiB");
  CHECK(format_size(kMax) == "16.0 EiB");
}

TEST_CASE("format_size_exact gives the bytes where rounding hides some") {
  CHECK(format_size_exact(1000) == "1000 B");
  CHECK(format_size_exact(GiB) == "1.0 GiB");
  CHECK(format_size_exact(GiB + 512) == "1.0 GiB (1073742336 bytes)");
  // One tenth of a GiB is no whole number of bytes.
  CHECK(format_size_exact(1400000000) == "1.3 GiB (1400000000 bytes)");
  CHECK(format_size_exact(5 * MiB / 2) == "2.5 MiB");
  CHECK(format_size_exact(kMax) == "16.0 EiB (18446744073709551615 bytes)");
}

TEST_CASE("format_rate and format_seconds stand any number") {
  CHECK(format_rate(0) == "0 B/s");
  CHECK(format_rate(-3) == "0 B/s");
  CHECK(format_rate(412.3 * 1024 * 1024) == "412.3 MiB/s");
  CHECK(format_rate(1e300) == "8.0 EiB/s");
  CHECK(format_seconds(-0.2) == "0.0 s");
  CHECK(format_seconds(0.44) == "0.4 s");
  CHECK(format_seconds(9.94) == "9.9 s");
  CHECK(format_seconds(9.96) == "10 s");
  CHECK(format_seconds(59.4) == "59 s");
  CHECK(format_seconds(59.6) == "1:00");
  CHECK(format_seconds(185) == "3:05");
  CHECK(format_seconds(3729) == "1:02:09");
  CHECK(format_seconds(3599.7) == "1:00:00");
  CHECK(format_seconds(1e300) != "");
  CHECK(format_seconds(std::numeric_limits<double>::quiet_NaN()) == "0.0 s");
}

TEST_CASE("rounding to units") {
  CHECK(round_up(0, 512) == 0);
  CHECK(round_up(1, 512) == 512);
  CHECK(round_up(512, 512) == 512);
  CHECK(round_up(513, 512) == 1024);
  CHECK(round_down(1023, 512) == 512);
  CHECK(round_down(511, 512) == 0);
}
