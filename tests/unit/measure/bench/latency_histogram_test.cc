// SPDX-License-Identifier: Apache-2.0
#include "measure/bench/latency_histogram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace san {

using namespace san::measure;
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST_CASE("an empty histogram knows nothing") {
  const LatencyHistogram histogram;
  CHECK(histogram.count() == 0);
  CHECK_FALSE(histogram.least());
  CHECK_FALSE(histogram.most());
  CHECK_FALSE(histogram.percentile(50, 100));
}

TEST_CASE("a percentile needs values beyond it") {
  LatencyHistogram histogram;
  for (int i = 0; i < 99; ++i) histogram.add(microseconds(i));
  CHECK(histogram.percentile(50, 100));
  CHECK(histogram.percentile(90, 100));
  CHECK_FALSE(histogram.percentile(99, 100));
  histogram.add(microseconds(99));
  CHECK(histogram.percentile(99, 100));
  CHECK_FALSE(histogram.percentile(999, 1000));
}

TEST_CASE("percentiles are those of the sorted values, at most 1/32 too long, and never too short") {
  std::mt19937_64 random(1);
  for (const double scale : {1.0, 50.0, 3'000.0, 5e6}) {
    LatencyHistogram histogram;
    std::vector<nanoseconds> values;
    std::lognormal_distribution<double> distribution(1, 1.5);
    for (int i = 0; i < 20'000; ++i) {
      values.emplace_back(static_cast<std::int64_t>(distribution(random) * scale * 1000));
      histogram.add(values.back());
    }
    std::sort(values.begin(), values.end());
    CHECK(*histogram.least() == values.front());
    CHECK(*histogram.most() == values.back());
    for (const std::uint64_t parts : {1U, 500U, 900U, 990U, 999U}) {
      const nanoseconds exact = values[(values.size() * parts + 999) / 1000 - 1];
      const nanoseconds got = *histogram.percentile(parts, 1000);
      CAPTURE(scale);
      CAPTURE(parts);
      if (exact > hours(1)) continue;
      CHECK(got >= exact);
      CHECK(got <= exact + exact / 32 + microseconds(1));
    }
  }
}

TEST_CASE("what is beyond an hour counts as an hour; the extreme is exact") {
  LatencyHistogram histogram;
  histogram.add(hours(5));
  histogram.add(nanoseconds(-3));
  CHECK(histogram.count() == 2);
  CHECK(*histogram.most() == hours(5));
  CHECK(*histogram.least() == nanoseconds(0));
  CHECK(*histogram.percentile(50, 100) == microseconds(1));
}

TEST_CASE("two histograms are one") {
  LatencyHistogram all, a, b;
  for (int i = 1; i < 1000; ++i) {
    const microseconds value(i * i);
    all.add(value);
    (i % 3 == 0 ? a : b).add(value);
  }
  a.add(b);
  CHECK(a.count() == all.count());
  for (const std::uint64_t parts : {100U, 500U, 990U})
    CHECK(a.percentile(parts, 1000) == all.percentile(parts, 1000));
  CHECK(a.least() == all.least());
  CHECK(a.most() == all.most());
}

}  // namespace
}  // namespace san
