"""That object_check.py finds what it looks for: one kernel as llvm-readelf and llvm-objdump print it
(fixtures/), right as it stands, and with one thing wrong at a time.
"""

import pathlib
import unittest

import listing
import object_check

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
NAME = "switchyard_packed_down_mxfp4_m32_s1"
MATRIX = "v_mfma_f32_16x16x32_bf16"


def fixture(name):
    return (FIXTURES / name).read_text(encoding="utf-8")


class ObjectCheck(unittest.TestCase):
    def setUp(self):
        self.notes, self.code = fixture("packed_notes.txt"), fixture("packed_listing.txt")
        self.stated = (4, 8192)
        self.limits = {"packed_down_mxfp4_m32_s1": 1.5}
        self.architecture = "gfx950"

    def replace(self, name, old, new, count=None):
        text = getattr(self, name)
        self.assertIn(old, text)
        setattr(self, name, text.replace(old, new) if count is None else text.replace(old, new, count))

    def findings(self):
        self.reports = []
        return object_check.check_amd({NAME: self.stated}, [(self.notes, self.code)], self.architecture,
                                      self.limits, self.reports.append)

    def expect(self, *parts):
        """One finding for each of `parts`, in order, that has it and begins with the kernel's name."""
        findings = self.findings()
        self.assertEqual(len(findings), len(parts), findings)
        for finding, part in zip(findings, parts):
            self.assertIn(part, finding)
            self.assertTrue(finding.startswith(NAME), finding)

    def test_right_as_it_stands(self):
        self.expect()
        self.assertEqual(self.reports, [f"packed_down_mxfp4_m32_s1: in the loop 2 {MATRIX}, "
                                        "1.00 other vector instructions each"])

    def test_spills(self):
        self.replace("notes", ".vgpr_spill_count: 0", ".vgpr_spill_count: 12")
        self.replace("notes", ".sgpr_spill_count: 0", ".sgpr_spill_count: 3")
        self.expect("sgpr_spill_count is 3, but must be 0", "vgpr_spill_count is 12, but must be 0")

    def test_scratch(self):
        self.replace("notes", ".private_segment_fixed_size: 0", ".private_segment_fixed_size: 16")
        self.replace("code", "global_store_dword v1, v24", "scratch_store_dword v1, v24")
        self.expect("private_segment_fixed_size is 16", "accesses of scratch")

    def test_flat(self):
        self.replace("code", "global_store_dword", "flat_store_dword")
        self.expect("accesses of memory whose kind is not known")

    def test_registers(self):
        self.replace("notes", ".vgpr_count:     78", ".vgpr_count:     128")
        self.expect()
        self.replace("notes", ".vgpr_count:     128", ".vgpr_count:     129")
        self.expect("129 registers allow 3 waves a SIMD, but it states 4")

    def test_lds(self):
        self.stated = (4, 40960)
        self.expect()
        self.stated = (4, 40961)
        self.expect("40961 bytes of LDS allow 3 workgroups of four waves, but it states 4 waves a SIMD")
        # gfx942 has less.
        self.architecture = "gfx942"
        self.replace("code", MATRIX, "v_mfma_f32_16x16x16_bf16")
        self.stated = (4, 16384)
        self.expect()
        self.stated = (4, 16385)
        self.expect("16385 bytes of LDS allow 3 workgroups")

    def test_static_lds_counts(self):
        self.replace("notes", ".group_segment_fixed_size: 0", ".group_segment_fixed_size: 32768")
        self.stated = (4, 8192)
        self.expect()
        self.stated = (4, 8193)
        self.expect("LDS allow 3 workgroups")

    def test_other_matrix_instruction(self):
        self.replace("code", MATRIX, "v_mfma_f32_16x16x16_bf16")
        self.expect(f"no loop with {MATRIX}")

    def test_matrix_instruction_outside_of_a_loop(self):
        self.replace("code", "s_cbranch_vccnz 65505", "s_nop 0")
        self.expect(f"no loop with {MATRIX}")

    def test_other_vector_instructions(self):
        self.replace("code", "ds_read_b128 v[70:73], v21", "v_mov_b32_e32 v70, v21 ")
        self.expect()
        self.replace("code", "s_waitcnt lgkmcnt(0)", "v_mov_b32_e32 v7, v2")
        self.expect("2.00 other vector instructions beside each matrix instruction, more than 1.5")
        self.limits = {}
        self.expect("no limit of other vector instructions is stated")

    def test_narrow_loads(self):
        # The one before the loop does not count.
        self.replace("code", "global_load_dwordx4 v[28:31]", "global_load_dword v[28:31]")
        self.expect("3 loads of 16 bytes in the loop, fewer than 4")
        self.replace("code", "global_load_dword v50", "global_load_dwordx2 v50")
        self.expect("3 loads of 16 bytes", "1 loads of 8 bytes in the loop, where fp4 needs none")

    def test_load_to_lds(self):
        dma = "global_load_lds_dwordx4 v[20:21], off"
        self.replace("code", "global_load_dword v50, v49, s[42:43]", dma)
        self.expect("the load to LDS at 6640 reaches a barrier without its s_waitcnt")
        self.replace("code", "s_barrier ", "s_waitcnt vmcnt(0)", 1)
        self.expect()
        # All but the last access: that is the load itself.
        self.replace("code", "s_waitcnt vmcnt(0)", "s_waitcnt vmcnt(1)", 1)
        self.expect()  # another s_waitcnt stands before the next barrier
        self.replace("code", "s_waitcnt vmcnt(0)", "s_waitcnt vmcnt(1)", 1)
        self.expect("the load to LDS at 6640 reaches a barrier")

    def test_names(self):
        findings = object_check.check_amd({NAME: self.stated, "switchyard_combine": (8, 0)},
                                          [(self.notes, self.code)], self.architecture, self.limits,
                                          lambda line: None)
        self.assertEqual(findings, ["switchyard_combine is in no object"])
        self.assertEqual(object_check.check_names({"a"}, {"a", "b"}), ["b is not in kernel_list.h"])

    def test_inputs(self):
        text = f"all {NAME} 4 1 3 2\ngfx950 switchyard_native_x 5 6 7 8\n"
        self.assertEqual(object_check.expected_kernels(text, "gfx942"), {NAME: (4, 1)})
        self.assertEqual(object_check.expected_kernels(text, "gfx950"),
                         {NAME: (3, 2), "switchyard_native_x": (7, 8)})
        self.assertEqual(object_check.read_limits("# no\ngfx942 a 1.5\ngfx950 a 2\n", "gfx950"), {"a": 2.0})

    def test_loads_to_lds_are_told_from_others(self):
        for text in ("global_load_lds_dwordx4 v[0:1], off", "buffer_load_dword v1, s[8:11], 0 offen lds"):
            self.assertTrue(listing.is_lds_dma(text), text)
        for text in ("global_load_dwordx4 v[0:3], v[0:1], off", "ds_read_b128 v[0:3], v4"):
            self.assertFalse(listing.is_lds_dma(text), text)


class WarpgroupCheck(unittest.TestCase):
    NAME = "switchyard_packed_down_mxfp4_m32"
    LINES = ("griddepcontrol.wait;", "cp.async.cg.shared.global [%r1], [%rd1], 16, %r2;", "cp.async.wait_group 1;",
             "fence.proxy.async.shared::cta;", "bar.sync 0;", "wgmma.fence.sync.aligned;",
             "{ wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16 {%f1}, {%r3}, %rd2; }", "mov.b32 %r4, 0;",
             "wgmma.wait_group.sync.aligned 0; // 64")

    def findings(self, lines, name=NAME):
        return object_check.check_order(name, "\n\t".join(lines))

    def test_right_as_it_stands(self):
        self.assertEqual(self.findings(self.LINES), [])

    def test_each_missing_line(self):
        for missing in (0, 2, 3, 5):
            lines = self.LINES[:missing] + self.LINES[missing + 1:]
            findings = self.findings(lines)
            self.assertEqual(len(findings), 1, lines)
            self.assertIn(self.LINES[missing].rstrip(" 1;").rstrip(";"), findings[0])

    def test_a_call(self):
        self.assertIn("a call", self.findings(self.LINES + ("call.uni f;",))[0])

    def test_moves_of_sums(self):
        moves = ("mov.f32 %f1, %f2;",) * 32
        lines = self.LINES[:-1] + moves + self.LINES[-1:]
        self.assertIn("33 moves", self.findings(lines)[0])
        # In front of the matrix instructions they are its zeros; of 16 rows they are known.
        self.assertEqual(self.findings(moves + self.LINES), [])
        self.assertEqual(self.findings(lines, "switchyard_packed_down_mxfp4_m16"), [])


if __name__ == "__main__":
    unittest.main()
