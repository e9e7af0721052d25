"""vLLM's choice of a kernel for Quark OCP MX layers, made by a policy.

vLLM decides in the constructor of a layer's method, in a line of the form

    self.emulate = not (supports_mx and scheme in (…) and …)

and what such a line does to some combination of GPU, scheme and flag was seen only when a model had become
slow (vLLM #36422, #39801). With a policy the constructor says what it knows, and the policy decides:

    decision = DISPATCH.decide(**facts_of(layer))
    if decision.kind == "refused":
        raise NotImplementedError(decision.reason)
    self.emulate = decision.attributes["family"] == "emulated"

Run as a program it asks the policy for every recorded decision of the real code:

    python vllm_quark_moe.py policies/vllm/quark_moe_41175.policy tests/policies/data/quark_moe_41175.csv
"""

import csv
import dataclasses
import gzip
import pathlib
import sys
from typing import Dict, Iterator, List, Tuple, Union

import switchyard


@dataclasses.dataclass
class Process:
    """What vLLM knows when it starts: the platform, the packages that can be imported, its flags."""

    gfx: str
    aiter_installed: bool
    use_aiter: bool
    use_aiter_moe: bool
    moe_backend: str
    triton_kernels: bool


@dataclasses.dataclass
class Layer:
    """What a layer's constructor is given."""

    scheme: str
    is_dynamic: str
    parallel: str
    profile: str


class QuarkMoEMethod:
    """The few lines in the place of `emulate = …`."""

    def __init__(self, dispatch: "Union[switchyard.Table, switchyard.BoundTable]", layer: Layer) -> None:
        self.decision = dispatch.decide(scheme=layer.scheme, is_dynamic=layer.is_dynamic,
                                        parallel=layer.parallel, profile=layer.profile)
        if self.decision.kind != "target":
            raise NotImplementedError(self.decision.reason)
        self.emulate = self.decision.attributes["family"] == "emulated"


def dispatch_of(policy: switchyard.Policy, process: Process) -> switchyard.BoundTable:
    """Once a process: what never changes in it is folded in."""
    return policy.table.bind(**dataclasses.asdict(process))


def family_of(dispatch: switchyard.BoundTable, layer: Layer) -> str:
    """As the recordings call it: the attribute `family` of the target, "error" for a refusal."""
    try:
        return str(QuarkMoEMethod(dispatch, layer).decision.attributes["family"])
    except NotImplementedError:
        return "error"


def recorded(path: "Union[str, pathlib.Path]") -> Iterator[Tuple[Process, Layer, str]]:
    """The rows of a recording: what was known, and what the real code decided."""
    opened = gzip.open(path, "rt") if str(path).endswith(".gz") else open(path, newline="")
    with opened as file:
        for row in csv.DictReader(file):
            yield (Process(row["gfx"], row["aiter_installed"] == "1", row["use_aiter"] == "1",
                           row["use_aiter_moe"] == "1", row["moe_backend"], row["triton_kernels"] == "1"),
                   Layer(row["scheme"], row["is_dynamic"], row["parallel"], row["profile"]),
                   row["decision"])


def differences(policy: switchyard.Policy, recording: "Union[str, pathlib.Path]") -> Tuple[int, List[str]]:
    """How many decisions were asked for, and those that the policy makes otherwise."""
    bound: Dict[Tuple[object, ...], switchyard.BoundTable] = {}
    different: List[str] = []
    count = 0
    for process, layer, expected in recorded(recording):
        count += 1
        key = dataclasses.astuple(process)
        if key not in bound:
            bound[key] = dispatch_of(policy, process)
        decided = family_of(bound[key], layer)
        if decided != expected:
            different.append(f"{process} {layer}: {decided}, and vLLM {expected}")
    return count, different


def main(policy_path: str, recording: str) -> int:
    policy = switchyard.Policy.compile(pathlib.Path(policy_path))
    count, different = differences(policy, recording)
    for line in different[:10]:
        print(line)
    print(f"{count} recorded decisions, {len(different)} made otherwise by {policy.table.policy}")
    return 1 if different or count == 0 else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: vllm_quark_moe.py POLICY RECORDING")
    sys.exit(main(sys.argv[1], sys.argv[2]))
