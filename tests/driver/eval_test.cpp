#include <catch2/catch.hpp>

#include "tests/driver/policyc.h"

namespace switchyard::testing {
namespace {

struct Sample {
  TemporaryFolder folder;
  std::string policy = folder.write("sample.policy", kPolicy);

  ProcessResult eval(std::vector<std::string> facts) const {
    facts.insert(facts.begin(), {"eval", policy});
    return policyc(facts);
  }
};

}  // namespace

TEST_CASE_METHOD(Sample, "eval prints target, parameters, rule and reason") {
  const ProcessResult result = eval({"mx=true", "scheme=w_mxfp4_a_fp8", "arch=gfx950", "tokens=16",
                                     "backends=<>", "forced=off"});
  CHECK(result.err == "");
  CHECK(result.status == 0);
  CHECK(result.out.find("packed(block_m = 16)") != std::string::npos);
  CHECK(result.out.find("sample.policy:15") != std::string::npos);
  CHECK(result.out.find("few tokens") != std::string::npos);
}

TEST_CASE_METHOD(Sample, "a refusal and an excluded combination end with status 1 and say why") {
  const ProcessResult refused = eval({"mx=0", "scheme=w_mxfp4", "arch=gfx950", "tokens=1",
                                      "backends=<ck, triton>", "forced=on"});
  CHECK(refused.status == 1);
  CHECK(refused.out.find("no MX hardware") != std::string::npos);
  const ProcessResult excluded = eval({"mx=1", "scheme=w_mxfp4", "arch=gfx942", "tokens=1",
                                       "backends=<ck>", "forced=unset"});
  CHECK(excluded.status == 1);
  CHECK(excluded.out.find("mx implies arch == gfx950") != std::string::npos);
}

TEST_CASE_METHOD(Sample, "bad facts are named, with what to do, and end with status 2") {
  const std::vector<std::string> good = {"mx=1", "scheme=w_mxfp4", "arch=gfx950", "tokens=1",
                                         "backends=<ck>", "forced=unset"};
  REQUIRE(eval(good).status == 0);
  const auto with = [&](std::size_t index, const std::string& fact) {
    std::vector<std::string> facts = good;
    facts[index] = fact;
    return eval(facts);
  };
  for (const auto& [index, fact, part] :
       std::vector<std::tuple<std::size_t, std::string, std::string>>{
           {0, "mx=maybe", "mx"},
           {0, "mxx=1", "`mx`"},                     // did you mean
           {0, "mx", "="},                           // no value
           {1, "scheme=w_mxfp5", "`w_mxfp4`"},       // did you mean
           {3, "tokens=4097", "4096"},               // out of range
           {3, "tokens=many", "tokens"},
           {3, "tokens=99999999999999999999", "tokens"},
           {4, "backends=<cc>", "backends"},
           {5, "forced=perhaps", "forced"},
           {5, "mx=0", "twice"}}) {
    INFO(fact);
    const ProcessResult result = with(index, fact);
    CHECK(result.status == 2);
    CHECK(result.out == "");
    CHECK(result.err.find(part) != std::string::npos);
  }
  // An open `name` takes what it does not list; a fact without a default must be there.
  CHECK(with(2, "arch=gfx1250").status == 1);  // other, excluded by the assumption
  std::vector<std::string> missing = good;
  missing.pop_back();
  CHECK(eval(missing).err.find("forced") != std::string::npos);
  // A fact with a default may be sent; versions are checked.
  CHECK(with(5, "forced=unset").status == 0);
  std::vector<std::string> version = good;
  version.push_back("rocm=9.99.1");
  CHECK(eval(version).err.find("9.99") != std::string::npos);
}

}  // namespace switchyard::testing
