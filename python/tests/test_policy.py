"""Compiling, proving, explaining, comparing."""

import pytest

import switchyard
from conftest import MOE, SMALL_BATCH

GOOD = """policy small

fact mx     : bool
fact tokens : int 1 .. 64

target native { family = fused }
target emulated { family = slow }
faster native over emulated

native requires mx because "MX matrix instructions"

native when mx and tokens > 16 because "large"
emulated otherwise

allow slower when tokens <= 16 because "measured"
"""


def test_a_text_and_a_path_give_the_same(tmp_path):
    from_text = switchyard.Policy.compile(GOOD, name=str(tmp_path / "small.policy"))
    (tmp_path / "small.policy").write_text(GOOD)
    from_path = switchyard.Policy.compile(tmp_path / "small.policy")
    assert from_text.table.hash == from_path.table.hash
    assert switchyard.Policy.compile(str(tmp_path / "small.policy")).table.hash == from_path.table.hash
    assert from_text.warnings == () and "small" in repr(from_text)
    decision = from_text.table.decide(mx=True, tokens=17)
    assert decision.target == "native" and dict(decision.attributes) == {"family": "fused"}


def test_a_saved_table_is_opened_again(tmp_path):
    policy = switchyard.Policy.compile(GOOD)
    policy.save(tmp_path / "small.table")
    assert switchyard.Table.open(tmp_path / "small.table").hash == policy.table.hash


def test_errors_hold_the_diagnostics():
    with pytest.raises(switchyard.PolicyError) as caught:
        switchyard.Policy.compile(GOOD.replace("native when mx and", "native when mxx and")
                                  .replace("emulated otherwise", "emulatd otherwise"), name="bad.policy")
    error = caught.value
    assert len(error.errors) == 2 and error.errors == error.diagnostics
    first = error.diagnostics[0]
    assert (first.severity, first.file, first.line, first.column) == ("error", "bad.policy", 12, 13)
    assert first.code.startswith("SY") and "mxx" in first.message and first.name
    assert first.end_line == 12 and first.end_column == 16
    assert "bad.policy:12:13" in str(first) and "bad.policy:12:13" in str(error)
    assert isinstance(error, switchyard.Error)


def test_an_input_shows_a_broken_promise():
    with pytest.raises(switchyard.PolicyError) as caught:
        switchyard.Policy.compile(GOOD + "\nguarantee always: mx implies native\n")
    (found,) = caught.value.errors
    assert found.code == "SY0306" and ("mx", "true") in found.witness
    assert any(place for _, place in found.notes)


def test_files_that_cannot_be_read(tmp_path, table_file):
    with pytest.raises(switchyard.Error, match="nothing.policy"):
        switchyard.Policy.compile(tmp_path / "nothing.policy")
    with pytest.raises(switchyard.Error, match="compiled table"):
        switchyard.Policy.compile(table_file)
    with pytest.raises(switchyard.PolicyError):
        switchyard.Policy.compile("")


def test_imports_are_found_beside_a_file(tmp_path):
    (tmp_path / "facts.facts").write_text("fact mx : bool\n")
    text = 'policy p\nimport "facts.facts"\ntarget a\ntarget b\na when mx\nb otherwise\n'
    (tmp_path / "p.policy").write_text(text)
    assert switchyard.Policy.compile(tmp_path / "p.policy").table.decide(mx=True).target == "a"


def test_verify():
    assert switchyard.verify(GOOD)
    slower = switchyard.verify(GOOD.replace("allow slower", "# allow slower"))
    assert not slower and [found.severity for found in slower.diagnostics] == ["warning"]
    assert "warning[" in str(slower)
    broken = switchyard.verify("policy x\n")
    assert not broken and broken.diagnostics[0].severity == "error"
    assert switchyard.Policy.compile(GOOD).verify()


def test_explain(policy):
    explained = policy.explain(**SMALL_BATCH)
    assert "native(block_m = 32" in str(explained)
    assert explained.data["decision"]["target"] == "native"
    assert explained.data["facts"]["tokens"] == 8
    open_facts = policy.table.explain(arch="gfx942", aiter=None, scheme="w_mxfp6")
    assert "residual" in open_facts.data
    why_not = switchyard.explain(policy, SMALL_BATCH, why_not="emulated")
    assert "why_not" in why_not.data
    without = {name: value for name, value in SMALL_BATCH.items() if name != "rocm"}
    assert "residual" in switchyard.explain(policy, without, free=["rocm"]).data
    with pytest.raises(switchyard.FactError, match="`rocm` is given a value, and left free"):
        switchyard.explain(policy, SMALL_BATCH, free=["rocm"])
    with pytest.raises(switchyard.FactError, match="did you mean `rocm`"):
        switchyard.explain(policy, SMALL_BATCH, free=["rokm"])
    with pytest.raises(switchyard.FactError, match="why_not asks about one input; give a value for `tokens`"):
        switchyard.explain(policy, {k: v for k, v in SMALL_BATCH.items() if k != "tokens"}, why_not="native")
    with pytest.raises(switchyard.FactError, match="emulated"):
        switchyard.explain(policy, SMALL_BATCH, why="emulatd")
    with pytest.raises(switchyard.FactError, match="tokens"):
        policy.explain(token=3)
    quoted = policy.explain(**{**SMALL_BATCH, "backends": ["own, new"]})
    assert quoted.data["decision"]["target"] == "native"


def test_diff():
    old = switchyard.Policy.compile(GOOD)
    assert not old.diff(old) and old.diff(old).equal
    new = switchyard.Policy.compile(GOOD.replace("tokens > 16", "tokens > 8"))
    changed = old.diff(new)
    assert changed and not changed.equal
    (change,) = changed.changes
    assert (change.old, change.new, change.count, change.exact) == ("emulated", "native", 8, True)
    assert "8 of 128 combinations change" in str(changed) and "|" in changed.markdown
    assert old.table.diff(new.table).data["changed"] == 8
    by_family = switchyard.diff(old, new, by="family")
    assert [(c.old, c.new) for c in by_family.changes] == [("slow", "fused")]
    assert switchyard.diff(old, switchyard.Policy.compile(GOOD.replace('"large"', '"big"')), reasons=True)
    with pytest.raises(switchyard.Error, match="did you mean"):
        old.diff(new, by="familly")
    with pytest.raises(switchyard.Error, match="not both"):
        old.diff(new, by="family", reasons=True)
    with pytest.raises(switchyard.Error, match="mx"):
        old.diff(switchyard.Policy.compile(GOOD.replace("mx     : bool", "mx : int 0 .. 1").replace("mx and", "mx == 1 and").replace("requires mx", "requires mx == 1")))


def test_the_compiler_runs_beside_other_threads(policy):
    """It lets go of the GIL and is asked from several threads at once."""
    import threading

    hashes = []
    threads = [threading.Thread(target=lambda: hashes.append(switchyard.Policy.compile(MOE).table.hash))
               for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hashes == [policy.table.hash] * 4


def test_a_difference_in_a_region_alone(policy):
    text = MOE.read_text().replace("tokens <= 16", "tokens <= 32")
    new = switchyard.Policy.compile(text, name="moe.policy")
    everywhere, inside, outside = (policy.diff(new, region=region) for region in ("", "tokens <= 20", "tokens > 32"))
    assert everywhere and inside and not outside
    assert sum(change.count for change in inside.changes) < sum(change.count for change in everywhere.changes)
    assert policy.table.diff(new, region="tokens > 32").equal
    with pytest.raises(switchyard.Error, match="tokns"):
        policy.diff(new, region="tokns > 32")


def test_capabilities_judge_in_place_of_the_policy_s_own_lines(policy, tmp_path):
    assert not [found for found in policy.verify().diagnostics if found.severity == "error"]
    capabilities = tmp_path / "kernels.requires"
    capabilities.write_text('packed requires tokens <= 8 because "the kernel of this library"\n')
    found = policy.verify(capabilities=[capabilities])
    assert any(one.severity == "error" and "packed" in one.message for one in found.diagnostics)
    with pytest.raises(switchyard.Error, match="no.requires"):
        policy.verify(capabilities=[tmp_path / "no.requires"])
