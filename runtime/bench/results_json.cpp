#include <nlohmann/json.hpp>

#include "runtime/bench/results.h"

namespace switchyard::bench {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Results& results, const BatchSize& size) {
  const Floor floor = floor_of(results, size);
  return {{"tokens", size.tokens},    {"experts_hit", size.experts_hit},
          {"bytes", floor.bytes},     {"flops", floor.flops},
          {"floor_s", floor.seconds}, {"bound_by", floor.memory ? "memory" : "products"}};
}

Json json_of(const Measurement& measurement) {
  Json json = {{"kernel", measurement.kernel}, {"tokens", measurement.tokens}};
  if (measurement.seconds > 0) json["s"] = measurement.seconds;
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
               {"bandwidth", results.bandwidth},
               {"bandwidth_source", results.bandwidth_source},
               {"matrix_rate", nullptr},
               {"matrix_source", results.matrix_source},
               {"method", results.method},
               {"batches", results.batches},
               {"sizes", Json::array()},
               {"measurements", Json::array()}};
  if (results.matrix_rate > 0) json["matrix_rate"] = results.matrix_rate;
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
