"""python/examples/vllm_quark_moe.py makes the decisions that were recorded of vLLM's code."""

import importlib.util
import pathlib

import pytest

import switchyard
from conftest import ROOT

EXAMPLE = ROOT / "python" / "examples" / "vllm_quark_moe.py"
FULL = ROOT.parent / "shared" / "data" / "vllm_quark_moe"
VERSIONS = [("pre_39801", "a_pre39801.csv.gz"), ("39801", "b_39801.csv.gz"), ("41175", "c_41175.csv.gz")]


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("vllm_quark_moe", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def policy_of(version):
    return switchyard.Policy.compile(ROOT / "policies" / "vllm" / f"quark_moe_{version}.policy")


@pytest.mark.parametrize("version", [version for version, _ in VERSIONS])
def test_the_extract(example, version):
    recording = ROOT / "tests" / "policies" / "data" / f"quark_moe_{version}.csv"
    assert example.differences(policy_of(version), recording) == (2000, [])


@pytest.mark.parametrize("version, name", VERSIONS)
def test_every_combination(example, version, name):
    recording = pathlib.Path(FULL / name)
    if not recording.exists():
        pytest.skip(f"the full recordings are not beside the checkout ({recording.name})")
    assert example.differences(policy_of(version), recording) == (109_440, [])


def test_another_version_is_told_apart(example):
    recording = ROOT / "tests" / "policies" / "data" / "quark_moe_41175.csv"
    count, different = example.differences(policy_of("39801"), recording)
    assert count == 2000 and different


def test_as_a_program(example, capsys):
    policy = str(ROOT / "policies" / "vllm" / "quark_moe_41175.policy")
    assert example.main(policy, str(ROOT / "tests" / "policies" / "data" / "quark_moe_41175.csv")) == 0
    assert "2000 recorded decisions, 0 made otherwise" in capsys.readouterr().out
