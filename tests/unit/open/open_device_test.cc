// SPDX-License-Identifier: Apache-2.0
#include "open/open_device.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "core/units.h"
#include "temp_dir.h"

using namespace san;

namespace {

/// A path in the directory; with a size, of a file of that size.
std::string path_in(const TempDir& directory, const std::string& name,
                    std::optional<std::uint64_t> size = std::nullopt) {
  return size ? directory.sparse_file(name, *size) : directory / name;
}

/// Opens a device argument to be written; `size` is that of a new file.
std::unique_ptr<Device> open_writable(const std::string& argument,
                                      std::optional<std::uint64_t> size = std::nullopt) {
  OpenOptions options;
  options.create_size = size;
  return open_for_writing(argument, options);
}

/// Calls `open`, and returns the error that it throws.
template <typename Open>
Error error_of(const std::string& argument, Open&& open) {
  try {
    open();
  } catch (const Error& error) {
    return error;
  }
  FAIL("was opened: " << argument);
  return {Exit::ok, "", ""};
}

Error refusal(const std::string& argument) {
  return error_of(argument, [&] { open_for_reading(argument, {}); });
}

Error refusal_to_write(const std::string& argument, std::optional<std::uint64_t> size = std::nullopt) {
  return error_of(argument, [&] { open_writable(argument, size); });
}

}  // namespace

TEST_CASE("what is written like a URL") {
  for (const char* url :
       {"iscsi://host/iqn.x:y/0", "ISCSI://host", "nbd+unix:///x?socket=y", "http://", "a.b-c+1://x"})
    CHECK(is_any_url(url));
  for (const char* path :
       {"", "/dev/sda", "://x", "image", "a:b", "./iscsi://x", "a/b://c", "image of://x", "iscsi:/x"})
    CHECK(!is_any_url(path));
}

TEST_CASE("a URL of an unknown kind is a wrong argument, not a missing file or one to be made") {
  for (const char* url : {"ftp://host/disk", "SMB://host/disk", "file:///dev/sda"}) {
    const Error error = refusal_to_write(url, MiB);
    CHECK(error.code() == Exit::usage);
    CHECK(error.object() == url);
    CHECK(error.hint() ==
          "a device is a path, iscsi://HOST[:PORT]/TARGET-NAME/LUN, profile:FILE or nbd://HOST[:PORT]/NAME");
  }
  CHECK(refusal("ftp://host/disk").cause() == "no devices of the kind ftp:// are known");
}

TEST_CASE("a wrong iSCSI URL is told before anything is asked of the network") {
  for (const char* url :
       {"iscsi://", "iscsi://host", "iscsi://host/iqn.2026-11.org.example:x",
        "iscsi://host/iqn.2026-11.org.example:x/one", "iscsi://host:0/iqn.2026-11.org.example:x/1"}) {
    CAPTURE(url);
    CHECK(refusal(url).code() == Exit::usage);
  }
  const Error error = refusal("iscsi://me:secret@host/iqn.2026-11.org.example:x/0");
  CHECK(error.code() == Exit::usage);
  CHECK(std::string(error.what()).find("secret@") == std::string::npos);
}

TEST_CASE("a path is opened for reading unless it is to be written") {
  const TempDir dir;
  const auto device = open_for_reading(path_in(dir, "image", 4096 + 100), {});
  CHECK(device->read_only());
  CHECK(device->size() == 4096 + 512);
  CHECK(device->content_size() == 4096 + 100);
  CHECK(refusal(path_in(dir, "missing")).code() == Exit::usage);
  CHECK(refusal_to_write(path_in(dir, "missing")).code() == Exit::usage);
  CHECK(!std::filesystem::exists(path_in(dir, "missing")));
}

TEST_CASE("a destination is made, extended, and never cut") {
  const TempDir dir;
  CHECK(open_writable(path_in(dir, "new"), MiB)->size() == MiB);
  CHECK(open_writable(path_in(dir, "small", 4096), MiB)->size() == MiB);
  CHECK(open_writable(path_in(dir, "large", 2 * MiB), MiB)->size() == 2 * MiB);
  CHECK(std::filesystem::file_size(path_in(dir, "large")) == 2 * MiB);
  // A stream: its size is not known yet.
  CHECK(open_writable(path_in(dir, "stream"), 0)->size() == 0);
  CHECK(open_writable(path_in(dir, "old stream", 4096), 0)->size() == 4096);
}

TEST_CASE("something that is neither a file nor a block device") {
  for (const char* path : {"/", "/dev/null", ""}) {
    CAPTURE(path);
    CHECK(refusal_to_write(path, MiB).code() == Exit::usage);
  }
}

TEST_CASE("files whose names and content contradict each other") {
  const TempDir place;
  for (const char* name : {"a.qcow2", "a.vhdx", "a.vdi", "a.vhd", "a.zst", "a.vmdk"}) {
    const Error error = refusal(path_in(place, name, 4096));
    CHECK(error.code() == Exit::refused);
  }
  for (const char* name : {"a.img", "a.raw", "a-flat.vmdk"})
    CHECK(open_for_reading(path_in(place, name, 4096), {})->size() == 4096);
  // The content counts, also under another name; a name in .raw says that there is nothing to recognise.
  for (const char* name : {"b.img", "b.raw"})
    std::ofstream(path_in(place, name, 4096)) << "QFI\xFB" << std::string(3, '\0') << "\3........";
  CHECK(refusal(path_in(place, "b.img")).code() == Exit::refused);  // a backing file
  CHECK(open_for_reading(path_in(place, "b.raw"), {})->content_size() == 16);
}

TEST_CASE("compressed images: made anew by their name, and streams where nothing else is possible") {
  const TempDir place;
  const std::string path = path_in(place, "a.zst");
  CHECK(is_made_anew(path));
  CHECK_FALSE(is_made_anew(path_in(place, "a.img")));
  CHECK_FALSE(is_made_anew("nbd://host/a.zst"));
  CHECK(open_writable(path, 0)->size() > TiB);
  CHECK(open_writable(path, MiB)->size() == MiB);
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK_FALSE(is_zst_stream(path, false));
  std::ofstream(path) << "\x28\xB5\x2F\xFD and no more";
  CHECK(is_zst_stream(path, false));
  CHECK(refusal(path).code() == Exit::usage);
}

TEST_CASE("a new image of unknown size") {
  const TempDir place;
  const Error error = refusal_to_write(path_in(place, "a.qcow2"), 0);
  CHECK(error.code() == Exit::usage);
  CHECK_FALSE(std::filesystem::exists(path_in(place, "a.qcow2")));
}

TEST_CASE("the LUN of a boot profile") {
  const TempDir place;
  const std::string path = path_in(place, "host1.toml"), argument = "profile:" + path;
  CHECK(is_lun(argument));
  CHECK(is_lun("iscsi://host/iqn.2026-11.org.example:x/1"));
  CHECK_FALSE(is_lun("nbd://host/x"));
  CHECK_FALSE(is_lun("./profile:host1.toml"));
  CHECK(is_any_url(argument));
  CHECK_FALSE(is_any_url("./profile:host1.toml"));
  CHECK(profile_file(argument) == path);
  CHECK_FALSE(profile_file("host1.toml"));
  CHECK_FALSE(is_made_anew("profile:x.zst"));
  CHECK(refusal("profile:").code() == Exit::usage);
  CHECK(refusal(argument).object() == path);

  std::ofstream(path)
      << "[initiator]\nname = \"iqn.2026-11.org.example:me\"\n[target]\nportal = \"127.0.0.1:1\"\n"
         "name = \"iqn.2026-11.org.example:x\"\n";
  boot::ProfileCache profiles;
  check_argument(argument, profiles);
  const Error closed = refusal(argument);
  CHECK(closed.code() == Exit::failed);
  CHECK(closed.object() == "iscsi://127.0.0.1:1/iqn.2026-11.org.example:x/0");
  std::ofstream(path, std::ios::app)
      << "[auth]\nmethod = \"chap\"\nuser = \"me\"\nsecret_file = \"secret\"\n";
  // Before anything is asked of the network.
  CHECK(refusal(argument).object() == path_in(place, "secret"));
  std::ofstream(path, std::ios::app) << "[boot]\nport = 0\n";
  CHECK(refusal(argument).object() == path + ":11");
  boot::ProfileCache afresh;
  CHECK_THROWS_AS(check_argument(argument, afresh), Error);
}
