"""Every public name says what it is, and the stubs are the modules."""

import inspect
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import switchyard

PACKAGE = pathlib.Path(switchyard.__file__).parent


def public_members(cls):
    for name, member in inspect.getmembers(cls):
        own = any(name in base.__dict__ for base in cls.__mro__ if base.__module__.startswith("switchyard"))
        if not name.startswith("_") and own:
            yield name, member


def told(name, member):
    """The docstring, without the signature that pybind11 puts in front."""
    text = (getattr(member, "__doc__", None) or "").strip()
    first, _, rest = text.partition("\n")
    return rest.strip() if first.startswith(f"{name}(") else text


def test_every_public_name_has_a_docstring():
    lacking = []
    for name in switchyard.__all__:
        if name in ("FactValue", "decision_dtype"):
            continue  # a type alias and a numpy dtype, which take none
        thing = getattr(switchyard, name)
        if not (thing.__doc__ or "").strip():
            lacking.append(name)
        if not inspect.isclass(thing):
            continue
        fields = getattr(thing, "__dataclass_fields__", {})
        for member, value in public_members(thing):
            if member in fields or isinstance(value, (int, str)):
                continue
            if not told(member, value):
                lacking.append(f"{name}.{member}")
    assert lacking == []


def test_every_public_function_has_hints():
    lacking = []
    for name in switchyard.__all__:
        thing = getattr(switchyard, name)
        functions = [(name, thing)] if inspect.isfunction(thing) else []
        if inspect.isclass(thing):
            functions += [(f"{name}.{member}", value) for member, value in public_members(thing)
                          if inspect.isfunction(value) or inspect.ismethod(value)]
        for where, function in functions:
            signature = inspect.signature(function)
            if signature.return_annotation is inspect.Signature.empty:
                lacking.append(where)
            lacking += [f"{where}({p.name})" for p in signature.parameters.values()
                        if p.annotation is inspect.Parameter.empty and p.name not in ("self", "cls")]
    assert lacking == []


def test_the_package_says_that_it_has_hints():
    assert (PACKAGE / "py.typed").exists()
    assert (PACKAGE / "_runtime.pyi").exists() and (PACKAGE / "_compiler.pyi").exists()


def test_the_stubs_are_the_modules(tmp_path):
    """mypy's own comparison, of what is there and how it is called."""
    stubtest = shutil.which("stubtest", path="/usr/bin")
    if stubtest is None:
        pytest.skip("mypy (Debian's package of that name) is not installed")
    allowed = tmp_path / "allowed"
    # Their metaclass is pybind11's.
    allowed.write_text("".join(f"switchyard._runtime.{name}Base\n" for name in ("Log", "Store", "Table")))
    done = subprocess.run(
        [sys.executable, stubtest, "switchyard._runtime", "switchyard._compiler", "--allowlist", str(allowed)],
        capture_output=True, text=True, cwd=tmp_path, timeout=600,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), "MYPYPATH": str(PACKAGE.parent)})
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sources_pass_mypy(tmp_path):
    mypy = shutil.which("mypy", path="/usr/bin")
    if mypy is None:
        pytest.skip("mypy (Debian's package of that name) is not installed")
    done = subprocess.run([sys.executable, mypy, "--strict", "--cache-dir", str(tmp_path), "-p", "switchyard"],
                          capture_output=True, text=True, cwd=PACKAGE.parent, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
