#include <catch2/catch.hpp>

#include "tests/sema/resolved.h"

namespace switchyard::testing {
namespace {

const char* const kPolicy =
    "fact a : bool fact f : enum { one, two, three } fact n : name { one, two }\n"
    "target p(bm : int 1 .. 64 = 4) { family = one, level = 1 }\n"
    "target q { family = two, level = 2 }\ntarget r\n"
    "decision d { target t { kind = u } target s t when a s otherwise }\n"
    "refuse when a because \"no\"\np(bm = 8) when d == t\nq when f == one\nr when f == two\n"
    "p otherwise\n";

// The outcomes that a promise allows whatever the facts are, and in parentheses those that it
// allows for some; "p8" is p(bm = 8).
std::string allowed(const std::string& outcome) {
  const auto r = resolve_text(kPolicy + ("guarantee gg: a implies " + outcome + "\n"));
  if (!r->model) return r->codes();
  const Model& model = *r->model;
  const Promise& promise = model.promises.at(0);
  REQUIRE(promise.holds.size() == model.outcomes.size());
  std::string text;
  for (OutcomeId id = 0; id < model.outcomes.size(); ++id) {
    const Outcome& o = model.outcomes[id];
    if (!o.refused && model.targets[o.target].block != promise.block) continue;
    std::string name = o.refused ? "refuse" : model.targets[o.target].name;
    if (!o.parameters.empty()) name += std::to_string(o.parameters[0]);
    if (promise.holds[id] == kFalse) continue;
    text += (text.empty() ? "" : " ") + (promise.holds[id] == kTrue ? name : "(" + name + ")");
  }
  return text;
}

TEST_CASE("every form of outcome") {
  check_all(allowed, {
                         {"p", "p8 p4"},
                         {"not p", "refuse q r"},
                         {"refuse", "refuse"},
                         {"not refuse", "p8 q r p4"},
                         {"in <p, q>", "p8 q p4"},
                         {"p or refuse", "refuse p8 p4"},
                         {"target.family == one", "p8 p4"},
                         {"target.family != one", "q r"},
                         {"target.family == f", "(p8) (q) (p4)"},
                         {"target.family == n", "(p8) (q) (p4)"},
                         {"target.family != f", "(p8) (q) r (p4)"},
                         {"target.bm <= 4", "p4"},
                         {"target.bm == 8 or target.level >= 2", "p8 q"},
                         {"target.bm != 8", "q r p4"},
                         {"d == t", "t"},
                         {"d != t", "refuse s"},
                         {"d in <t, s>", "t s"},
                         {"d.kind == u", "t"},
                         {"d == t or refuse", "refuse t"},
                     });
}

TEST_CASE("errors in promises") {
  check_all(allowed, {
                         {"nosuch", "SY0201"},
                         {"target.nosuch == 1", "SY0201"},
                         {"target.family == nosuch", "SY0204"},
                         {"nosuch.family == one", "SY0201"},
                         {"d == p", "SY0235"},
                         {"p or d == t", "SY0240"},
                         {"in <p, t>", "SY0235"},
                     });
  const auto codes = [](const std::string& line) {
    return resolve_text(kPolicy + line + "\n")->codes();
  };
  check_all(codes, {
                       {"guarantee x1: a matters guarantee x1: a irrelevant", "SY0202"},
                       {"guarantee x1: d matters", "SY0242"},
                       {"guarantee x1: d == t implies d == t", "SY0231"},
                       {"guarantee x1: d == t implies p", ""},
                       {"never nosuch when a", "SY0201"},
                       {"example { nosuch } -> p", "SY0201"},
                       {"example { a, a } -> p", "SY0244"},
                       {"example { f } -> p", "SY0258"},
                       {"example { a = <x> } -> p", "SY0251"},
                       {"let l = a example { l } -> p", "SY0242"},
                       {"fact i : int 1 .. 4 example { i = 5 } -> p", "SY0243"},
                       {"fact s : flags { k } example { s = k } -> p", "SY0228"},
                       {"allow slower when nosuch because \"x\"", "SY0201"},
                   });
}

TEST_CASE("an attribute beside a fact of the same kind and name asks for quotes") {
  const auto r = resolve_text(
      "fact one : enum { one, two }\ntarget p { family = one }\np otherwise\n"
      "guarantee gg: true implies target.family == one\n");
  CHECK(r->codes() == "SY0205");
  CHECK(resolve_text("fact n : name { one }\ntarget p { family = two }\np otherwise\n"
                     "guarantee gg: true implies target.family == n\n")
            ->codes() == "SY0257");
}

TEST_CASE("never, examples, influences and allowances") {
  const auto r =
      resolve_text(kPolicy + std::string("never p when a\nexample { not a, f = two } -> r\n"
                                         "guarantee m1 \"heeded\": f matters when not a\n"
                                         "allow slower when a because \"known\"\n"));
  INFO(r->findings());
  REQUIRE(r->model);
  const Model& model = *r->model;
  REQUIRE(model.promises.size() == 2);
  CHECK(model.promises[0].kind == Promise::Kind::kNever);
  CHECK(model.promises[0].holds[0] == kTrue);  // a refusal
  CHECK(model.promises[1].kind == Promise::Kind::kExample);
  CHECK(holds(model, model.promises[1].condition, std::vector<std::int64_t>{0, 1, 0, 0}));
  CHECK(holds(model, model.promises[1].condition, std::vector<std::int64_t>{0, 1, 2, 1}));
  CHECK_FALSE(holds(model, model.promises[1].condition, std::vector<std::int64_t>{1, 1, 0, 0}));
  REQUIRE(model.influences.size() == 1);
  CHECK(model.influences[0].fact == 1);
  CHECK(model.influences[0].matters);
  CHECK(model.influences[0].text == "heeded");
  REQUIRE(model.allowances.size() == 1);
  CHECK(model.allowances[0].slower);
  CHECK(model.allowances[0].because == "known");
}

}  // namespace
}  // namespace switchyard::testing
