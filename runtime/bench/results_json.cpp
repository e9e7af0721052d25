#include <nlohmann/json.hpp>

#include "runtime/bench/results.h"

namespace switchyard::bench {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Ceilings& ceilings) {
  Json json = Json::object();
  if (ceilings.threads > 0) json["threads"] = ceilings.threads;
  json["bandwidth"] = ceilings.bandwidth;
  json["bandwidth_source"] = ceilings.bandwidth_source;
  json["matrix_rate"] = nullptr;
  if (ceilings.matrix_rate > 0) json["matrix_rate"] = ceilings.matrix_rate;
  json["matrix_source"] = ceilings.matrix_source;
  if (ceilings.products.empty()) return json;
  json["products"] = Json::array();
  for (const ProductRate& rate : ceilings.products) {
    json["products"].push_back(
        {{"operands", name_of(rate.operands)}, {"instruction", rate.name}, {"rate", rate.rate}});
  }
  return json;
}

Json json_of(const Results& results, const BatchSize& size) {
  const Floor any = floor_of(results, size, results.ceilings.front());
  Json json = {
      {"tokens", size.tokens}, {"batches", size.batches}, {"experts_hit", size.experts_hit},
      {"bytes", any.bytes},    {"flops", any.flops},      {"floors", Json::array()}};
  for (const Ceilings& ceilings : results.ceilings) {
    const Floor floor = floor_of(results, size, ceilings);
    Json one = Json::object();
    if (ceilings.threads > 0) one["threads"] = ceilings.threads;
    one["s"] = floor.seconds;
    one["bound_by"] = floor.memory ? "memory" : "products";
    json["floors"].push_back(std::move(one));
  }
  return json;
}

Json json_of(const Measurement& measurement) {
  Json json = {{"kernel", measurement.kernel}, {"tokens", measurement.tokens}};
  if (measurement.threads > 0) json["threads"] = measurement.threads;
  if (measurement.seconds > 0) {
    json["s"] = measurement.seconds;
    json["rounds"] = measurement.rounds;
  }
  if (measurement.routing_seconds > 0) json["routing_s"] = measurement.routing_seconds;
  json["decided"] = measurement.decided;
  if (measurement.wrong) json["wrong"] = true;
  if (!measurement.problem.empty()) json["problem"] = measurement.problem;
  return json;
}

Json json_of(const DecidedSize& size) {
  Json json = {{"tokens", size.tokens}, {"outcome", size.outcome}, {"reason", size.reason}};
  if (size.cost.decide > 0) json["decide_s"] = size.cost.decide;
  if (size.cost.direct > 0) {
    json["direct_s"] = size.cost.direct;
    json["through_table_s"] = size.cost.through_table;
  }
  return json;
}

}  // namespace

std::string to_json(const Results& results) {
  const kernels::Shape& shape = results.shape.shape;
  Json json = {{"device", results.device},
               {"device_name", results.device_name},
               {"shape",
                {{"name", results.shape.name},
                 {"hidden", shape.hidden},
                 {"intermediate", shape.intermediate},
                 {"experts", shape.experts},
                 {"top_k", shape.top_k}}},
               {"activation", std::string(name_of(results.shape.activation))},
               {"scheme", std::string(info(results.scheme).name)},
               {"ceilings", Json::array()},
               {"method", results.method},
               {"sizes", Json::array()},
               {"measurements", Json::array()}};
  for (const Ceilings& ceilings : results.ceilings) {
    json["ceilings"].push_back(json_of(ceilings));
  }
  for (const BatchSize& size : results.sizes) json["sizes"].push_back(json_of(results, size));
  for (const Measurement& measurement : results.measurements) {
    json["measurements"].push_back(json_of(measurement));
  }
  if (!results.policy.empty()) {
    json["policy"] = results.policy;
    json["decided"] = Json::array();
    for (const DecidedSize& size : results.decided) json["decided"].push_back(json_of(size));
  }
  // Names of devices may hold bytes that are not UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace switchyard::bench
