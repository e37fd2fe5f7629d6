// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "iscsi/address/url.h"

namespace san::test {

/// fake_target as a process of its own, on a free port of 127.0.0.1. It is killed when this ends.
class Child {
 public:
  /// `options` as fake_target --help has them; each word is one argument.
  explicit Child(std::vector<std::string> options = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  iscsi::Url url() const;
  /// Lines of its log that begin with `operation` and end with `outcome`; either may be empty.
  unsigned logged(const std::string& operation, const std::string& outcome = {}) const;

 private:
  std::string log_;
  pid_t process_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace san::test
