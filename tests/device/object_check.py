"""object_check.py NAMES READELF OBJDUMP LIMITS ARCHITECTURE OBJECT…: whether the device objects of an
architecture hold the kernels of the list and no other, without scratch or spills, and whether products load
by 16 bytes and have the intended matrix instruction in their loop. On AMD also whether registers and LDS
allow the occupancy that each kernel states (kernels/device/occupancy.h), whether an s_waitcnt stands between
a load straight to LDS and the barrier, and how many other vector instructions stand beside each matrix
instruction, which it prints and compares with the file LIMITS. Needs no GPU.
"""

import re
import subprocess
import sys

import listing

PRODUCT = re.compile(r"switchyard_(?:(packed|native)_)?(gate_up|down)_(?:(\w+?)_)?m(\d+)(?:_s(\d))?$")
MATRIX = {
    "gfx942": {"": "v_mfma_f32_16x16x16_bf16", "packed": "v_mfma_f32_16x16x16_bf16"},
    "gfx950": {"": "v_mfma_f32_16x16x32_bf16", "packed": "v_mfma_f32_16x16x32_bf16",
               "native": "v_mfma_scale_f32_16x16x128_f8f6f4"},
    "sm_90a": {"": "wgmma.mma_async.sync.aligned.m64n", "packed": "wgmma.mma_async.sync.aligned.m64n"},
}
# Of sm_90a, to registers or to LDS.
LOAD_16_BYTES = re.compile(
    r"ld\.global\.v4|cp\.async\.cg\.shared\.global \[\S+\], \[\S+\], 16")
# Of a compute unit, and what it is given out by.
LDS = {"gfx942": (64 * 1024, 512), "gfx950": (160 * 1024, 1280)}
LANE_REGISTERS = 512  # of a SIMD, vector and accumulation registers together
REGISTER_GRANULE = 8
MOST_WAVES = 8  # of a SIMD
MOST_MOVES = 24  # on sm_90a, of any registers; the fewest sums of a lane are 32


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def expected_kernels(text, architecture):
    """(waves a SIMD, bytes of LDS) that each kernel of the architecture states, by its name; of `text`, what
    kernel_names prints."""
    kernels = {}
    for line in text.splitlines():
        where, name, *stated = line.split()
        if where in ("all", architecture):
            at = 2 if architecture == "gfx950" else 0
            kernels[name] = (int(stated[at]), int(stated[at + 1]))
    return kernels


def read_limits(text, architecture):
    """The most other vector instructions beside each matrix instruction, by the product."""
    limits = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            where, product, most = line.split()
            if where == architecture:
                limits[product] = float(most)
    return limits


def product_of(name):
    """(variant, the name without `switchyard_`, rows of a tile, split of k, bytes of a weight code times
    eight); None of any other kernel."""
    match = PRODUCT.match(name)
    if not match:
        return None
    bits = 16 if not match[1] else 4 if match[3].startswith("mxfp4") else 6
    return match[1] or "", name.removeprefix("switchyard_"), int(match[4]), int(match[5] or 1), bits


def weight_loads(product):
    """Loads of 16 bytes in a step of the loop: at least those of the weights, where they go through LDS all of
    both operands."""
    variant, _, block_m, split, _ = product
    if variant == "native":
        return 2
    if variant == "packed":
        return (4 if split == 4 else 2) + (4 if block_m == 16 else block_m // 16)
    return 4 + (2 if block_m == 64 else 1)


def check_occupancy(name, fields, stated, architecture):
    waves, lds = stated
    # .vgpr_count is of both kinds of registers.
    registers = max(int(fields["vgpr_count"]), int(fields["agpr_count"]))
    taken = max(1, -(-registers // REGISTER_GRANULE)) * REGISTER_GRANULE
    possible = min(MOST_WAVES, LANE_REGISTERS // taken)
    findings = []
    if possible < waves:
        findings.append(f"{name}: {registers} registers allow {possible} waves a SIMD, but it states {waves}")
    size, granule = LDS[architecture]
    bytes_taken = -(-(int(fields["group_segment_fixed_size"]) + lds) // granule) * granule
    if bytes_taken * waves > size:
        findings.append(f"{name}: {lds} bytes of LDS allow {size // bytes_taken} workgroups of four waves, "
                        f"but it states {waves} waves a SIMD")
    return findings


def check_product(name, code, architecture, limits, report):
    product = product_of(name)
    matrix = MATRIX[architecture][product[0]]
    loop = listing.loop_of(code, matrix)
    if not loop:
        return [f"{name}: no loop with {matrix}"]
    findings = []
    count = sum(text.startswith(matrix) for text in loop)
    vector = sum(text.startswith("v_") for text in loop) - count
    report(f"{product[1]}: in the loop {count} {matrix}, {vector / count:.2f} other vector instructions each")
    if product[1] not in limits:
        findings.append(f"{name}: no limit of other vector instructions is stated")
    elif vector > limits[product[1]] * count:
        findings.append(f"{name}: {vector / count:.2f} other vector instructions beside each matrix "
                        f"instruction, more than {limits[product[1]]}")
    wide = sum(text.startswith("global_load_dwordx4") for text in loop)
    if wide < weight_loads(product):
        findings.append(f"{name}: {wide} loads of 16 bytes in the loop, fewer than {weight_loads(product)}")
    rest = sum(text.startswith("global_load_dwordx2") for text in loop)
    if product[4] == 4 and product[0] == "packed" and rest:
        findings.append(f"{name}: {rest} loads of 8 bytes in the loop, where fp4 needs none")
    return findings


def check_kernel(name, fields, code, stated, architecture, limits, report):
    """What is wrong with one kernel of AMD."""
    findings = []
    for field in ("private_segment_fixed_size", "sgpr_spill_count", "vgpr_spill_count"):
        if fields[field] != "0":
            findings.append(f"{name}: {field} is {fields[field]}, but must be 0")
    texts = [text for _, text in code]
    if any(text.startswith("flat_") for text in texts):
        findings.append(f"{name}: accesses of memory whose kind is not known (flat_)")
    if any(text.startswith("scratch_") for text in texts):
        findings.append(f"{name}: accesses of scratch")
    for address in listing.unwaited_dma(code):
        findings.append(f"{name}: the load to LDS at {address:x} reaches a barrier without its s_waitcnt")
    if stated:
        findings += check_occupancy(name, fields, stated, architecture)
    if product_of(name):
        findings += check_product(name, code, architecture, limits, report)
    return findings


def check_amd(kernels, objects, architecture, limits, report=print):
    """`objects`: of each its notes and its listing, as texts."""
    findings, found = [], set()
    for notes, text in objects:
        code = listing.disassembly(text)
        for name, fields in listing.metadata(notes).items():
            found.add(name)
            findings += check_kernel(name, fields, code[name], kernels.get(name), architecture, limits,
                                     report)
    return findings + check_names(set(kernels), found)


def check_order(name, part):
    """What a kernel of sm_90a needs so that it reads what is there, and so that ptxas lets its matrix
    instructions go on beside others."""
    findings = []
    if "griddepcontrol.wait;" not in part:
        findings.append(f"{name}: no griddepcontrol.wait, so it may run before the kernel in front of it ends")
    if "wgmma.mma_async" not in part:
        return findings
    for wanted in ("fence.proxy.async.shared::cta;", "cp.async.wait_group", "wgmma.fence.sync.aligned;"):
        if wanted not in part:
            findings.append(f"{name}: matrix instructions and no {wanted}")
    if re.search(r"\n\s*call", part):
        findings.append(f"{name}: a call, across which ptxas serialises matrix instructions (C7510)")
    # In the order of the text, which for these loops is that of the blocks.
    moves = 0
    for line in part.splitlines():
        if "wgmma.mma_async" in line:
            moves = 0
        elif re.match(r"\s*mov\.[bf]32", line):
            moves += 1
        elif "wgmma.wait_group.sync.aligned 0;" in line:
            if moves > MOST_MOVES and not re.search(r"_packed_\w+_mxfp\w+_m16$", name):
                findings.append(f"{name}: {moves} moves between the last matrix instruction and the wait for it, "
                                "for which ptxas serialises them (C7515)")
            moves = 0
    return findings


def check_nvidia(names, architecture, paths):
    findings, found = [], set()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if f"\n.target {architecture}\n" not in text:
            findings.append(f"{path} is not for {architecture}")
        for part in text.split(".visible .entry ")[1:]:
            name = part[:part.index("(")]
            found.add(name)
            if ".local" in part:
                findings.append(f"{name}: local memory")
            findings += check_order(name, part)
            product = product_of(name)
            if product is None:
                continue
            if MATRIX[architecture][product[0]] not in part:
                findings.append(f"{name}: no {MATRIX[architecture][product[0]]}")
            if not LOAD_16_BYTES.search(part):
                findings.append(f"{name}: no 16-byte load")
    return findings + check_names(names, found)


def check_names(names, found):
    return ([f"{name} is in no object" for name in sorted(names - found)] +
            [f"{name} is not in kernel_list.h" for name in sorted(found - names)])


def main(names, readelf, objdump, limits, architecture, *paths):
    kernels = expected_kernels(output(names), architecture)
    if architecture.startswith("gfx"):
        with open(limits, encoding="utf-8") as file:
            limits = read_limits(file.read(), architecture)
        objects = [(output(readelf, "--notes", path), output(objdump, "-d", path)) for path in paths]
        findings = check_amd(kernels, objects, architecture, limits)
    else:
        findings = check_nvidia(set(kernels), architecture, paths)
    print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
