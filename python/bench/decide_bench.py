"""What a decision costs from Python, beside what people write instead. Numbers: bench/README.md.

    PYTHONPATH=build/release/python /usr/bin/python3 python/bench/decide_bench.py
"""

import pathlib
import shutil
import statistics
import tempfile
import timeit

import numpy as np

import switchyard

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROUNDS, CALLS = 9, 200_000

FACTS = """gfx="gfx950", scheme="w_mxfp4", is_dynamic="n/a", aiter_installed=True, use_aiter=True,
use_aiter_moe=True, moe_backend="auto", parallel="tp", profile="qwen", triton_kernels=True"""


def if_chain(gfx, scheme, is_dynamic, aiter_installed, use_aiter, use_aiter_moe, moe_backend, parallel, profile,
             triton_kernels):
    """Some of what the policy decides, as code."""
    supports_mx = gfx == "gfx950"
    emulate = not (supports_mx and scheme in ("w_mxfp4", "w_mxfp4_a_mxfp4"))
    if scheme == "w_mxfp4" and moe_backend == "auto" and not emulate:
        if supports_mx and aiter_installed and use_aiter and use_aiter_moe and parallel != "ep_a2a_batched":
            return "aiter"
        if triton_kernels and profile == "gptoss":
            return "triton"
    return "emulated"


def cases():
    table = switchyard.Policy.compile(ROOT / "policies" / "vllm" / "quark_moe_41175.policy").table
    process = dict(gfx="gfx950", aiter_installed=True, use_aiter=True, use_aiter_moe=True, moe_backend="auto",
                   triton_kernels=True)
    layer = dict(scheme="w_mxfp4", is_dynamic="n/a", parallel="tp", profile="qwen")
    bound = table.bind(**process)
    facts = {**process, **layer}
    held = dict(facts)
    held["gfx"] = "gfx" + str(950)  # a text that Python did not intern
    path = pathlib.Path(tempfile.mkdtemp()) / "moe.table"
    table.save(path)
    store = switchyard.PolicyStore.open(path)
    yield "a Python function of 10 arguments, if chain", f"f({FACTS})", {"f": if_chain}
    yield "decide, 10 facts", f"f({FACTS})", {"f": table.decide}
    yield "decide(**dict), 10 facts", "f(**facts)", {"f": table.decide, "facts": held}
    yield "decide, 10 facts, and .target", f"f({FACTS}).target", {"f": table.decide}
    yield "bound: decide, 4 facts", 'f(scheme="w_mxfp4", is_dynamic="n/a", parallel="tp", profile="qwen")', {"f": bound.decide}
    yield "store: decide, 10 facts", f"f({FACTS})", {"f": store.decide}
    rows = np.zeros(100_000, table.row_dtype)
    yield "decide_batch, 100,000 rows in place, a row", "f(rows)", {"f": table.decide_batch, "rows": rows}
    store.close()
    shutil.rmtree(path.parent)


def main():
    print(f"{'ns':>8}  {'fastest':>8}  case (median and fastest of {ROUNDS} rounds)")
    for name, statement, names in cases():
        rows = len(names["rows"]) if "rows" in names else 1
        calls = CALLS if rows == 1 else 50
        rounds = [seconds / calls / rows * 1e9
                  for seconds in timeit.repeat(statement, globals=names, number=calls, repeat=ROUNDS)]
        print(f"{statistics.median(rounds):8.1f}  {min(rounds):8.1f}  {name}")


if __name__ == "__main__":
    main()
