#!/usr/bin/env python3
"""torch_anchor.py [--shape NAME]… [--tokens T,…] [--json FILE]: the layer in torch, to stand beside `moe bench`.

Microseconds a layer without its router and without sorting, on the GPU that torch has:

  ready     bf16 weights in memory: grouped product, activation, grouped product, weighted sum
  emulated  MXFP4 weights: the experts that are hit dequantised into bf16 first (a table of 256 pairs of
            values, then the scale), then the same. Torch's own operators, several passes over memory.

As `moe bench` does: batches with experts of their own in turn, each a graph that is replayed, the median of
rounds by the host's clock. The grouped product is compared with a loop of plain products before it is timed. Needs
torch with CUDA or ROCm and nothing else; `torch._grouped_mm` where it is there and works, else a loop over
experts.
"""

import argparse
import json
import statistics
import sys
import time

import torch

# hidden, intermediate, experts, experts a token, activation: runtime/bench/shapes.cpp has the same.
SHAPES = {
    "gpt-oss-120b": (2880, 2880, 128, 4, "swigluoai"),
    "qwen3-235b": (4096, 1536, 128, 8, "silu"),
    "deepseek-v3": (7168, 2048, 256, 8, "silu"),
}
BATCHES = 8
ROUNDS = 20
ROUND_SECONDS = 2e-3
ENOUGH_SECONDS = 2.0
FP4 = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]
FP4 += [-value for value in FP4]


def pair_table(device):
    """[256] int32: the two bf16 values of a byte, the low nibble's in the lower half."""
    bits = torch.tensor(FP4, dtype=torch.bfloat16).view(torch.int16).to(torch.int64) & 0xFFFF
    code = torch.arange(256)
    words = bits[code & 15] | (bits[code >> 4] << 16)
    words = torch.where(words >= 1 << 31, words - (1 << 32), words)
    return words.to(torch.int32).to(device)


class Matrices:
    """E matrices [rows, columns]: MXFP4 codes and scales, and their values in bf16."""

    def __init__(self, experts, rows, columns, table, device):
        self.table = table
        self.codes = torch.randint(0, 256, (experts, rows, columns // 2), dtype=torch.uint8, device=device)
        self.scales = torch.randint(118, 122, (experts, rows, columns // 32), dtype=torch.uint8, device=device)
        self.values = torch.empty((experts, rows, columns), dtype=torch.bfloat16, device=device)
        for expert in range(experts):
            self.dequantise(expert)

    def dequantise(self, expert):
        codes, scales, values = self.codes[expert], self.scales[expert], self.values[expert]
        pairs = torch.index_select(self.table, 0, codes.reshape(-1).to(torch.int32))
        blocks = pairs.view(torch.bfloat16).view(scales.shape[0], scales.shape[1], 32)
        factors = (scales.to(torch.int16) << 7).view(torch.bfloat16)  # 2^(scale - 127)
        torch.mul(blocks, factors.unsqueeze(-1), out=values.view(blocks.shape))


class Batch:
    """Tokens, the experts that each picks at random, and the order that sorts pairs by expert."""

    def __init__(self, shape, tokens, generator, device):
        hidden, _, experts, top_k, _ = shape
        self.x = torch.randn((tokens, hidden), device=device).to(torch.bfloat16)
        picked = torch.rand((tokens, experts), generator=generator).topk(top_k).indices.reshape(-1)
        order = torch.argsort(picked, stable=True)
        counts = torch.bincount(picked, minlength=experts)
        self.counts = counts.tolist()
        self.hit = [expert for expert, count in enumerate(self.counts) if count > 0]
        self.ends = torch.cumsum(counts, 0).to(torch.int32).to(device)
        self.token_of_row = (order // top_k).to(device)
        self.row_of_pair = torch.argsort(order).to(device)
        self.weights = torch.full((tokens, top_k, 1), 1.0 / top_k, dtype=torch.bfloat16, device=device)


def product_by_loop(rows, matrices, batch):
    out = torch.empty((rows.shape[0], matrices.shape[1]), dtype=torch.bfloat16, device=rows.device)
    begin = 0
    for expert in batch.hit:
        end = begin + batch.counts[expert]
        torch.matmul(rows[begin:end], matrices[expert].t(), out=out[begin:end])
        begin = end
    return out


def product_grouped(rows, matrices, batch):
    return torch._grouped_mm(rows, matrices.transpose(-2, -1), offs=batch.ends)


def activate(gate_up, activation):
    gate, up = gate_up.chunk(2, dim=-1)
    if activation == "silu":
        return torch.nn.functional.silu(gate) * up
    gate, up = gate.clamp(max=7.0), up.clamp(min=-7.0, max=7.0)
    return gate * torch.sigmoid(1.702 * gate) * (up + 1)


class Layer:
    def __init__(self, shape, device):
        hidden, intermediate, experts, self.top_k, self.activation = shape
        table = pair_table(device)
        self.gate_up = Matrices(experts, 2 * intermediate, hidden, table, device)
        self.down = Matrices(experts, hidden, intermediate, table, device)

    def run(self, batch, product, emulated):
        if emulated:
            for expert in batch.hit:
                self.gate_up.dequantise(expert)
        h = activate(product(batch.x[batch.token_of_row], self.gate_up.values, batch), self.activation)
        if emulated:
            for expert in batch.hit:
                self.down.dequantise(expert)
        y = product(h, self.down.values, batch)
        pairs = y[batch.row_of_pair].view(batch.x.shape[0], self.top_k, -1)
        return (pairs * batch.weights).sum(dim=1)


def choose_product(layer, batch):
    """The grouped product if it is there and right, else the loop; with a word for the report."""
    right = layer.run(batch, product_by_loop, False)
    try:
        grouped = layer.run(batch, product_grouped, False)
        torch.cuda.synchronize()
    except (AttributeError, RuntimeError, TypeError) as error:
        print(f"torch._grouped_mm cannot be used here, so a loop of products is: {error}", file=sys.stderr)
        return product_by_loop, "loop of matmul"
    check_equal("torch._grouped_mm", grouped, right)
    return product_grouped, "torch._grouped_mm"


def check_equal(what, value, right):
    """Both sum the same products in bf16 and float; the order alone may differ."""
    error = ((value.float() - right.float()).norm() / right.float().norm()).item()
    if not error < 1e-2:
        sys.exit(f"torch_anchor: {what} is off by {error:.3g} of the result's size, so it is not timed")


def time_layer(calls):
    """Seconds of one call, and whether it was in a graph."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        calls[0]()  # allocates and chooses algorithms, which no capture may do
    torch.cuda.current_stream().wait_stream(side)
    torch.cuda.synchronize()
    graphs, replays = [], []
    try:
        for call in calls:
            graph = torch.cuda.CUDAGraph()
            # One pool for all: they are replayed in the order of their capture, and nobody reads results.
            with torch.cuda.graph(graph, pool=graphs[0].pool() if graphs else None):
                call()
            graphs.append(graph)
        replays = [graph.replay for graph in graphs]
    except RuntimeError as error:
        print(f"no graph can be captured, so calls are timed: {error}", file=sys.stderr)
        torch.cuda.synchronize()
        replays = calls

    def round_seconds(repeats):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(repeats):
            for replay in replays:
                replay()
        torch.cuda.synchronize()
        return time.perf_counter() - start

    round_seconds(1)
    repeats = max(1, min(32, round(ROUND_SECONDS / round_seconds(1))))
    taken = []
    while len(taken) < 3 or (len(taken) < ROUNDS and sum(taken) < ENOUGH_SECONDS):
        taken.append(round_seconds(repeats))
    return statistics.median(taken) / (repeats * len(calls)), replays is not calls


def measure_shape(name, tokens_list, device):
    torch.manual_seed(1)
    shape = SHAPES[name]
    layer = Layer(shape, device)
    rows = []
    for tokens in tokens_list:
        generator = torch.Generator().manual_seed(tokens)
        batches = [Batch(shape, tokens, generator, device) for _ in range(BATCHES)]
        product, how = choose_product(layer, batches[0])
        row = {"shape": name, "tokens": tokens, "product": how,
               "experts_hit": sum(len(batch.hit) for batch in batches) / BATCHES}
        for variant, emulated in (("ready", False), ("emulated", True)):
            calls = [lambda batch=batch: layer.run(batch, product, emulated) for batch in batches]
            seconds, graph = time_layer(calls)
            row[f"{variant}_us"] = seconds * 1e6
            row[f"{variant}_graph"] = graph
        rows.append(row)
        print(f"{name:<13} {tokens:>6} {row['experts_hit']:>8.1f} {row['ready_us']:>10.1f} "
              f"{row['emulated_us']:>11.1f}  {how}{'' if row['ready_graph'] else ', no graph'}", flush=True)
        del batches, calls
        torch.cuda.empty_cache()
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--shape", action="append", choices=sorted(SHAPES), help="may be given again; all")
    parser.add_argument("--tokens", default="1,16,64,256,1024,4096")
    parser.add_argument("--json", help="a file for the figures")
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("torch_anchor: torch finds no GPU here")
    tokens = sorted({int(text) for text in arguments.tokens.split(",")})
    device = torch.device("cuda")
    print(f"{torch.cuda.get_device_name(0)}, torch {torch.__version__}; us a layer without router and sorting")
    print(f"{'model':<13} {'tokens':>6} {'experts':>8} {'ready us':>10} {'emulated us':>11}  product")
    rows = []
    with torch.inference_mode():
        for name in arguments.shape or SHAPES:
            rows += measure_shape(name, tokens, device)
            torch.cuda.empty_cache()
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as out:
            json.dump({"device": torch.cuda.get_device_name(0), "torch": torch.__version__, "rows": rows}, out,
                      indent=2)


if __name__ == "__main__":
    main()
