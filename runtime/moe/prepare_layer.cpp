#include "runtime/moe/prepare_layer.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>

#include "runtime/moe/progress.h"
#include "runtime/prepared/prepared_file.h"

namespace switchyard::moe {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A cache while a layer is prepared.
class Cache {
 public:
  Cache(const checkpoint::LoadedLayer& layer, std::string_view device, const std::string& named,
        kernels::ThreadPool& pool)
      : pool_(pool) {
    const Clock::time_point start = Clock::now();
    weights_ = hash_weights(layer.config, layer.weights, pool);
    use_.hash_seconds = seconds_since(start);
    use_.path = prepared_path(named, device, weights_);
  }

  // What the file holds for these weights, for the kernel to adopt.
  std::optional<kernels::PreparedWeights> read() {
    const Clock::time_point start = Clock::now();
    PreparedFile file = read_prepared(use_.path, weights_, pool_);
    use_.problem = file.problem;
    foreign_ = file.foreign;
    if (!file.bytes) return std::nullopt;
    use_.seconds = seconds_since(start);
    use_.outcome = CacheUse::Outcome::read;
    const auto owner = std::make_shared<PreparedBytes>(std::move(*file.bytes));
    const std::span<const std::byte> bytes = std::as_const(*owner).bytes();
    return kernels::PreparedWeights{
        file.layout, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, owner};
  }

  // The kernel does not take what was read.
  void refuse(std::string_view why) {
    use_.outcome = CacheUse::Outcome::kept_none;
    use_.seconds = 0;
    use_.problem = fmt::format("{} does not serve this kernel: {}", use_.path, why);
  }

  void write(const kernels::PreparedLayer& layer) {
    if (foreign_) {
      use_.problem += ", so it is not replaced: name another file";
      return;
    }
    const auto prepared = layer.prepared_weights();
    if (!prepared) {
      use_.problem = "this kernel keeps no prepared weights that could be cached";
      return;
    }
    const Clock::time_point start = Clock::now();
    const auto ok = write_prepared(use_.path, prepared->layout, weights_,
                                   std::as_bytes(prepared->bytes), pool_);
    use_.seconds = seconds_since(start);
    if (ok) {
      use_.outcome = CacheUse::Outcome::written;
    } else {
      use_.problem = ok.error().message;
    }
  }

  const CacheUse& use() const { return use_; }

 private:
  kernels::ThreadPool& pool_;
  Hash weights_;
  CacheUse use_;
  bool foreign_ = false;
};

}  // namespace

Expected<PreparedForRun> prepare_layer(BoundLayer& bound, const checkpoint::LoadedLayer& layer,
                                       const Decision& decision, std::string_view device,
                                       const PrepareRequest& request, kernels::ThreadPool& pool) {
  std::optional<Cache> cache;
  if (!request.cache.empty()) cache.emplace(layer, device, request.cache, pool);
  kernels::Preparation preparation;
  preparation.pool = &pool;
  preparation.isa = request.isa;
  if (cache) preparation.adopt = cache->read();
  const bool read = preparation.adopt.has_value();
  const auto prepare = [&] {
    Progress progress("preparing " + request.what);
    preparation.progress = [&](std::uint64_t done, std::uint64_t total) {
      progress.update(done, total);
    };
    return bound.prepare(decision, preparation);
  };
  Clock::time_point start = Clock::now();
  Expected<kernels::PreparedLayer*> prepared = prepare();
  bool adopted = read && prepared;
  if (read && !prepared) {
    const std::string why = prepared.error().message;
    preparation.adopt.reset();
    start = Clock::now();
    prepared = prepare();
    if (prepared) cache->refuse(why);
  }
  if (!prepared) return tl::unexpected(prepared.error());
  PreparedForRun result{*prepared, seconds_since(start), std::nullopt};
  if (!cache) return result;
  if (!adopted) cache->write(**prepared);
  result.cache = cache->use();
  return result;
}

}  // namespace switchyard::moe
