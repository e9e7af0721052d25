#include <catch2/catch.hpp>

#include <cstring>

#include "runtime/table/sections.h"
#include "runtime/table/view.h"
#include "tests/emit/policy_text.h"
#include "tests/emit/random_tables.h"
#include "tests/region/random_model.h"
#include "tests/table/edit_table.h"

// Small tables that say the same bytes again and again, so that who copies what they say, or looks
// through it, would need any amount of memory or time.
namespace switchyard::testing {
namespace {

// Places in the bytes of a table, found through the opened table.
class Edit {
 public:
  explicit Edit(std::vector<std::byte> bytes) : table_(open(bytes)), bytes_(std::move(bytes)) {}

  const format::PolicyTable& policy() const { return *table_.view().sections.policy; }
  std::size_t size() const { return bytes_.size(); }

  // Overwrites what lies at `place` of the opened table.
  template <typename T>
  void set(const void* place, T value) {
    const auto at = static_cast<const std::byte*>(place) - table_.bytes().data();
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }

  // Makes every element of a list the one with the most bytes.
  void all_alike(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>& texts) {
    const flatbuffers::String* longest = texts.Get(0);
    for (const flatbuffers::String* text : texts) {
      if (text->size() > longest->size()) longest = text;
    }
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      const std::uint8_t* const place = texts.Data() + i * sizeof(flatbuffers::uoffset_t);
      const auto distance = reinterpret_cast<const std::uint8_t*>(longest) - place;
      set(place, static_cast<flatbuffers::uoffset_t>(distance));
    }
  }

  std::vector<std::byte> done() {
    hash_again(bytes_);
    return bytes_;
  }

 private:
  static Table open(const std::vector<std::byte>& bytes) {
    auto table = Table::from_bytes(bytes);
    if (!table) FAIL(table.error().message);
    return std::move(*table);
  }

  Table table_;
  std::vector<std::byte> bytes_;
};

void is_refused(const std::vector<std::byte>& bytes) {
  const auto table = Table::from_bytes(bytes, "hostile.table");
  REQUIRE_FALSE(table.has_value());
  INFO(table.error().message);
  CHECK(table.error().message.find("`hostile.table` is damaged") != std::string::npos);
  CHECK(table.error().message.find("on top of one another") != std::string::npos);
  CHECK(table.error().message.find("write it again with policyc") != std::string::npos);
}

std::string policy_of_symbols(const std::string& kind) {
  std::string text = "policy many\nfact x : " + kind + " { " + std::string(3'000, 'l');
  for (int i = 0; i < 400; ++i) text += ", s" + std::to_string(i);
  return text + " }\ntarget t\nt when x == s7\nt otherwise\n";
}

}  // namespace

TEST_CASE("symbols that are all one long text are refused: they are copied") {
  Edit edit(compile_policy(policy_of_symbols("enum")));
  const std::size_t copied = 401 * 3'000;
  REQUIRE(copied > 20 * edit.size());
  edit.all_alike(*edit.policy().facts()->Get(0)->symbols());
  is_refused(edit.done());
}

TEST_CASE("rules whose texts are the whole text section are views, not copies") {
  std::string text = "policy long\nfact n : int 0 .. 999\ntarget a\ntarget b\n";
  for (int i = 0; i < 200; ++i) {
    text += (i % 2 == 0 ? "a" : "b") + (" when n == " + std::to_string(i)) + " because \"" +
            std::string(100, 'r') + std::to_string(i) + "\"\n";
  }
  Edit edit(compile_policy(text + "a otherwise\n"));
  const auto* rules = edit.policy().rules();
  auto table = Table::from_bytes(edit.done());
  REQUIRE(table.has_value());
  const auto whole = static_cast<std::uint32_t>(table->view().sections.text.size());
  for (std::uint32_t r = 0; r < rules->size(); ++r) {
    for (const format::Text* place : {&rules->Get(r)->because(), &rules->Get(r)->text(),
                                      &rules->Get(r)->location()}) {
      edit.set(place, format::Text(0, whole));
    }
  }
  table = Table::from_bytes(edit.done());
  REQUIRE(table.has_value());
  for (const RuleInfo& rule : table->rules()) {
    for (const std::string_view told : {rule.because, rule.text, rule.location}) {
      CHECK(told.size() == whole);
      CHECK(told.data() == table->view().sections.text.data());
    }
  }
}

TEST_CASE("formulas, rules, outcomes and conditions that share their lists are refused") {
  for (int what = 0; what < 4; ++what) {
    CAPTURE(what);
    Edit edit(compile_policy(kEveryKind));
    const format::PolicyTable& policy = edit.policy();
    if (what == 0) {
      // The last formula is all operands, again.
      const std::uint32_t last = policy.formulas()->size() - 1;
      REQUIRE(policy.formulas()->Get(last)->kind() > 2);
      edit.set(policy.formulas()->Get(last), format::Formula(4, 0, policy.operands()->size()));
    } else if (what == 1) {
      const format::Rule* rule = policy.rules()->Get(policy.rules()->size() - 1);
      edit.set(rule, format::Rule(rule->kind(), rule->otherwise(), rule->block(), rule->when(), 0,
                                  policy.entries()->size(), rule->because(), rule->text(),
                                  rule->location()));
    } else if (what == 2) {
      for (std::uint32_t o = 0; o < policy.outcomes()->size(); ++o) {
        if (!policy.outcomes()->Get(o)->refused()) {
          edit.set(policy.outcomes()->Get(o), format::Outcome(false, 1, 0));  // `packed` has two
        }
      }
    } else {
      const format::Entry* entry = policy.entries()->Get(policy.entries()->size() - 1);
      edit.set(entry, format::Entry(entry->outcome(), entry->row(), 0, policy.requirements()->size()));
    }
    is_refused(edit.done());
  }
}

TEST_CASE("look-ups that share their classes are refused") {
  Edit edit(compile_policy("policy two\nfact a : int 0 .. 999\nfact b : int 0 .. 999\ntarget t\ntarget u\n"
                           "t when a < 7\nu when b < 9\nt otherwise\n"));
  // Both as long as before, then the first as long as both.
  const format::Axis* axis = edit.policy().axes()->Get(0);
  REQUIRE(axis->lookup() == format::Lookup::kArray);
  edit.set(axis, format::Axis(0, 1'999, axis->classes(), axis->lookup(), 0, 0, 0, 1, 0, 1, 0));
  is_refused(edit.done());
}

// Nothing that policyc writes shares anything: tests/emit opens its tables by the thousand. The
// budget must hold for the smallest ones too.
TEST_CASE("the tables of small policies share nothing") {
  for (const char* const text :
       {"policy p\nfact a : bool\ntarget t\nt otherwise\n",
        "policy p\ntarget t\nt otherwise\n",
        "policy p\nfact a : enum { a }\ndecision d { target t\n t otherwise }\ntarget u\nu otherwise\n"}) {
    for (const DeciderChoice decider : kDeciders) open_policy(text, decider);
  }
}

}  // namespace switchyard::testing
