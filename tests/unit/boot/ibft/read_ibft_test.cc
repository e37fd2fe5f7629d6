// SPDX-License-Identifier: Apache-2.0
#include "boot/ibft/read_ibft.h"

#include <doctest/doctest.h>

#include <numeric>

#include "boot/export/exports.h"
#include "boot/profile/root_path.h"
#include "boot/static_profile.h"

using namespace san;
using namespace san::boot;

namespace {

BootProfile plan() {
  BootProfile p = static_profile();
  p.vlan = 100;
  p.portals.push_back({"2001:db8::1", 3260});
  p.lun = 300;
  return p;
}

// What this writes has been shown to be what Linux reads (tests/boot/ibft_export.sh).
std::vector<std::byte> table() {
  return ibft(plan(), {"", "host1", "hostsecret1234", "disk1", "disksecret12345"});
}

/// Sets the checksum right again, so that one fault stands alone.
std::vector<std::byte> sealed(std::vector<std::byte> bytes) {
  bytes[9] = std::byte{0};
  const unsigned sum = std::accumulate(bytes.begin(), bytes.end(), 0U, [](unsigned all, std::byte b) {
    return all + std::to_integer<unsigned>(b);
  });
  bytes[9] = static_cast<std::byte>(-sum);
  return bytes;
}

std::string faults(const std::vector<std::byte>& bytes) {
  const auto read = read_ibft(bytes);
  REQUIRE(read);
  std::string out;
  for (const std::string& fault : read->faults) out += (out.empty() ? "" : "; ") + fault;
  return (read->ignored ? "ignored: " : "") + out;
}

}  // namespace

TEST_CASE("read_ibft reads what ibft() writes") {
  const auto read = read_ibft(table());
  REQUIRE(read);
  CHECK(read->faults.empty());
  CHECK_FALSE(read->ignored);
  CHECK(read->oem == "SANBT");
  CHECK(read->oem_table == "SANBOOT");
  REQUIRE(read->initiator);
  CHECK(read->initiator->name == "iqn.2026-11.org.example:host1");
  REQUIRE(read->nics.size() == 1);
  const IbftNic& nic = read->nics[0];
  CHECK(nic.mac == "52:54:00:12:ab:56");
  CHECK(to_string(nic.address.value()) == "10.0.2.15");
  CHECK(to_string(nic.gateway.value()) == "10.0.2.2");
  CHECK_FALSE(nic.dhcp);
  CHECK(nic.prefix == 20);
  CHECK(nic.origin == 1);
  CHECK(nic.vlan == 100);
  CHECK(nic.host == "host1");
  CHECK(nic.selected());
  REQUIRE(read->targets.size() == 2);
  const IbftTarget& target = read->targets[0];
  CHECK(to_string(target.address.value()) == "10.0.2.3");
  CHECK(target.port == 13260);
  CHECK(target.lun == wire_lun(300));
  CHECK(target.chap == 2);
  CHECK(target.name == "iqn.2026-11.org.example:golden");
  CHECK(target.user == "host1");
  CHECK(target.secret_length == 14);
  CHECK(target.reverse_user == "disk1");
  CHECK(target.reverse_secret_length == 15);
  CHECK(to_string(read->targets[1].address.value()) == "2001:db8::1");
}

TEST_CASE("read_ibft: what makes Linux ignore the whole table") {
  auto bytes = table();
  bytes[20] ^= std::byte{1};
  CHECK(faults(bytes) == "ignored: its checksum is wrong");
  bytes = table();
  bytes[8] = std::byte{2};
  CHECK(faults(sealed(bytes)) == "ignored: its revision is 2, not 1");
  bytes = table();
  bytes[50] = std::byte{22};  // of more than two targets
  CHECK(faults(sealed(bytes)) ==
        "ignored: its control structure has 22 bytes, not 18: more than two targets, perhaps");
  bytes = table();
  bytes[52] = std::byte{1};
  CHECK(faults(sealed(bytes)) == "ignored: its control structure has an index other than 0");
  bytes = table();
  bytes.resize(60);
  CHECK(faults(bytes).starts_with("ignored: it is "));
}

TEST_CASE("read_ibft: structures that Linux leaves out") {
  auto bytes = table();
  bytes[48 + 12] = std::byte{0xFF};
  bytes[48 + 13] = std::byte{0xFF};
  CHECK(faults(sealed(bytes)) == "the target at 65535 is not inside the table");
  CHECK(read_ibft(sealed(bytes))->targets.size() == 1);
  bytes = table();
  const auto nic = std::to_integer<std::size_t>(bytes[48 + 10]);
  bytes[nic + 2] = std::byte{100};
  CHECK(faults(sealed(bytes)) == "the NIC at " + std::to_string(nic) + " has 100 bytes, not 102");
  CHECK(read_ibft(sealed(bytes))->nics.empty());
  bytes = table();
  bytes[nic + 5] = std::byte{0};  // not valid
  CHECK(read_ibft(sealed(bytes))->nics.empty());
}

TEST_CASE("read_ibft: bytes that are no table, and a table that is followed by others") {
  CHECK_FALSE(read_ibft({}));
  CHECK_FALSE(read_ibft(std::vector<std::byte>(200)));
  auto bytes = table();
  bytes.resize(bytes.size() + 100, std::byte{7});
  CHECK(faults(bytes).empty());
  // Every shorter one is read without a fault of this program.
  for (std::size_t length = 0; length < table().size(); ++length) {
    auto part = table();
    part.resize(length);
    if (const auto read = read_ibft(part)) CHECK(read->ignored);
  }
}
