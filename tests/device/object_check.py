"""object_check.py NAMES READELF OBJDUMP ARCHITECTURE OBJECT…: whether the device objects of an architecture
hold the kernels of the list and no other, without scratch or spills, within the registers of the
occupancy that is stated here, and whether products load by 16 bytes and have the intended matrix
instruction in their loop. Prints the vector instructions beside each matrix instruction there.
Needs no GPU.
"""

import re
import subprocess
import sys

PRODUCT = re.compile(r"switchyard_(?:(packed|native)_)?(?:gate_up|down)_")
MATRIX = {
    "gfx942": {"": "v_mfma_f32_16x16x16_bf16", "packed": "v_mfma_f32_16x16x16_bf16"},
    "gfx950": {"": "v_mfma_f32_16x16x32_bf16", "packed": "v_mfma_f32_16x16x32_bf16",
               "native": "v_mfma_scale_f32_16x16x128_f8f6f4"},
    "sm_90a": {"": "mma.sync.aligned.m16n8k16", "packed": "wgmma.mma_async.sync.aligned.m64n"},
}
# Registers of a lane: 256 are two waves a SIMD, 128 four.
REGISTERS = {True: 256, False: 128}
# Other vector instructions a matrix instruction in the loop, at most, by variant.
BESIDE = {"": 8, "packed": 36, "native": 40}


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def expected_names(program, architecture):
    lines = [line.split() for line in output(program).splitlines()]
    return {name for where, name in lines if where in ("all", architecture)}


def variant_of(name):
    """Of a product: "", "packed" or "native"; None of any other kernel."""
    match = PRODUCT.match(name)
    return (match[1] or "") if match else None


def metadata(readelf, path):
    """The fields of each kernel, by its name."""
    kernels = {}
    for part in re.split(r"\n\s*- \.agpr_count", output(readelf, "--notes", path))[1:]:
        fields = dict(re.findall(r"\.(\w+):\s+(\S+)", ".agpr_count" + part))
        kernels[fields["name"]] = fields
    return kernels


def disassembly(objdump, path):
    """The instructions of each kernel: (address, text)."""
    kernels = {}
    for line in output(objdump, "-d", path).splitlines():
        start = re.match(r"[0-9a-f]+ <(\w+)>:", line)
        if start:
            kernels[start[1]] = current = []
        instruction = re.match(r"\s+(\S.*?)\s*// ([0-9A-F]+):", line)
        if instruction:
            current.append((int(instruction[2], 16), instruction[1]))
    return kernels


def reachable(start, edges):
    seen, waiting = {start}, [start]
    while waiting:
        for after in edges[waiting.pop()]:
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return seen


def loop_of(code, matrix):
    """The instructions that both follow and precede the first matrix instruction, or nothing."""
    index_of = {address: index for index, (address, _) in enumerate(code)}
    forward, backward = [[] for _ in code], [[] for _ in code]
    for index, (address, text) in enumerate(code):
        following = [] if text.startswith(("s_branch", "s_endpgm")) else [index + 1]
        branch = re.match(r"s_c?branch\w* (\d+)", text)
        if branch:
            words = int(branch[1])
            following.append(index_of[address + 4 + 4 * (words - 65536 if words > 32767 else words)])
        for after in following:
            if after < len(code):
                forward[index].append(after)
                backward[after].append(index)
    first = next((i for i, (_, text) in enumerate(code) if text.startswith(matrix)), None)
    if first is None:
        return []
    loop = reachable(first, forward) & reachable(first, backward)
    return [code[i][1] for i in sorted(loop)] if len(loop) > 1 else []


def check_amd(names, readelf, objdump, architecture, paths):
    findings, found = [], set()
    for path in paths:
        code = disassembly(objdump, path)
        for name, fields in metadata(readelf, path).items():
            found.add(name)
            for field in ("private_segment_fixed_size", "sgpr_spill_count", "vgpr_spill_count"):
                if fields[field] != "0":
                    findings.append(f"{name}: {field} is {fields[field]}, but must be 0")
            variant = variant_of(name)
            most = REGISTERS[variant is not None]
            if int(fields["vgpr_count"]) > most:
                findings.append(f"{name}: {fields['vgpr_count']} registers, more than {most}")
            texts = [text for _, text in code[name]]
            if any(text.startswith("flat_") for text in texts):
                findings.append(f"{name}: accesses of memory whose kind is not known (flat_)")
            if variant is None:
                continue
            matrix = MATRIX[architecture][variant]
            loop = loop_of(code[name], matrix)
            if not loop:
                findings.append(f"{name}: no loop with {matrix}")
                continue
            count = sum(text.startswith(matrix) for text in loop)
            vector = sum(text.startswith("v_") for text in loop) - count
            print(f"{name}: {fields['vgpr_count']} registers; in the loop {count} {matrix}, "
                  f"{vector / count:.1f} other vector instructions each")
            if vector > BESIDE[variant] * count:
                findings.append(f"{name}: more than {BESIDE[variant]} other vector instructions each")
            if not any(text.startswith("global_load_dwordx4") for text in texts):
                findings.append(f"{name}: no 16-byte load")
    return findings + check_names(names, found)


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
            variant = variant_of(name)
            if variant is None:
                continue
            if MATRIX[architecture][variant] not in part:
                findings.append(f"{name}: no {MATRIX[architecture][variant]}")
            if not re.search(r"ld\.global\.v4|cp\.async\.cg\.shared\.global \[\S+\], \[\S+\], 16", part):
                findings.append(f"{name}: no 16-byte load")
    return findings + check_names(names, found)


def check_names(names, found):
    return ([f"{name} is in no object" for name in sorted(names - found)] +
            [f"{name} is not in kernel_list.h" for name in sorted(found - names)])


def main(names, readelf, objdump, architecture, *paths):
    names = expected_names(names, architecture)
    if architecture.startswith("gfx"):
        findings = check_amd(names, readelf, objdump, architecture, paths)
    else:
        findings = check_nvidia(names, architecture, paths)
    print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
