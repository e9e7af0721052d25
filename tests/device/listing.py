"""What llvm-readelf --notes and llvm-objdump -d say of an AMD code object, and the ways through a kernel."""

import re


def metadata(notes):
    """The fields of each kernel, by its name."""
    kernels = {}
    for part in re.split(r"\n\s*- \.agpr_count", notes)[1:]:
        fields = dict(re.findall(r"\.(\w+):\s+(\S+)", ".agpr_count" + part))
        kernels[fields["name"]] = fields
    return kernels


def disassembly(listing):
    """The instructions of each kernel: (address, text)."""
    kernels = {}
    for line in listing.splitlines():
        start = re.match(r"[0-9a-f]+ <(\w+)>:", line)
        if start:
            kernels[start[1]] = current = []
        instruction = re.match(r"\s+(\S.*?)\s*// ([0-9A-F]+):", line)
        if instruction:
            current.append((int(instruction[2], 16), instruction[1]))
    return kernels


def flow(code):
    """For each instruction the indices of those that may follow it."""
    index_of = {address: index for index, (address, _) in enumerate(code)}
    edges = []
    for index, (address, text) in enumerate(code):
        following = [] if text.startswith(("s_branch", "s_endpgm")) else [index + 1]
        branch = re.match(r"s_c?branch\w* (\d+)", text)
        if branch:
            words = int(branch[1])
            following.append(index_of[address + 4 + 4 * (words - 65536 if words > 32767 else words)])
        edges.append([after for after in following if after < len(code)])
    return edges


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
    first = next((i for i, (_, text) in enumerate(code) if text.startswith(matrix)), None)
    if first is None:
        return []
    forward = flow(code)
    backward = [[] for _ in code]
    for index, following in enumerate(forward):
        for after in following:
            backward[after].append(index)
    after_it = set().union(*(reachable(after, forward) for after in forward[first]))
    if first not in after_it:
        return []
    return [code[i][1] for i in sorted(after_it & reachable(first, backward))]


def is_lds_dma(text):
    return bool(re.match(r"(global|buffer)_load_\w*lds|buffer_load_\w+ .*\blds\b", text))


def unwaited_dma(code):
    """The addresses of loads straight to LDS that may reach a barrier without an s_waitcnt that covers them:
    vmcnt(n) waits for all but the last n accesses of memory."""
    edges = flow(code)
    found = []
    for start, (address, text) in enumerate(code):
        if not is_lds_dma(text):
            continue
        waiting = [(after, 0) for after in edges[start]]
        seen = set(waiting)
        while waiting:
            index, later = waiting.pop()
            instruction = code[index][1]
            if instruction.startswith("s_barrier"):
                found.append(address)
                break
            count = re.match(r"s_waitcnt .*?vmcnt\((\d+)\)", instruction)
            if count and int(count[1]) <= later:
                continue
            if instruction.startswith(("global_", "buffer_", "flat_", "scratch_")):
                later = min(later + 1, 64)
            for after in edges[index]:
                if (after, later) not in seen:
                    seen.add((after, later))
                    waiting.append((after, later))
    return found
