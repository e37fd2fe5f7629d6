// SPDX-License-Identifier: Apache-2.0
#include "block/nbd/nbd_url.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"

using namespace san;

TEST_CASE("NBD URLs") {
  CHECK(parse_nbd_url("nbd://host/disk") == NbdServer{"host", "10809", "", "disk"});
  CHECK(parse_nbd_url("nbd://host:10/") == NbdServer{"host", "10", "", ""});
  CHECK(parse_nbd_url("nbd://host") == NbdServer{"host", "10809", "", ""});
  CHECK(parse_nbd_url("nbd://[::1]:20/a/b%20c") == NbdServer{"::1", "20", "", "a/b c"});
  CHECK(parse_nbd_url("nbd+unix:///disk?socket=/run/a%3Fb") == NbdServer{"", "10809", "/run/a?b", "disk"});
  CHECK(parse_nbd_url("nbd+unix:///?socket=/s") == NbdServer{"", "10809", "/s", ""});
}

TEST_CASE("what is wrong with a URL is said") {
  for (const char* url : {"nbd://",
                          "nbd:///disk",
                          "nbd://host:0/",
                          "nbd://host:65536/",
                          "nbd://host:x/",
                          "nbd://host:/",
                          "nbd://::1/",
                          "nbd://[::1/",
                          "nbd://[::1]x/",
                          "nbd://user@host/",
                          "nbd://host/%4",
                          "nbd://host/%zz",
                          "nbd://host/a%00b",
                          "nbd://host/x?socket=/y",
                          "nbd://host/x#y",
                          "nbd://ho st/",
                          "nbds://host/",
                          "nbd+vsock://1/",
                          "nbd+unix:///x",
                          "nbd+unix://host/x?socket=/y",
                          "nbd+unix:///x?socket=",
                          "nbd+unix:///x?path=/y",
                          "nbd+unix:///x?socket=/y&a=b"}) {
    CAPTURE(url);
    CHECK(is_nbd_url(url));
    const auto error = error_of([&] { parse_nbd_url(url); });
    REQUIRE(error.has_value());
    CHECK(error->code() == Exit::usage);
    CHECK(error->object() == url);
  }
  CHECK_FALSE(is_nbd_url("/dev/nbd0"));
  CHECK_FALSE(is_nbd_url("iscsi://nbd/"));
  const auto error = error_of([] { parse_nbd_url("nbd://host/" + std::string(4097, 'x')); });
  CHECK(error.has_value());
}

TEST_CASE("names of one server are equal") {
  CHECK(to_string(parse_nbd_url("nbd://h/%61")) == to_string(parse_nbd_url("nbd://h:10809/a")));
  CHECK(to_string(parse_nbd_url("nbd://h/a")) != to_string(parse_nbd_url("nbd://h/b")));
  CHECK(to_string(parse_nbd_url("nbd+unix:///a?socket=/x")) !=
        to_string(parse_nbd_url("nbd+unix:///a?socket=/y")));
}
