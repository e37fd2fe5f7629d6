// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Tells whether something that a test case needs of the kernel is here: root's rights, a loop device. Where
/// it is not, the test case returns; the program says at its end what was missing, and exits with 77
/// ("skipped" for ctest). Such test cases belong to the test suite "needs the kernel", which is a test of its
/// own in ctest.
bool is_here(bool available, const char* what);
