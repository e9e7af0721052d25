#include "kernels/statement.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "kernels/gpu/kernels.h"

using namespace switchyard::kernels;

namespace {

Kernel kernel_on(const std::string& device, Capability rest) {
  Kernel kernel;
  kernel.name = "k";
  kernel.device = device;
  kernel.capability = {{"device", Clause::OneOf{{device}}}};
  kernel.capability.insert(kernel.capability.end(), rest.begin(), rest.end());
  return kernel;
}

std::vector<std::string> lines(const std::vector<Kernel>& kernels) {
  std::vector<std::string> text;
  for (const GuardedClause& clause : statement(kernels)) text.push_back(to_text(clause));
  return text;
}

bool holds(const std::vector<GuardedClause>& clauses, const std::vector<FactValue>& facts) {
  const auto device = std::get<std::string_view>(facts.front().value);
  return std::all_of(clauses.begin(), clauses.end(), [&](const GuardedClause& each) {
    const auto& only = each.devices;
    const bool guarded =
        !only.empty() && std::find(only.begin(), only.end(), device) == only.end();
    return guarded || satisfied({each.clause}, facts).has_value();
  });
}

}  // namespace

TEST_CASE("a clause of all devices stands once, of some behind their names", "[statement]") {
  const Clause whole{"hidden", Clause::MultipleOf{32}};
  const Clause few{"experts", Clause::Within{1, 8}};
  const Clause fewer{"experts", Clause::Within{1, 4}};
  CHECK(lines({kernel_on("cpu", {whole})}) ==
        std::vector<std::string>{"device == cpu", "hidden % 32 == 0"});
  CHECK(lines({kernel_on("cpu", {whole}), kernel_on("cuda", {whole, few}),
               kernel_on("hip", {few, whole, {"supports_mx", Clause::Holds{}}})}) ==
        std::vector<std::string>{"device in <cpu, cuda, hip>", "hidden % 32 == 0",
                                 "device in <cuda, hip> implies experts in 1 .. 8",
                                 "device == hip implies supports_mx"});
  CHECK(lines({kernel_on("cuda", {few}), kernel_on("hip", {fewer})}) ==
        std::vector<std::string>{"device in <cuda, hip>",
                                 "device == cuda implies experts in 1 .. 8",
                                 "device == hip implies experts in 1 .. 4"});
}

TEST_CASE("the statement of all devices says of each what its capability says", "[statement]") {
  std::vector<Kernel> all = cpu_kernels();
  for (const char* kind : {"cuda", "hip"}) {
    for (Kernel& kernel : gpu::gpu_kernels(kind)) all.push_back(std::move(kernel));
  }
  for (const Kernel& named : cpu_kernels()) {
    std::vector<Kernel> same_name;
    for (const Kernel& kernel : all) {
      if (kernel.name == named.name) same_name.push_back(kernel);
    }
    const std::vector<GuardedClause> clauses = statement(same_name);
    int able = 0, unable = 0;
    for (const char* device : {"cpu", "cuda", "hip", "tpu"}) {
      const auto kernel = std::find_if(same_name.begin(), same_name.end(), [&](const Kernel& each) {
        return each.device == device;
      });
      for (const SchemeInfo& scheme : kSchemes) {
        for (int i = 0; i < 32; ++i) {
          const std::vector<FactValue> facts = {
              {"device", device},
              {"scheme", scheme.name},
              {"activation", (i & 1) != 0 ? "silu" : "gelu"},
              {"hidden", std::int64_t{(i & 2) != 0 ? 2880 : 48}},
              {"intermediate", std::int64_t{(i & 4) != 0 ? 2880 : 48}},
              {"experts", std::int64_t{(i & 8) != 0 ? 1024 : 1025}},
              {"supports_mx", (i & 16) != 0}};
          const bool can =
              kernel != same_name.end() && satisfied(kernel->capability, facts).has_value();
          INFO(named.name << " on " << device << ", " << scheme.name << ", " << i);
          CHECK(holds(clauses, facts) == can);
          ++(can ? able : unable);
        }
      }
    }
    CHECK(able > 0);
    CHECK(unable > 0);
  }
}

TEST_CASE("native on HIP needs MX matrix instructions", "[statement]") {
  const auto kernels = gpu::gpu_kernels("hip");
  const auto native = std::find_if(kernels.begin(), kernels.end(),
                                   [](const Kernel& each) { return each.name == "native"; });
  REQUIRE(native != kernels.end());
  const FactValue has_none[] = {{"device", "hip"}, {"supports_mx", false}};
  CHECK(satisfied(native->capability, has_none).error().message ==
        "it requires `supports_mx`, but supports_mx is false");
  const FactValue has[] = {{"device", "hip"}, {"supports_mx", true}};
  CHECK(satisfied(native->capability, has).has_value());
}
