// The first step of the emulated variant on sm_90a: packed records (fragment_layout.h, `steps`) of
// the experts that are hit to records of bf16 (warpgroup_product.h), the same values that
// dequantise.hip gives. kDequantisedPieces pieces of 32 codes a thread. Grid x = ceil(64 records /
// kDequantisedPieces / threads), y = most tiles or experts, whichever is fewer: of tiles the first
// of an expert does it.
#include "kernels/device/warpgroup_product.h"

#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Format>
SWITCHYARD_DEVICE void dequantise_piece(const std::uint8_t* record, const std::uint32_t* scales,
                                        unsigned place, std::uint8_t* out) {
  const auto piece = load_packed<Format>(record, place);
  const std::uint32_t of_row = scales[place / 32 * 8 + place % 32 / 4];
#pragma unroll
  for (unsigned q = 0; q < 4; ++q) {
    store_piece(out + 16 * (kRecordPieces * q + place), decode_scaled(piece, q, of_row));
  }
}

template <typename Format>
SWITCHYARD_DEVICE void dequantise_records(const DequantiseRecords& argument) {
  unsigned expert = argument.first_expert + workgroup_y();
  if (argument.by_tile) {
    const unsigned tile = argument.tile_begin[argument.first_expert] + workgroup_y();
    if (tile >= argument.tile_begin[argument.last_expert]) return;
    expert = static_cast<unsigned>(argument.tile_expert[tile]);
    if (argument.tile_begin[expert] != tile) return;
  } else if (argument.tile_begin[expert] == argument.tile_begin[expert + 1]) {
    return;
  }
  const std::size_t from = std::size_t{expert} * argument.records;
  const std::size_t to = std::size_t{expert - argument.first_expert} * argument.records;
  const std::uint8_t* elements = argument.elements + from * record_bytes(Format::bits);
  const std::uint32_t* scales = argument.scales + from * kStripRows;
  std::uint8_t* out = argument.out + to * record_bytes(DecodedRecord::bits);
#pragma unroll
  for (unsigned i = 0; i < kDequantisedPieces; ++i) {
    const unsigned index = (workgroup_x() * kDequantisedPieces + i) * kThreads + thread();
    const unsigned record = index / kRecordPieces, place = index % kRecordPieces;
    if (record >= argument.records) return;
    dequantise_piece<Format>(elements + std::size_t{record} * record_bytes(Format::bits),
                             scales + record * kStripRows, place,
                             out + std::size_t{record} * record_bytes(DecodedRecord::bits));
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
