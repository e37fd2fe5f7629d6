// SPDX-License-Identifier: Apache-2.0
#include "iscsiutl_arguments.h"

#include "block/device_checks.h"
#include "core/error.h"

using namespace san;

namespace {

using Words = std::vector<std::string>;
const Words kNics = {"enp1s0", "enp2s0f0", "enp2s0f1"};

std::vector<Words> work_of(const Words& arguments) {
  return parse_iscsiutl_arguments(arguments, kNics).work;
}

std::string cause_of(const Words& arguments) {
  const auto error = error_of([&] { parse_iscsiutl_arguments(arguments, kNics); });
  REQUIRE(error);
  CHECK(error->code() == san::Exit::usage);
  return error->what();
}

}  // namespace

TEST_CASE("the commands of the classic road") {
  CHECK(work_of({"-nic=1", "-bootpriority=primary"}) ==
        std::vector<Words>{{"priority", "nic:enp1s0", "primary"}});
  CHECK(work_of({"-nic=2", "-bootpriority=disabled"}) ==
        std::vector<Words>{{"priority", "nic:enp2s0f0", "disabled"}});
  CHECK(work_of({"-all", "-flashenable"}) == std::vector<Words>{{"rom", "enable", "all"}});
  const auto up = parse_iscsiutl_arguments({"-all", "-up", "-file=new.rom"}, kNics);
  CHECK(up.work.empty());
  CHECK(up.update == kNics);
  CHECK(up.file == "new.rom");
  CHECK(parse_iscsiutl_arguments({"-NIC=3", "-UP"}, kNics).update == Words{"enp2s0f1"});
}

TEST_CASE("letters of either size, values behind a space, several commands, sanflash's own options") {
  CHECK(work_of({"-NIC", "3", "-FE", "-BootPriority", "SECONDARY", "--dry-run", "-DefCfg"}) ==
        std::vector<Words>{{"rom", "enable", "nic:enp2s0f1", "--dry-run"},
                           {"priority", "nic:enp2s0f1", "secondary", "--dry-run"},
                           {"reset", "nic:enp2s0f1", "--dry-run"}});
  CHECK(work_of({"-all", "-fd", "--unverified"}) ==
        std::vector<Words>{{"rom", "disable", "all", "--unverified"}});
}

TEST_CASE("without a command the NICs are listed") {
  CHECK(work_of({}) == std::vector<Words>{{"list"}});
  CHECK(work_of({"-all", "--json"}) == std::vector<Words>{{"list", "--json"}});
  CHECK(parse_iscsiutl_arguments({"--help"}, {}).help);
  CHECK(parse_iscsiutl_arguments({"-h"}, {}).help);
  CHECK(parse_iscsiutl_arguments({"--version"}, {}).version);
}

TEST_CASE("what is no command is said") {
  CHECK(contains(cause_of({"-al", "-up"}), "did you mean -all?"));
  CHECK(contains(cause_of({"-nic=1", "-bootpriorty=primary"}), "did you mean -bootpriority?"));
  CHECK(contains(cause_of({"-saveimage"}), "see iscsiutl --help"));
  CHECK(contains(cause_of({"-nic=4", "-fe"}), "this machine has 3 NICs"));
  CHECK(contains(cause_of({"-nic=0", "-fe"}), "not the number of a NIC"));
  CHECK(contains(cause_of({"-nic=1x", "-fe"}), "not the number of a NIC"));
  CHECK(contains(cause_of({"-nic=", "-fe"}), "has no value"));
  CHECK(contains(cause_of({"-nic=1", "-bootpriority"}), "has no value"));
  CHECK(contains(cause_of({"-up"}), "give either -all or -nic=N"));
  CHECK(contains(cause_of({"-all", "-nic=1", "-up"}), "give either -all or -nic=N"));
  CHECK(contains(cause_of({"-all", "-file=x"}), "no command is given"));
  CHECK(contains(cause_of({"up"}), "is not an option"));
  CHECK(contains(cause_of({"-"}), "is not an option"));
}
