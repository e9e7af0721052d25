#include "kernels/device/host/functions.h"

#include "kernels/device/kernel_list.h"

// The kernels as clang compiled them for the host, NAME_on_MODEL, behind one type.
namespace switchyard::kernels::device {

#define SWITCHYARD_DECLARE(name, Argument, ...) \
  void name##_on_gfx942(const Argument& argument);             \
  void name##_on_gfx950(const Argument& argument);             \
  void name##_on_sm_90a(const Argument& argument);
#define SWITCHYARD_DECLARE_NATIVE(name, Argument, ...) \
  void name##_on_gfx950(const Argument& argument);
#define SWITCHYARD_DECLARE_WARPGROUP(name, Argument, ...) \
  void name##_on_sm_90a(const Argument& argument);
#define SWITCHYARD_DECLARE_AMD(name, Argument, ...) \
  void name##_on_gfx942(const Argument& argument);                    \
  void name##_on_gfx950(const Argument& argument);
extern "C" {
SWITCHYARD_KERNELS(SWITCHYARD_DECLARE)
SWITCHYARD_AMD_KERNELS(SWITCHYARD_DECLARE_AMD)
SWITCHYARD_WARPGROUP_KERNELS(SWITCHYARD_DECLARE_WARPGROUP)
SWITCHYARD_NATIVE_KERNELS(SWITCHYARD_DECLARE_NATIVE)
}

namespace host {
namespace {

template <typename Argument, void (*kKernel)(const Argument&)>
void call(const void* argument) {
  kKernel(*static_cast<const Argument*>(argument));
}

#define SWITCHYARD_ENTRY(model, name, Argument, waves) \
  {#name, call<Argument, name##_on_##model>, sizeof(Argument), waves},
#define SWITCHYARD_GFX942_ENTRY(name, Argument, waves, ...) \
  SWITCHYARD_ENTRY(gfx942, name, Argument, waves)
#define SWITCHYARD_GFX950_ENTRY(name, Argument, waves, ...) \
  SWITCHYARD_ENTRY(gfx950, name, Argument, waves)
#define SWITCHYARD_SM_90A_ENTRY(name, Argument, waves, ...) \
  SWITCHYARD_ENTRY(sm_90a, name, Argument, waves)
constexpr HostKernel kGfx942[] = {SWITCHYARD_KERNELS(SWITCHYARD_GFX942_ENTRY)
                                      SWITCHYARD_AMD_KERNELS(SWITCHYARD_GFX942_ENTRY)};
constexpr HostKernel kGfx950[] = {
    SWITCHYARD_KERNELS(SWITCHYARD_GFX950_ENTRY) SWITCHYARD_AMD_KERNELS(SWITCHYARD_GFX950_ENTRY)
        SWITCHYARD_NATIVE_KERNELS(SWITCHYARD_GFX950_ENTRY)};
constexpr HostKernel kSm90a[] = {SWITCHYARD_KERNELS(SWITCHYARD_SM_90A_ENTRY)
                                     SWITCHYARD_WARPGROUP_KERNELS(SWITCHYARD_SM_90A_ENTRY)};

}  // namespace

std::span<const HostKernel> kernels_of(Model model) {
  if (model == Model::gfx942) return kGfx942;
  if (model == Model::gfx950) return kGfx950;
  return kSm90a;
}

}  // namespace host
}  // namespace switchyard::kernels::device
