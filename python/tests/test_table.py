"""Opening tables and single decisions."""

import enum
import subprocess
import sys

import pytest

import switchyard
from conftest import SMALL_BATCH


def test_a_decision_says_everything(table):
    decision = table.decide(**SMALL_BATCH)
    assert decision.kind == "target"
    assert decision.target == "native"
    assert dict(decision.parameters) == {"block_m": 32, "layout": "row"}
    assert dict(decision.attributes) == {}
    assert decision.outcome == "native(block_m = 32, layout = row)"
    assert decision.outcome == table.outcomes[decision.index]
    assert table.targets[decision.index] == "native"
    assert decision.reason == "few tokens: tiles of few rows"
    assert "moe.policy:" in decision.rule and decision.rule_text.startswith("first of native")
    assert decision.generation == 0
    assert "native(block_m = 32" in repr(decision)


def test_decisions_are_shared_and_read_only(table):
    decision = table.decide(**SMALL_BATCH)
    assert table.decide(**{**SMALL_BATCH, "tokens": 9}) is decision
    with pytest.raises(TypeError):
        decision.parameters["block_m"] = 1
    with pytest.raises(AttributeError):
        decision.target = "packed"
    with pytest.raises(TypeError):
        switchyard.Decision()


def test_a_decision_outlives_its_table(policy):
    decision = switchyard.Table.from_bytes(bytes(policy.table)).decide(**SMALL_BATCH)
    assert decision.target == "native" and decision.rule_text


def test_a_refusal_and_an_exclusion_are_decisions(table):
    refused = table.decide(**{**SMALL_BATCH, "rocm": "6.2"})
    assert (refused.kind, refused.target, refused.outcome) == ("refused", None, "refuse")
    assert refused.reason == "AITER was asked for and cannot run" and not refused.parameters
    excluded = table.decide(**{**SMALL_BATCH, "graphs": True, "tokens": 1024})
    assert (excluded.kind, excluded.target) == ("excluded", None)
    assert "graphs implies tokens <= 512" in excluded.reason
    assert excluded.rule and excluded.rule_text == "graphs implies tokens <= 512"


class Scheme(str, enum.Enum):
    FP4 = "w_mxfp4"


@pytest.mark.parametrize("fact, values", [
    ("arch", ["gfx950", "gfx" + str(950), '"gfx950"', " gfx950 "]),
    ("aiter", [True, "on", "".join(["o", "n"])]),
    ("rocm", ["7.1", "7.1.0", (7, 1), (7, 1, 0)]),
    ("scheme", ["w_mxfp4", Scheme.FP4, "w_mx" + "fp4"[:]]),
    ("backends", [["ck"], ("ck",), {"ck"}, frozenset(["ck"]), "<ck>", ["ck", "ck"]]),
    ("graphs", [False, 0, "false", "0"]),
    ("tokens", [8, "8"]),
])
def test_what_a_fact_takes(table, fact, values):
    expected = table.decide(**SMALL_BATCH)
    for _ in range(2):  # the second time from what was remembered
        for value in values:
            assert table.decide(**{**SMALL_BATCH, fact: value}) is expected, value


def test_what_numpy_has(table):
    numpy = pytest.importorskip("numpy")
    expected = table.decide(**SMALL_BATCH)
    assert table.decide(**{**SMALL_BATCH, "tokens": numpy.int64(8)}) is expected
    assert table.decide(**{**SMALL_BATCH, "graphs": numpy.bool_(False)}) is expected
    assert table.decide(**{**SMALL_BATCH, "aiter": numpy.bool_(True)}) is expected


def test_none_is_an_unset_switch_and_others_are_other(table):
    facts = {**SMALL_BATCH, "rocm": "6.2", "aiter": None}
    assert table.decide(**facts).target == "packed"
    assert table.decide(**{**facts, "aiter": "unset"}).target == "packed"
    assert table.decide(**{**SMALL_BATCH, "arch": "gfx1201", "aiter": False}).target == "packed"


@pytest.mark.parametrize("change, message", [
    ({"token": 8}, "did you mean `tokens`?"),
    ({"tokens": 0}, "fact `tokens` is 0, outside 1 .. 65536"),
    ({"tokens": 1 << 70}, "tokens"),
    ({"tokens": -1 << 70}, "tokens"),
    ({"tokens": True}, "fact `tokens` takes an int, not a value of type `bool`"),
    ({"tokens": 8.0}, "not a value of type `float`"),
    ({"tokens": "many"}, "tokens"),
    ({"scheme": "w_mxfp8"}, "scheme"),
    ({"scheme": 1}, "takes one of its symbols, as str"),
    ({"scheme": None}, "takes one of its symbols, as str"),
    ({"graphs": 2}, "takes True or False"),
    ({"graphs": None}, "takes True or False"),
    ({"aiter": 1}, "takes True, False or None"),
    ({"rocm": 7.1}, "a str such as \"9.2\""),
    ({"rocm": (7, True)}, "a str such as \"9.2\""),
    ({"rocm": (70, 1)}, "rocm"),
    ({"backends": ["ckk"]}, "fact `backends` has no symbol `ckk`; did you mean `ck`?"),
    ({"backends": [1]}, "symbols, as a list"),
    ({"scheme": "\udc80"}, "surrogates"),
])
def test_errors_name_the_fact_and_what_it_takes(table, change, message):
    with pytest.raises((switchyard.FactError, UnicodeEncodeError)) as caught:
        table.decide(**{**SMALL_BATCH, **change})
    assert message in str(caught.value)


def test_missing_facts_are_named(table):
    with pytest.raises(switchyard.FactError, match="`scheme`, `tokens` are missing"):
        table.decide(arch="gfx950", aiter=None)
    with pytest.raises(switchyard.FactError, match="`arch`, `aiter`, `scheme`, `tokens`"):
        table.decide()
    with pytest.raises(TypeError, match="by name"):
        table.decide(8)
    assert issubclass(switchyard.FactError, ValueError)


def test_an_error_of_a_value_is_not_hidden(table):
    class Broken:
        def __index__(self):
            raise ZeroDivisionError("within")

    with pytest.raises(ZeroDivisionError):
        table.decide(**{**SMALL_BATCH, "tokens": Broken()})


def test_a_value_may_ask_the_same_table(table):
    class Asking:
        def __index__(self):
            return 8 if table.decide(**SMALL_BATCH).target == "native" else 0

    assert table.decide(**{**SMALL_BATCH, "tokens": Asking()}).target == "native"


def test_many_different_texts_are_not_kept_for_ever(table):
    for i in range(10_000):
        assert table.decide(**{**SMALL_BATCH, "arch": f"gfx{i + 2000}", "aiter": False}).kind == "target"


def test_why_tells_what_was_passed_over(table):
    text = table.why(**{**SMALL_BATCH, "rocm": "6.2", "aiter": False})
    assert text.startswith("packed(block_m = 16)\n")
    assert "skipped native(block_m = 32, layout = row)" in text
    assert "the vendor's kernel came with 7.0" in text


def test_facts(table):
    facts = {fact.name: fact for fact in table.facts}
    assert list(facts) == ["arch", "aiter", "rocm", "scheme", "backends", "graphs", "tokens"]
    assert facts["arch"].kind == "name" and (facts["arch"].source, facts["arch"].source_key) == ("device", "arch")
    assert facts["aiter"].kind == "switch" and facts["aiter"].source_key == "ENGINE_USE_AITER"
    assert facts["rocm"].default == "6.2" and facts["rocm"].width == 8
    assert facts["backends"].symbols == ("ck", "triton", "own, new")
    assert (facts["tokens"].low, facts["tokens"].high, facts["tokens"].default) == (1, 65536, None)
    assert facts["scheme"].doc


def test_bound_facts_are_folded_in(table):
    bound = table.bind(arch="gfx950", rocm="7.1", aiter=True)
    assert bound.bound == {"arch": "gfx950", "rocm": "7.1", "aiter": "on"}
    rest = {"scheme": "w_mxfp4", "backends": ["ck"], "tokens": 8}
    assert bound.decide(**rest).outcome == table.decide(**SMALL_BATCH).outcome
    assert bound.why(**rest) == table.why(**SMALL_BATCH)
    assert bound.bind(scheme="w_mxfp4").decide(backends=["ck"], tokens=8).target == "native"
    with pytest.raises(switchyard.FactError, match="fact `arch` is bound"):
        bound.decide(arch="gfx942", **rest)
    with pytest.raises(switchyard.FactError, match="fact `arch` is bound already"):
        bound.bind(arch="gfx942")
    with pytest.raises(switchyard.FactError, match="`scheme`, `tokens`"):
        bound.decide()
    with pytest.raises(switchyard.FactError, match="did you mean `arch`"):
        table.bind(arhc="gfx950")


def test_opening(table, table_file, tmp_path):
    opened = switchyard.Table.open(table_file)
    assert opened.hash == table.hash and opened.policy == "moe" and opened.compiler.startswith("policyc ")
    assert bytes(opened) == table_file.read_bytes() and "moe" in opened.inspect() and "moe" in repr(opened)
    with pytest.raises(switchyard.TableError, match="nothing.table"):
        switchyard.Table.open("nothing.table")
    cut = tmp_path / "cut.table"
    cut.write_bytes(table_file.read_bytes()[:100])
    with pytest.raises(switchyard.TableError, match="cut.table"):
        switchyard.Table.open(cut)
    with pytest.raises(switchyard.TableError, match="given"):
        switchyard.Table.from_bytes(b"rubbish", "given")
    with pytest.raises(FileNotFoundError):
        opened.save(tmp_path / "no such folder" / "moe.table")
    assert not list(tmp_path.glob("*.part"))


def test_an_object_that_was_not_opened(table):
    empty = switchyard.Table.__new__(switchyard.Table)
    with pytest.raises(TypeError, match="open"):
        empty.decide(**SMALL_BATCH)


def test_asking_never_loads_the_compiler(table_file):
    """In a process of its own: neither _compiler nor ANTLR, nor numpy, is loaded by a program that asks."""
    program = f"""
import sys
import switchyard
table = switchyard.Table.open({str(table_file)!r})
assert table.decide(**{SMALL_BATCH!r}).target == "native"
assert table.bind(arch="gfx950").decide(aiter=True, scheme="w_mxfp4", tokens=8, rocm="7.1").target
assert table.why(**{SMALL_BATCH!r})
with switchyard.PolicyStore.open({str(table_file)!r}) as store:
    assert store.decide(**{SMALL_BATCH!r}).generation == 1
loaded = open("/proc/self/maps").read()
for name in ("switchyard._compiler", "numpy"):
    assert name not in sys.modules, name
for library in ("antlr", "_compiler"):
    assert library not in loaded, library
assert "libswitchyard" in loaded
table.explain(**{SMALL_BATCH!r})
assert "switchyard._compiler" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
