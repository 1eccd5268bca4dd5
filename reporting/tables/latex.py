"""Tables for a paper, in LaTeX with booktabs: whole environments, with caption and label.

They span both columns of a two-column class, and fit the column of `article`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from metrics.known import facts
from reporting.scores_table import KNOWING
from reporting.tables.clusters import CLUSTERS, SPEAKERS
from reporting.tables.headline import headlines
from reporting.tables.latex_text import breakable, escaped
from reporting.tables.published import Published
from reporting.tables.summary import MEAN, conditions, in_order, titled, wide
from reporting.tables.wording import by_speakers, called
from reporting.tables.wording import words as of_task

SIGNS = str.maketrans({"+": "$+$", "-": "$-$"})
WIDTH_PT = 345.0  # text width of `article`; two columns of other classes are wider
GAP_PT = 6.0  # gap between columns
WIDTHS_PT = {"+": 6.8, "-": 6.8, ".": 2.9, "%": 7.5}  # of characters, 8 points, bold; others:
CHARACTER_PT = 5.0
CAPITAL_PT = 6.6
NOTHING = "--"  # stands for a missing number
NARROWEST_PT = 75.0  # least width of the names of systems
BOLD = (
    "Bold: the best system of a column and those that are not significantly below it, the oracle "
    "aside ({}); nothing where that is undecided."
)
HEAD = (
    "% For \\usepackage{booktabs}; as they are in `article` and, over both columns, in two-column "
    "classes."
)


class Column(NamedTuple):
    """A column of numbers. what: a column of a summary, "mean" or "gain". head: in LaTeX."""

    score: str
    snr: str
    what: str
    head: str


class Block(NamedTuple):
    """Rows of one condition: names of systems and texts of their cells. source: who prints them."""

    title: str
    rows: list[tuple[str, list[str]]]
    source: str = ""


class Words(NamedTuple):
    """The words of a table. bold: added to its caption if a cell is bold."""

    caption: str
    label: str
    bold: str


class Part(NamedTuple):
    """Rows of a summary under one condition, and their headline tables. source: who prints them."""

    title: str
    rows: pd.DataFrame
    values: Mapping[str, pd.DataFrame]
    source: str = ""


def tables(
    summary: pd.DataFrame, published: Published | None = None, clusters: str = SPEAKERS
) -> str:
    """A compact table of means, then per score its values and improvements by SNR, if known.

    Rows are systems under each condition. Systems that are not significantly below the best of a
    column are bold; without a test nothing is bold. Published rows follow below their source.
    clusters: of the marks.
    """
    bold = BOLD.format(escaped(by_speakers(CLUSTERS[clusters].test)))
    scores = headlines(summary.score)
    means = []
    for score in scores:
        head = escaped(facts(score).head)
        means += [Column(score, MEAN, "mean", head), Column(score, MEAN, "gain", r"$\Delta$")]
    several = (summary.snr_db != MEAN).any()
    over = f" over all {of_task().snr}s" if several else ""
    said = rf"Means{over}; $\Delta$: improvement over {of_task().base}."
    parts = _parts(summary, published)
    made = [_table(summary, parts, means, Words(said, "means", bold))]
    for score in scores if several else ():
        made += _by_snr(summary, parts, score, bold)
    return "\n\n".join([HEAD, *made])


def _parts(summary: pd.DataFrame, published: Published | None) -> list[Part]:
    """The parts of all tables, which differ only in their columns."""
    parts = []
    for condition, under in conditions(summary):
        values = wide(under, "snr_db", ("mean", "gain", "mark"))
        parts.append(Part(titled(condition), under, values))
        if published is not None:
            values = {what: published.beside(under, what) for what in ("mean", "gain")}
            parts.append(Part("", under, values, published.source))
    return parts


def _by_snr(summary: pd.DataFrame, parts: Sequence[Part], score: str, bold: str) -> list[str]:
    """The tables of one score, with as many SNRs in each as fit."""
    head = escaped(facts(score).head)
    made = []
    for what, said in (("mean", head), ("gain", f"Improvement of {head} over {of_task().base}")):
        columns = []
        for snr in _snrs(summary, score):
            columns.append(Column(score, snr, what, snr.translate(SIGNS)))
        for number, fitting in enumerate(_in_room(columns, summary)):
            label = f"{score}-{what}" if not number else f"{score}-{what}-{number + 1}"
            caption = f"{said} by {of_task().snr} in dB."
            made.append(_table(summary, parts, fitting, Words(caption, label, bold)))
    return made


def _snrs(summary: pd.DataFrame, score: str) -> list[str]:
    """The SNRs of a score, and their mean last."""
    return sorted(summary.snr_db[summary.score == score].unique(), key=in_order)


def _in_room(columns: list[Column], summary: pd.DataFrame) -> list[list[Column]]:
    """`columns`, distributed over as few tables as possible, with room for names of systems."""
    widest = max(_width(column, summary) for column in columns) + GAP_PT
    most = int((WIDTH_PT - NARROWEST_PT - GAP_PT) // widest)
    count = -(-len(columns) // most)
    each = -(-len(columns) // count)
    return [columns[begin : begin + each] for begin in range(0, len(columns), each)]


def _width(column: Column, summary: pd.DataFrame) -> float:
    """The width of the cells of a column, in points."""
    cells = summary[(summary.score == column.score) & (summary.snr_db == column.snr)]
    factor = facts(column.score).factor
    texts = [_number(value * factor, column) for value in cells[column.what]]
    heads = [column.head.replace("$", "").replace("\\Delta", "D").replace("\\", "")]
    return max(sum(map(_character_pt, text)) for text in texts + heads)


def _character_pt(character: str) -> float:
    return CAPITAL_PT if character.isupper() else WIDTHS_PT.get(character, CHARACTER_PT)


def _number(value: float, column: Column) -> str:
    if pd.isna(value):
        return NOTHING
    sign = "+" if column.what == "gain" else ""
    return f"{value:{sign}.{facts(column.score).digits}f}"


def _table(
    summary: pd.DataFrame, parts: Sequence[Part], columns: Sequence[Column], words: Words
) -> str:
    """One table* of `columns`, with a block for every part."""
    blocks, caption = [], words.caption
    for part in parts:
        rows = _rows(part.values, part.rows, columns)
        blocks.append(Block(part.title, rows, part.source))
    if any(r"\textbf" in cell for block in blocks for _, cells in block.rows for cell in cells):
        caption = f"{caption} {words.bold}"
    taken = sum(_width(column, summary) + GAP_PT for column in columns)
    names = [name for block in blocks for name, _ in block.rows]
    name_pt = min(WIDTH_PT - taken - GAP_PT, max(map(len, names)) * CHARACTER_PT)
    heads = " & ".join(["", *(column.head for column in columns)])
    lines = [
        r"\begin{table*}[tbp]",
        r"\centering",
        rf"\caption{{{caption}}}",
        rf"\label{{tab:clarion-{words.label.replace('_', '-')}}}",
        r"\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\begin{{tabular}}{{p{{{name_pt:.0f}pt}}{'r' * len(columns)}}}",
        r"\toprule",
        rf"{heads} \\",
    ]
    for block in filter(_has_numbers, blocks):
        lines += _block(block, len(columns) + 1)
    lines += [r"\bottomrule", r"\end{tabular}", r"\end{table*}"]
    return "\n".join(lines)


def _block(block: Block, span: int) -> list[str]:
    title = escaped(block.title) or rf"\emph{{{escaped(block.source)}}}"
    lines = [r"\midrule", rf"\multicolumn{{{span}}}{{l}}{{{title}}} \\"]
    for name, cells in block.rows:
        # The empty group keeps LaTeX from reading [ or * as an argument of the line break.
        lines.append(" & ".join([rf"{{}}\raggedright {breakable(called(name))}", *cells]) + r" \\")
    return lines


def _has_numbers(block: Block) -> bool:
    return any(set(cells) != {NOTHING} for _, cells in block.rows)


def _rows(
    values: Mapping[str, pd.DataFrame], under: pd.DataFrame, columns: Sequence[Column]
) -> list[tuple[str, list[str]]]:
    """Systems with their cells. values: headline tables, with marks if a cell may be bold."""
    tested = {column: _tested(under, column) for column in columns}
    rows = []
    for system in values["mean"].index:
        texts = []
        for column in columns:
            text = _number(_cell(values[column.what], system, column), column)
            shown = text if text == NOTHING else text.translate(SIGNS)
            mark = _cell(values["mark"], system, column) if "mark" in values else ""
            is_bold = mark in ("best", "level") and tested[column]
            texts.append(rf"\textbf{{{shown}}}" if is_bold else shown)
        rows.append((system, texts))
    return rows


def _cell(table: pd.DataFrame, system: str, column: Column) -> Any:
    place = column.score, column.snr
    return table.at[system, place] if place in table.columns else float("nan")


def _tested(under: pd.DataFrame, column: Column) -> bool:
    """Whether systems were compared in a column."""
    cells = under[(under.score == column.score) & (under.snr_db == column.snr)]
    return (~cells.system.isin(KNOWING) & (cells.scored > 0)).sum() > 1
