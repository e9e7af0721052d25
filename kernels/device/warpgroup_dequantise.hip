// The first step of the emulated variant on sm_90a: packed records (fragment_layout.h, `steps`) of the experts that
// are hit to records of bf16 (warpgroup_product.h), the same values that dequantise.hip gives. A piece of 32 codes
// a thread. Grid x = ceil(records * 64 / threads), y = experts, first_expert and following.
#include "kernels/device/warpgroup_product.h"

#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Format>
SWITCHYARD_DEVICE void dequantise_records(const DequantiseRecords& argument) {
  const unsigned expert = argument.first_expert + workgroup_y();
  if (argument.counts[expert] == 0) return;
  const unsigned record = global_index() / kRecordPieces, place = global_index() % kRecordPieces;
  if (record >= argument.records) return;
  const std::size_t from = std::size_t{expert} * argument.records + record;
  const std::size_t to = std::size_t{workgroup_y()} * argument.records + record;
  const auto piece =
      load_packed<Format>(argument.elements + from * record_bytes(Format::bits), place);
  const unsigned row = place / 32 * 8 + place % 32 / 4;
  const std::uint32_t scales = argument.scales[from * kStripRows + row];
  std::uint8_t* out = argument.out + to * record_bytes(DecodedRecord::bits) + 16 * place;
#pragma unroll
  for (unsigned q = 0; q < 4; ++q) {
    store_piece(out + 16 * kRecordPieces * q, decode_scaled(piece, q, scales));
  }
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_dequantise_records_mxfp4, DequantiseRecords) {
  dequantise_records<mx::Fp4E2M1>(argument);
}
SWITCHYARD_KERNEL(switchyard_dequantise_records_mxfp6_e3m2, DequantiseRecords) {
  dequantise_records<mx::Fp6E3M2>(argument);
}
SWITCHYARD_KERNEL(switchyard_dequantise_records_mxfp6_e2m3, DequantiseRecords) {
  dequantise_records<mx::Fp6E2M3>(argument);
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
