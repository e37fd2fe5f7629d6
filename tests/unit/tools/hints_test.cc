// SPDX-License-Identifier: Apache-2.0
#include "hints.h"

#include <doctest/doctest.h>

#include <set>

#include "block/image/container.h"
#include "core/error.h"
#include "iscsi/login/login_error.h"
#include "system/file/name_promise.h"

using namespace san;

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Has the words of the tools for as long as it lives.
struct OptionWords {
  OptionWords() { use_option_words(); }
  ~OptionWords() { set_wording({}); }
  OptionWords(const OptionWords&) = delete;
  OptionWords& operator=(const OptionWords&) = delete;
};

std::string worded(HintId id, const char* text, std::vector<std::string> facts = {}) {
  return Hint(id, text, std::move(facts)).text();
}

}  // namespace

TEST_CASE("each hint has a sentence of its own that names an option or a tool") {
  std::set<std::string> sentences;
  for (int i = static_cast<int>(HintId::none) + 1; i <= static_cast<int>(kLastHint); ++i) {
    const std::string sentence = hint_sentence(static_cast<HintId>(i));
    CAPTURE(i);
    CAPTURE(sentence);
    CHECK((contains(sentence, "--") || contains(sentence, "sanclone") || contains(sentence, "sanflash") ||
           contains(sentence, "sanlun") || contains(sentence, "sanboot-check")));
    CHECK_FALSE(sentence.ends_with('.'));
    sentences.insert(sentence);
  }
  CHECK(sentences.size() == static_cast<std::size_t>(kLastHint));
}

TEST_CASE("text and facts take their places") {
  const OptionWords words;
  CHECK(worded(HintId::force_in_use, "stop it") == "stop it, or override this by --force=in-use");
  CHECK(worded(HintId::map_block, "{text} {0}", {"4096"}) ==
        "give --block=4096, or start again with --fresh");
  CHECK(worded(HintId::raw_name, "{0}") == "{0}; sanclone --raw treats it as a disk");  // a text is no form
  CHECK(worded(HintId::unverified, "", {"choose pxe, or ", "write it"}) ==
        "choose pxe, or give --unverified to write it");
  CHECK(worded(HintId::give_this_family, "x") == "give --family=");  // a missing fact
  CHECK(worded(HintId::none, "as it is") == "as it is");
  CHECK(setting("force") == "--force");
  CHECK(setting("force", "live") == "--force=live");
}

TEST_CASE("sentences in two steps") {
  const OptionWords words;
  const Container zip{"is a zip archive", worded(HintId::clone_output, "unzip -p FILE"), {}};
  CHECK(std::string(no_disk(zip, "a.zip", Came::as_file).what()) ==
        "a.zip: is a zip archive, and no disk; unzip -p a.zip | sanclone - DEST; where its bytes are the "
        "disk, add --raw to sanclone");
  CHECK(contains(no_disk(zip, "a b.zip", Came::as_file).hint(), "unzip -p FILE |"));
  for (const Came came : {Came::as_file, Came::as_stream, Came::as_device})
    CHECK(contains(no_disk(zip, "x", came).hint(), "--raw"));
  CHECK(promise_of_name("d.gz")->instead.text() ==
        "name it .zst, or sanclone SOURCE - | gzip >d.gz; --raw makes a raw disk of that name");
  iscsi::Credentials host;
  host.initiator = "iqn.2026-11.org.example:host1";
  CHECK(iscsi::login_error("iscsi://a/b/1", host, "(514)").hint() ==
        "allow the initiator iqn.2026-11.org.example:host1 on the target, or give the right name by "
        "--initiator");
}
