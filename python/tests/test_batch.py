"""Many decisions at once, compared with single ones."""

import itertools

import pytest

import switchyard

np = pytest.importorskip("numpy")

ARCHS = ["gfx942", "gfx950", "gfx1201"]
SCHEMES = ["w_mxfp4", "w_mxfp4_a_mxfp4", "w_mxfp6"]
SWITCHES = [None, False, True]
TOKENS = [1, 16, 17, 4096]


@pytest.fixture(scope="module")
def rows():
    return list(itertools.product(ARCHS, SCHEMES, SWITCHES, TOKENS))


@pytest.fixture(scope="module")
def expected(table, rows):
    return [table.decide(arch=arch, scheme=scheme, aiter=aiter, tokens=tokens, rocm="7.0")
            for arch, scheme, aiter, tokens in rows]


def columns(rows):
    arch, scheme, aiter, tokens = zip(*rows)
    return {"arch": np.array(arch), "scheme": list(scheme), "aiter": np.array(aiter, dtype=object),
            "tokens": np.array(tokens), "rocm": "7.0"}


def same(table, decisions, expected):
    assert decisions.dtype == switchyard.decision_dtype
    assert decisions["leaf"].tolist() == [decision.leaf for decision in expected]
    assert table.target_names(decisions).tolist() == [decision.target for decision in expected]


def test_columns_of_texts(table, rows, expected):
    same(table, table.decide_batch(columns(rows)), expected)
    same(table, table.decide_batch(**columns(rows)), expected)


def test_columns_of_codes(table, rows, expected):
    given = columns(rows)
    given["arch"] = np.array([min(ARCHS.index(row[0]), 2) for row in rows], np.uint8)
    given["scheme"] = np.array([SCHEMES.index(row[1]) for row in rows], np.int64)
    given["aiter"] = np.array([SWITCHES.index(row[2]) for row in rows], np.int16)
    same(table, table.decide_batch(given), expected)


def test_rows_in_place(table, rows, expected):
    facts = np.zeros(len(rows), table.row_dtype)
    facts["arch"] = [ARCHS.index(row[0]) for row in rows]
    facts["scheme"] = [SCHEMES.index(row[1]) for row in rows]
    facts["aiter"] = [SWITCHES.index(row[2]) for row in rows]
    facts["tokens"] = [row[3] for row in rows]
    facts["rocm"] = 7 << 32
    same(table, table.decide_batch(facts), expected)
    same(table, table.decide_batch(facts[::2]), expected[::2])   # a copy is made
    other = facts.astype([(name, "i8") for name in facts.dtype.names])
    same(table, table.decide_batch(other), expected)
    bound = table.bind(rocm="7.0")
    same(table, bound.decide_batch(facts[[name for name in facts.dtype.names if name != "rocm"]]), expected)


def test_bound_tables(table, rows, expected):
    given = columns(rows)
    given.pop("rocm")
    same(table, table.bind(rocm="7.0").decide_batch(given), expected)
    with pytest.raises(switchyard.FactError, match="`rocm` is bound"):
        table.bind(rocm="7.0").decide_batch(columns(rows))


def test_shapes_are_kept(table):
    tokens = np.arange(1, 13).reshape(3, 4)
    assert table.decide_batch(tokens=tokens, arch="gfx950", scheme="w_mxfp4", aiter=True).shape == (3, 4)
    assert table.decide_batch(tokens=np.zeros(0, int), arch="gfx950", scheme="w_mxfp4", aiter=True).size == 0
    assert table.decide_batch(tokens=8, arch="gfx950", scheme="w_mxfp4", aiter=True, rocm="7.0").size == 1


def test_bool_arrays(table):
    made = table.decide_batch(graphs=np.array([True, False]), tokens=1000, arch="gfx950", scheme="w_mxfp4",
                              aiter=np.array([True, False]), rocm="7.0")
    assert [switchyard.Kind(kind).name for kind in made["kind"]] == ["EXCLUDED", "TARGET"]


def test_values_outside_their_domain(table):
    """Also where the row's field could not hold them, and they would become others."""
    tokens = np.array([0, 8, 65_537, 1 << 32 | 8, -(1 << 40)])
    made = table.decide_batch(tokens=tokens, arch="gfx950", scheme="w_mxfp4", aiter=True, rocm="7.0")
    kinds = [switchyard.Kind(kind).name for kind in made["kind"]]
    assert kinds == ["BAD_FACT", "TARGET", "BAD_FACT", "BAD_FACT", "BAD_FACT"]
    assert all(table.facts[row["index"]].name == "tokens" for row in made if row["kind"] == 4)
    huge = np.array([8, (1 << 64) - 1], np.uint64)
    made = table.decide_batch(tokens=huge, arch="gfx950", scheme="w_mxfp4", aiter=True, rocm="7.0")
    assert [switchyard.Kind(kind).name for kind in made["kind"]] == ["TARGET", "BAD_FACT"]


@pytest.mark.parametrize("change, message", [
    ({"token": [1]}, "did you mean `tokens`?"),
    ({"scheme": ["w_mxfp4", "w_mxfp8"]}, "w_mxfp8"),
    ({"scheme": np.array([0.5])}, "neither codes nor texts"),
    ({"scheme": np.array([True])}, "fact `scheme` is no bool"),
    ({"scheme": ["w_mxfp4"] * 3, "tokens": [1, 2]}, "differ in shape"),
    ({"tokens": [None, 3]}, "takes an int"),
])
def test_errors(table, change, message):
    given = {"arch": "gfx950", "aiter": None, "scheme": "w_mxfp4", "tokens": 8, **change}
    with pytest.raises(switchyard.FactError) as caught:
        table.decide_batch(given)
    assert message in str(caught.value)


def test_more_errors(table):
    with pytest.raises(switchyard.FactError, match="`arch`, `aiter`, `scheme`"):
        table.decide_batch(tokens=[1])
    with pytest.raises(switchyard.FactError, match="given twice"):
        table.decide_batch({"tokens": [1]}, tokens=[2])
    with pytest.raises(switchyard.FactError, match="a field for each fact"):
        table.decide_batch(np.array([1, 2]))
    with pytest.raises(ValueError, match="contiguous"):
        table._decide_rows(np.zeros(3, np.uint8), np.zeros(16, np.uint8))
