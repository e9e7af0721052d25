"""What is decided is written, counted and warned of; what is known at start is told."""

import json
import subprocess
import sys

import pytest

import switchyard
from conftest import SMALL_BATCH

SLOW = {**SMALL_BATCH, "aiter": False, "tokens": 50}  # packed, where native could run


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_decisions_are_written_and_counted(table, tmp_path):
    path = tmp_path / "decisions.jsonl"
    own = switchyard.Table.from_bytes(bytes(table))
    with switchyard.DecisionLog.open(path, sample_every=1) as log:
        own.decide(**SMALL_BATCH)  # before: not recorded
        own.record_to(log)
        answers = [own.decide(**{**SMALL_BATCH, "tokens": tokens}) for tokens in (1, 8, 50)]
        log.flush()
        lines = lines_of(path)
        assert [line["target"] for line in lines] == [answer.target for answer in answers]
        assert lines[0]["facts"]["arch"] == "gfx950" and lines[0]["table"] == own.hash
        assert "switchyard_log_lines_total 3\n" in log.metrics()
        status = log.status()
        assert (status.path, status.lines, status.problem) == (str(path), 3, "")
        own.record_to(None)
        own.decide(**SMALL_BATCH)
        log.flush()
        assert log.status().lines == 3
    own.record_to(log)
    assert own.decide(**SMALL_BATCH).target == "native"  # a closed log changes nothing
    with pytest.raises(switchyard.LogError, match="closed"):
        log.status()


def test_a_path_is_no_log(table):
    with pytest.raises(TypeError, match=r"DecisionLog.open\(path\)"):
        table.record_to("decisions.jsonl")


def test_bound_facts_are_in_the_lines(table, tmp_path):
    path = tmp_path / "decisions.jsonl"
    bound = table.bind(arch="gfx950", rocm="7.1")
    with switchyard.DecisionLog.open(path, sample_every=1) as log:
        bound.record_to(log)
        bound.decide(aiter=None, scheme="w_mxfp4", tokens=8)
    (line,) = lines_of(path)
    assert line["facts"]["arch"] == "gfx950" and line["facts"]["rocm"] == "7.1"


def test_a_store_records_by_generation(policy, table_file, tmp_path):
    path = tmp_path / "decisions.jsonl"
    told = []
    with switchyard.DecisionLog.open(path, sample_every=1, on_slow_path=told.append) as log, \
            switchyard.PolicyStore.open(table_file, watch=False) as store:
        assert 'switchyard_reloads_total{policy="moe",result="accepted"} 1\n' in store.metrics()
        store.record_to(log)
        for _ in range(3):
            store.decide(**SLOW)
        switchyard.Policy.compile(policy_text(policy, "tokens <= 4"), name="moe.policy").save(table_file)
        assert store.reload() == 2
        store.decide(**SMALL_BATCH)
        table_file.write_bytes(b"rubbish")
        with pytest.raises(switchyard.StoreError):
            store.reload()
        log.flush()
        assert [line["generation"] for line in lines_of(path)] == [1, 1, 1, 2]
        for metrics in (store.metrics(), log.metrics(store)):
            assert 'switchyard_reloads_total{policy="moe",result="accepted"} 2\n' in metrics
            assert 'switchyard_reloads_total{policy="moe",result="refused"} 1\n' in metrics
            assert 'switchyard_table_generation{policy="moe"} 2\n' in metrics
    (warning,) = told
    assert warning.startswith("slow path: policy moe runs packed") and "needs `aiter != off`" in warning


def policy_text(policy, when):
    import conftest

    text = conftest.MOE.read_text()
    assert "tokens <= 16" in text
    return text.replace("tokens <= 16", when)


@pytest.mark.parametrize("given, part", [
    ({"path": "/no/such/folder/log"}, "/no/such/folder/log"),
    ({"first": "never"}, '"box", "rule" or "none"'),
    ({"ring_bytes": 5}, "power of two"),
    ({"keep_files": 0}, "keep_files"),
    ({"poll": 1000.0}, "poll"),
])
def test_what_a_log_does_not_take(given, part):
    with pytest.raises(switchyard.LogError, match=part):
        switchyard.DecisionLog.open(**given)


def test_a_program_that_ends_without_closing_has_its_lines(table_file, tmp_path):
    path = tmp_path / "decisions.jsonl"
    program = (
        "import sys, switchyard\n"
        "log = switchyard.DecisionLog.open(sys.argv[2], on_slow_path=print)\n"
        "table = switchyard.Table.open(sys.argv[1])\n"
        "table.record_to(log)\n"
        f"table.decide(**{SLOW!r})\n")
    done = subprocess.run([sys.executable, "-c", program, str(table_file), str(path)], capture_output=True,
                          text=True, timeout=120, check=True)
    assert done.stdout.startswith("slow path: ") and len(lines_of(path)) == 1


def test_a_layer_is_told_of(table):
    line = table.layer_line("layers.0.mlp", **{**SMALL_BATCH, "rocm": "6.3", "aiter": None})
    assert line.startswith("layer layers.0.mlp: packed(block_m = 16): few tokens")
    assert "needs rocm >= 7.0" in line
    with pytest.raises(switchyard.FactError, match="arhc"):
        table.layer_line("0", arhc="gfx950")


def test_facts_at_start(table):
    probed = switchyard.probe_facts(
        table, device={"arch": "gfx950"}, engine=lambda key: {"graphs": True}.get(key),
        environment={"ENGINE_USE_AITER": "1", "ENGINE_USE_AITR": "1"})
    assert probed.values == {"arch": "gfx950", "aiter": "on", "graphs": "true"}
    by_name = {fact.name: fact for fact in probed.facts}
    assert by_name["arch"].fixed and "device" in by_name["arch"].origin
    assert not by_name["tokens"].fixed and by_name["tokens"].value is None
    assert any("ENGINE_USE_AITR" in warning for warning in probed.warnings)
    assert "ENGINE_USE_AITER" in str(probed)
    bound = table.bind(**probed.values)
    assert bound.decide(rocm="7.1", scheme="w_mxfp4", backends=["ck"], tokens=8).target == "native"


def test_what_is_overridden_at_start(table):
    probed = switchyard.probe_facts(table, device={}, overrides={"arch": "gfx942", "backends": ["ck"]},
                                    environment={})
    assert probed.values == {"arch": "gfx942", "backends": "<ck>", "aiter": "unset"}
    with pytest.raises(switchyard.FactError, match="arhc"):
        switchyard.probe_facts(table, overrides={"arhc": "gfx942"})


@pytest.mark.parametrize("given, part", [
    ({"environment": {"ENGINE_USE_AITER": "perhaps"}}, "perhaps"),
    ({"device": {"arhc": "gfx950"}}, "from device arch`, but device has no such key"),
    ({"device": {"arch": 1.5}}, "float"),
])
def test_what_probing_refuses(table, given, part):
    with pytest.raises(switchyard.FactError, match=part):
        switchyard.probe_facts(table, **given)


def test_a_provider_that_raises_is_heard(table):
    def broken(key):
        raise RuntimeError("no device")

    with pytest.raises(RuntimeError, match="no device"):
        switchyard.probe_facts(table, device=broken)
