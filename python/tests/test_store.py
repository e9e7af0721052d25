"""Following a file. Nothing waits for time: the store is asked to look, or its log to tell."""

import os
import subprocess
import sys
import threading

import pytest

import switchyard
from conftest import MOE, SMALL_BATCH


def variant(tokens):
    """The policy with another boundary, so that tables differ."""
    text = MOE.read_text().replace("when tokens <= 16", f"when tokens <= {tokens}")
    assert tokens == 16 or text != MOE.read_text()
    return switchyard.Policy.compile(text, name=f"variant{tokens}.policy")


@pytest.fixture(scope="module")
def four():
    return variant(4)


def test_a_store_follows_its_file(table_file, four):
    with switchyard.PolicyStore.open(table_file, watch=False) as store:
        before = store.decide(**SMALL_BATCH)
        assert (before.generation, before.outcome) == (1, "native(block_m = 32, layout = row)")
        four.save(table_file)
        assert store.reload() == 2 and store.generation == 2
        after = store.decide(**SMALL_BATCH)
        assert (after.generation, after.outcome) == (2, "native(block_m = 64, layout = column)")
        assert before.generation == 1  # a decision stays what it is
        assert store.table.hash == four.table.hash and store.table.generation == 2


def test_it_is_told_by_the_file_system(table_file, four):
    swapped = threading.Event()
    with switchyard.PolicyStore.open(
            table_file, log=lambda event, generation, _: generation == 2 and swapped.set()) as store:
        four.save(table_file)
        assert swapped.wait(60)
        assert store.decide(**SMALL_BATCH).generation == 2


def test_a_bad_file_leaves_the_last_good_table(table_file, four):
    events = []
    with switchyard.PolicyStore.open(table_file, watch=False, log=lambda *event: events.append(event)) as store:
        table_file.write_bytes(b"rubbish")
        with pytest.raises(switchyard.StoreError, match="moe.table"):
            store.reload()
        assert store.decide(**SMALL_BATCH).generation == 1
        status = store.status()
        assert status.last_rejection.standing and status.rejected == 1 and status.generation == 1
        assert status.path == str(table_file) and status.policy == "moe"
        assert [event[0] for event in events] == ["accepted", "rejected"]
        four.save(table_file)
        assert store.reload() == 2 and not store.status().last_rejection.standing


def test_pin_and_roll_back(table_file, policy, four):
    with switchyard.PolicyStore.open(table_file, watch=False) as store:
        with pytest.raises(switchyard.StoreError):
            store.rollback()
        store.pin()
        four.save(table_file)
        store.reload()
        assert store.status().pinned and store.status().waiting == four.table.hash
        assert store.decide(**SMALL_BATCH).generation == 1
        store.unpin()
        assert store.decide(**SMALL_BATCH).generation == 2
        assert store.rollback() == 3
        rolled = store.decide(**SMALL_BATCH)
        assert rolled.generation == 3 and store.table.hash == policy.table.hash
        assert [hash for _, hash in store.status().kept][-1] == policy.table.hash
        with pytest.raises(switchyard.StoreError, match="99"):
            store.pin(99)


def test_the_engine_may_refuse(table_file, four):
    def check(table):
        assert isinstance(table, switchyard.Table)
        if table.hash == four.table.hash:
            raise RuntimeError("no kernel for native")

    with switchyard.PolicyStore.open(table_file, watch=False, check=check) as store:
        four.save(table_file)
        with pytest.raises(switchyard.StoreError, match="RuntimeError: no kernel for native"):
            store.reload()
        assert store.generation == 1


def test_facts_that_never_change(table_file, four):
    bind = {"arch": "gfx950", "rocm": "7.1"}
    rest = {"aiter": True, "scheme": "w_mxfp4", "tokens": 8, "backends": ["ck"]}
    with switchyard.PolicyStore.open(table_file, watch=False, bind=bind) as store:
        assert store.decide(**rest).outcome == "native(block_m = 32, layout = row)"
        with pytest.raises(switchyard.FactError, match="`arch` is bound"):
            store.decide(**SMALL_BATCH)
        four.save(table_file)
        store.reload()
        assert store.decide(**rest).outcome == "native(block_m = 64, layout = column)"
        assert store.table.decide(**SMALL_BATCH).kind == "target"
    with pytest.raises(switchyard.StoreError, match="did you mean `arch`"):
        switchyard.PolicyStore.open(table_file, bind={"arhc": "gfx950"})


def test_policies_are_compiled_by_policyc(tmp_path, policyc):
    path = tmp_path / "moe.policy"
    path.write_text(MOE.read_text())
    with switchyard.PolicyStore.open(path, watch=False, compiler=policyc) as store:
        assert store.decide(**SMALL_BATCH).target == "native"
        path.write_text("policy moe\nnothing\n")
        with pytest.raises(switchyard.StoreError):
            store.reload()
        assert "error[" in store.status().last_rejection.diagnostics
        assert store.generation == 1


def test_what_cannot_be_opened(tmp_path):
    with pytest.raises(switchyard.StoreError, match="nothing.table"):
        switchyard.PolicyStore.open(tmp_path / "nothing.table")


def test_a_closed_store_stays_at_its_last_table(table_file, four):
    store = switchyard.PolicyStore.open(table_file)
    store.close()
    store.close()
    four.save(table_file)
    assert store.decide(**SMALL_BATCH).generation == 1
    with pytest.raises(switchyard.StoreError, match="closed"):
        store.reload()


def test_a_log_callback_that_calls_its_store_is_told(table_file, four):
    said = []

    def log(event, generation, text):
        if stores:
            try:
                stores[0].status()
            except switchyard.StoreError as error:
                said.append(str(error))

    stores = []
    with switchyard.PolicyStore.open(table_file, watch=False, log=log) as store:
        stores.append(store)
        four.save(table_file)
        assert store.reload() == 2
    assert said and "must not call" in said[0]


def test_threads_decide_while_the_file_changes(table_file, policy, four):
    """A fixed amount of work: 4 threads of 20,000 decisions beside 200 swaps; generations never go back, and
    each decision is that of its generation's table."""
    outcomes = {True: "native(block_m = 32, layout = row)", False: "native(block_m = 64, layout = column)"}
    wrong = []
    with switchyard.PolicyStore.open(table_file, watch=False) as store:
        def decide():
            last = 0
            for _ in range(20_000):
                decision = store.decide(**SMALL_BATCH)
                if decision.generation < last or decision.outcome != outcomes[decision.generation % 2 == 1]:
                    wrong.append((last, decision.generation, decision.outcome))
                last = decision.generation

        threads = [threading.Thread(target=decide) for _ in range(4)]
        for thread in threads:
            thread.start()
        for i in range(200):
            (four if i % 2 == 0 else policy).save(table_file)
            assert store.reload() == i + 2
        for thread in threads:
            thread.join()
    assert not wrong


def test_a_program_may_end_with_an_open_store(table_file):
    program = f"""
import switchyard
store = switchyard.PolicyStore.open({str(table_file)!r}, log=lambda *event: None, poll=0.001)
store.decide(**{SMALL_BATCH!r})
"""
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ}, timeout=120)
