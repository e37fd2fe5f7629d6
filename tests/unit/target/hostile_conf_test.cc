// SPDX-License-Identifier: Apache-2.0
// Nasty strings in every field of TARGET.conf and saveconfig.json: the same structure, or refused.
#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.h"
#include "nasty_strings.h"
#include "target/fake_configfs.h"
#include "target/lio/lio_driver.h"
#include "target/lio/lio_saveconfig.h"
#include "target/lio/lio_tree.h"
#include "target/tgt/tgt_conf.h"
#include "temp_dir.h"
#include "trapped_shell.h"

using namespace san;
using namespace san::target;

namespace {

const std::string kTarget = "iqn.2026-11.org.example:disks";
const std::string kHost = "iqn.2026-11.org.example:host1";

struct Tgt {
  TgtTarget state;
  std::map<std::string, std::string> parameters{{"MaxBurstLength", "1048576"}};
  AccessRule access{{kHost}, {{"host1", "secretsecret1"}}, {{"disk1", "secretsecret2"}}};
  Tgt() {
    state.tid = 17;
    state.name = kTarget;
    state.luns = {{1, "disk", "/nowhere/host1.img", "x", 67, 512, true, false}};
    state.acl = {kHost};
  }
};

using Change = void (*)(Tgt&, const std::string&);
constexpr std::array<Change, 8> kChanges{
    [](Tgt& tgt, const std::string& text) { tgt.state.name = text; },
    [](Tgt& tgt, const std::string& text) { tgt.state.luns[0].path = "/" + text; },
    [](Tgt& tgt, const std::string& text) { tgt.state.acl[0] = text; },
    [](Tgt& tgt, const std::string& text) { tgt.access.incoming[0].user = text; },
    [](Tgt& tgt, const std::string& text) { tgt.access.incoming[0].secret = text; },
    [](Tgt& tgt, const std::string& text) { tgt.access.outgoing[0].user = text; },
    [](Tgt& tgt, const std::string& text) { tgt.access.outgoing[0].secret = text; },
    [](Tgt& tgt, const std::string& text) { tgt.parameters["MaxBurstLength"] = text; },
};

/// The first word of each line, which is what Config::General takes for an option or a block.
std::string keys_of(const std::string& conf) {
  std::istringstream lines(conf);
  std::string out;
  for (std::string line, key; std::getline(lines, line); out += key + "\n") {
    std::istringstream words(line);
    key.clear();
    words >> key;
    if (key == "initiator-name") key = "initiator-address";
  }
  return out;
}

}  // namespace

TEST_CASE("tgt_conf_text: the same lines whatever a name says, in words that no shell divides") {
  const TrappedShell shell;
  const std::string usual = keys_of(tgt_conf_text(Tgt().state, Tgt().parameters, Tgt().access));
  std::size_t carried = 0, refused = 0;
  for (const std::string& text : nasty_strings())
    for (std::size_t i = 0; i < kChanges.size(); ++i) {
      CAPTURE(text.substr(0, 80));
      CAPTURE(i);
      Tgt tgt;
      kChanges[i](tgt, text);
      std::string conf;
      try {
        conf = tgt_conf_text(tgt.state, tgt.parameters, tgt.access);
      } catch (const Error& error) {
        CHECK(error.code() == Exit::usage);
        if ((i == 4 || i == 6) && text.size() > 3)
          CHECK(std::string(error.what()).find(text) == std::string::npos);
        ++refused;
        continue;
      }
      ++carried;
      CHECK(keys_of(conf) == usual);
      const TgtConf again = parse_tgt_conf(conf);
      CHECK(again.target == tgt.state.name);
      CHECK(again.access.incoming == tgt.access.incoming);
      CHECK(again.access.outgoing == tgt.access.outgoing);
      // tgt-admin pastes the values into command lines.
      std::string command = "program";
      std::istringstream words(conf.substr(conf.find('\n') + 1));
      for (std::string word; words >> word;)
        if (word.find_first_of("<>") == std::string::npos) command += " " + word;
      const auto run = shell.run(command + "\n", "");
      CHECK(shell.unharmed(run));
      CHECK(run.called("program"));
      CHECK(run.calls.size() == 1);
    }
  CHECK(carried > 10);
  CHECK(refused > 5 * nasty_strings().size());
  MESSAGE(nasty_strings().size() << " strings in " << kChanges.size() << " fields: " << carried
                                 << " carried, " << refused << " refused");
}

TEST_CASE("saveconfig.json: an object that says what was given, or nothing is written") {
  std::size_t carried = 0, refused = 0;
  for (const std::string& text : nasty_strings())
    for (int field = 0; field < 6; ++field) {
      if (field == 0 && !is_file_name(text)) continue;
      CAPTURE(text.substr(0, 80));
      CAPTURE(field);
      const TempDir dir(TempDir::Where::memory);
      const std::string image = dir / (field == 0 ? text : "host1.img");
      dir.text_file(field == 0 ? text : "host1.img", std::string(4096, 'x'));
      const std::string path = dir / "saveconfig.json";
      auto fake = std::make_unique<FakeConfigfs>(dir / "configfs");
      FakeConfigfs& configfs = *fake;
      LioDriver driver(std::move(fake), path, iscsi::Portal{"::", 3260});
      const std::string target = field == 1 ? text : kTarget;
      AccessRule access{
          {field == 2 ? text : kHost}, {{"host1", "secret-of-host1"}}, {{"disks", "secret-of-disks"}}};
      if (field == 3) access.incoming[0].user = text;
      if (field == 4) access.incoming[0].secret = text;
      if (field == 5) access.outgoing[0].user = text;
      try {
        driver.require();
        driver.create_target(target);
        driver.attach(target, 2, {image});
        driver.allow(target, access);
        const Backstore store = backstores(configfs).front();
        configfs.put(store.path + "/info", "File: " + image + "  Size: 4096  Mode:");
        driver.persist(target, access);
      } catch (const Error&) {
        CHECK_FALSE(std::filesystem::exists(path));
        ++refused;
        continue;
      }
      ++carried;
      std::ifstream in(path, std::ios::binary);
      const std::string file{std::istreambuf_iterator<char>(in), {}};
      Json config = parse_saveconfig(std::as_bytes(std::span(file)), path);
      CHECK(config.size() == 2);
      REQUIRE(config["storage_objects"].size() == 1);
      REQUIRE(config["targets"].size() == 1);
      CHECK(config["storage_objects"][0]["dev"] == image);
      Json& acl = config["targets"][0]["tpgs"][0]["node_acls"][0];
      CHECK(config["targets"][0]["wwn"] == target);
      CHECK(acl["node_wwn"] == access.initiators[0]);
      const std::string name = config["storage_objects"][0]["name"];
      CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
            std::string::npos);
      if (field == 4 && !text.empty() && text.find_first_of(std::string("\n\r \t\0", 5)) == std::string::npos)
        CHECK(acl["chap_password"] == text);
    }
  CHECK(carried > nasty_strings().size());
  CHECK(refused > nasty_strings().size());
  MESSAGE(nasty_strings().size() << " strings: " << carried << " carried, " << refused << " refused");
}
