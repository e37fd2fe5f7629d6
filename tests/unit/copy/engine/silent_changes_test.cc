// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/silent_changes.h"

#include <doctest/doctest.h>

using namespace san;
using namespace san::copy;

namespace {

/// Two file systems with a place each that every mount changes, and a part without one.
DeltaDecision decision() {
  DeltaDecision one;
  one.by_evidence = true;
  one.parts = {{"outside of partitions", {0, 100}, true, "", {}},
               {"partition 1", {100, 100}, false, "", {{100, 10}}},
               {"partition 2", {200, 100}, true, "", {{200, 10}, {250, 10}}}};
  return one;
}

}  // namespace

TEST_CASE("nothing changed, or only what shows") {
  SilentChanges nothing(decision(), false);
  CHECK(!nothing.possible());
  SilentChanges shows(decision(), false);
  shows.changed(150, 10);
  CHECK(shows.possible());
  shows.changed(105, 10);
  CHECK(!shows.possible());
  shows.changed(50, 10);  // outside: always read back
  CHECK(!shows.possible());
  shows.changed(220, 10);
  CHECK(shows.possible());
  shows.changed(240, 20);
  CHECK(!shows.possible());
}

TEST_CASE("an earlier silent change is over when all the places have changed") {
  SilentChanges changes(decision(), true);
  CHECK(changes.possible());
  changes.changed(100, 1);
  CHECK(changes.possible());
  changes.changed(255, 1);
  CHECK(!changes.possible());
}

TEST_CASE("who did not look for the places does not know") {
  SilentChanges changes(DeltaDecision(), false);
  CHECK(changes.possible());
}
