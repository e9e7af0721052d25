#!/usr/bin/env python3
"""Makes the checked-in extracts in data/ from the recorded decisions of vLLM's dispatch.

    tests/policies/make_extract.py FOLDER

FOLDER holds a_pre39801.csv.gz, b_39801.csv.gz and c_41175.csv.gz, 109,440 rows each. Every extract
has 2,000 rows, chosen without chance: each (decision, target) pair gets an equal share, or all its
rows where it has fewer and the others divide what is left. Within a pair every kind of row gets an
equal share again, spread evenly over its rows; a kind is a scheme, an is_dynamic, and the set of
decisions that changing one fact can give: rows on such edges tell a wrong condition from the right
one. Running it again gives the same bytes.
"""

import csv
import gzip
import pathlib
import sys

ROWS = 2000
FACTS = 10  # the first columns
EXTRACTS = {
    "a_pre39801.csv.gz": "quark_moe_pre_39801.csv",
    "b_39801.csv.gz": "quark_moe_39801.csv",
    "c_41175.csv.gz": "quark_moe_41175.csv",
}


def shares(sizes, total):
    """Divides `total` equally over groups of these sizes; a small group takes all that it has."""
    share = [0] * len(sizes)
    left = total
    for rank, i in enumerate(sorted(range(len(sizes)), key=lambda i: (sizes[i], i))):
        share[i] = min(sizes[i], left // (len(sizes) - rank))
        left -= share[i]
    return share


def spread(rows, count):
    """`count` of the rows, evenly spaced, as indices into the recording."""
    return [rows[i * len(rows) // count] for i in range(count)]


def beyond(table):
    """For each row: the decisions and targets that changing one of its facts can give."""
    decided = {tuple(row[:FACTS]): tuple(row[-2:]) for row in table}
    domains = [sorted({row[i] for row in table}) for i in range(FACTS)]

    def others(facts):
        near = (facts[:i] + (v,) + facts[i + 1 :] for i in range(FACTS) for v in domains[i])
        found = {decided[row] for row in near if row in decided}
        return tuple(sorted(found - {decided[facts]}))

    return [others(tuple(row[:FACTS])) for row in table]


def choose(table, header):
    column = header.index
    groups = {}
    for index, (row, others) in enumerate(zip(table, beyond(table))):
        pair = (row[column("decision")], row[column("target")])
        kind = (row[column("scheme")], row[column("is_dynamic")], others)
        groups.setdefault(pair, {}).setdefault(kind, []).append(index)
    pairs = [groups[key] for key in sorted(groups)]
    chosen = []
    for kinds, count in zip(pairs, shares([sum(map(len, g.values())) for g in pairs], ROWS)):
        lists = [kinds[key] for key in sorted(kinds)]
        for rows, part in zip(lists, shares([len(rows) for rows in lists], count)):
            chosen += spread(rows, part)
    return sorted(chosen)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = pathlib.Path(sys.argv[1])
    target = pathlib.Path(__file__).parent / "data"
    target.mkdir(exist_ok=True)
    for name, extract in EXTRACTS.items():
        with gzip.open(source / name, "rt", newline="") as file:
            header, *table = csv.reader(file)
        with open(target / extract, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(table[i] for i in choose(table, header))
        print(f"{extract}: {ROWS} of {len(table)} rows")


if __name__ == "__main__":
    main()
