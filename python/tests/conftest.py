"""What the tests share: the checkout, and a policy with a fact of every kind."""

import os
import pathlib
import shutil

import pytest

import switchyard

ROOT = pathlib.Path(__file__).resolve().parents[2]

#: tests/capi/moe.policy, so that both interfaces are tested on the same one.
MOE = ROOT / "tests" / "capi" / "moe.policy"

#: Facts that decide for native(block_m = 32).
SMALL_BATCH = {"arch": "gfx950", "aiter": True, "rocm": "7.1", "scheme": "w_mxfp4", "backends": ["ck"],
               "tokens": 8}


@pytest.fixture(scope="session")
def policy():
    return switchyard.Policy.compile(MOE)


@pytest.fixture(scope="session")
def table(policy):
    return policy.table


@pytest.fixture
def table_file(policy, tmp_path):
    path = tmp_path / "moe.table"
    policy.save(path)
    return path


@pytest.fixture(scope="session")
def policyc():
    """The compiler as a program, where the build has it."""
    path = os.environ.get("SWITCHYARD_POLICYC") or shutil.which("policyc")
    if not path:
        pytest.skip("policyc is neither named by SWITCHYARD_POLICYC nor on the PATH")
    return path
