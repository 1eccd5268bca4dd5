"""Markdown that any viewer reads as the tables that were meant."""

import re

from score_tables import many, run

from reporting.pages.report import Beside, write_report
from reporting.tables.markdown import code, to_the_letter


def test_a_table_of_markdown_is_one_block_of_rows_of_one_width(tmp_path):
    runs = {"better": run(2), "a | b\nc": run(1)}
    table = many(("mixture", "oracle", *runs))
    write_report(table, {}, tmp_path, Beside(runs=runs, swept=list(runs)), figures=False)
    blocks = re.split(r"\n\n+", (tmp_path / "report.md").read_text())
    tables = [block.splitlines() for block in blocks if block.startswith("|")]
    assert (
        len(tables) == 12
    )  # means, headline (2) and sex, each also as improvements; improvements, leaderboard, effects, costs
    for table in tables:
        assert set(table[1]) <= set("|:-") and len(table) > 2
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1
    assert not any(re.search(r"(?<!\\)\|", block) for block in blocks if not block.startswith("|"))


def test_names_stand_to_the_letter():
    assert (
        to_the_letter("<b>*x* [a](b) `c` \\ | &\n$1$")
        == r"&lt;b>\*x\* \[a\](b) \`c\` \\ \| &amp; \$1\$"
    )
    assert to_the_letter("pl_crnn stages-3") == "pl_crnn stages-3"


def test_code_stands_as_it_is_typed():
    assert code("evaluate.py 'runs=[a_b]'") == "`evaluate.py 'runs=[a_b]'`"
    assert code("echo ``") == "``` echo `` ```"
