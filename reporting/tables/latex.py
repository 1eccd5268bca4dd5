"""The headline tables for a paper, in LaTeX with booktabs."""

import re
from collections import Counter
from collections.abc import Mapping
from unicodedata import decomposition

import pandas as pd

from metrics.known import facts
from reporting.tables.published import Published
from reporting.tables.summary import conditions, headline, titled

SIGNS = str.maketrans({"+": "$+$", "-": "$-$"})
SPECIAL = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\ttfamily\char34}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ß": r"\ss{}",
}
Column = tuple[str, str]  # score, SNR
ACCENTED = re.compile("[À-ÿ]")
BOLD = "bold: not significantly below the best, the oracle aside; nothing where that is undecided"
LIGATURES = re.compile(r"(?<=[-'`,])(?=[-'`,])|(?<=[?!])(?=`)")
TABLES = (("mean", "", ""), ("gain", ", improvement", "+"))  # what, its title, sign of its numbers


def escaped(text: str) -> str:
    """`text` so that LaTeX prints it to the letter, with any font encoding.

    What it has no glyph for stands as [U+...].
    """
    pieces = []
    for piece in LIGATURES.split(text):
        characters = map(_character, piece)
        pieces.append("".join(characters))
    return "{}".join(pieces)


def _character(character: str) -> str:
    """ASCII and accented letters of Western Europe compile anywhere.

    The others are told by their code point.
    """
    if character in SPECIAL:
        return SPECIAL[character]
    if character.isascii() and character.isprintable():
        return character
    if ACCENTED.match(character) and decomposition(character):
        return character
    return f"[U+{ord(character):04X}]"


def tables(summary: pd.DataFrame, published: Published | None = None) -> str:
    """Scores and improvements under each condition, for \\usepackage{booktabs}.

    Systems by rows, every score by SNR. Bold: the systems that are not significantly below the best
    of a column. Published rows follow below a rule.
    """
    blocks = []
    for condition, under in conditions(summary):
        bold = headline(under, "mark").isin(["best", "level"])
        for what, title, sign in TABLES:
            ours = headline(under, what)
            rows = _rows(ours, bold, sign)
            if published is not None:
                rows += _published_rows(published, under, what, ours.columns, sign)
            comment = f"{titled(condition)}{title}; {BOLD}"
            blocks.append(_table(ours, comment, rows))
    return "\n\n".join(blocks)


def _rows(table: pd.DataFrame, bold: pd.DataFrame | None, sign: str) -> list[str]:
    """A row per system. bold: of the form of `table`; None: no cell is bold."""
    rows = []
    for name, values in table.iterrows():
        bold_cells = {}
        if bold is not None:
            bold_cells = bold.loc[name]
        row = _row(name, values, bold_cells, sign)
        rows.append(row)
    return rows


def _published_rows(
    published: Published,
    under: pd.DataFrame,
    what: str,
    columns: pd.MultiIndex,
    sign: str,
) -> list[str]:
    """What a paper prints under the same condition, in our `columns`, below a rule and its source.

    Empty where it prints nothing.
    """
    table = published.beside(under, what)
    if table.empty:
        return []
    source = escaped(published.source)
    span = len(columns) + 1
    head = rf"\multicolumn{{{span}}}{{l}}{{\emph{{{source}}}}} \\"
    rows = _rows(table.reindex(columns=columns), None, sign)
    return [r"\midrule", head, *rows]


def _table(table: pd.DataFrame, comment: str, rows: list[str]) -> str:
    """One tabular of `rows`, with the heads that the columns of `table` need."""
    columns = table.columns.tolist()
    heads, rules = _heads(columns)
    snrs = [snr.translate(SIGNS) for _, snr in columns]
    lines = [
        r"{\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\begin{{tabular}}{{l{'r' * len(columns)}}} % {comment}",
        r"\toprule",
        rf" & {heads} \\ {rules}",
        rf"SNR in dB & {' & '.join(snrs)} \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}}",
    ]
    return "\n".join(lines)


def _heads(columns: list[Column]) -> tuple[str, str]:
    """The scores over their SNRs, and the rules between.

    The columns of a score stand together.
    """
    heads = []
    rules = []
    first = 2  # column, counted from 1; the names of systems stand in the first
    counts = Counter(score for score, _ in columns)
    for score, count in counts.items():
        head = escaped(facts(score).head)
        heads.append(rf"\multicolumn{{{count}}}{{c}}{{{head}}}")
        last = first + count - 1
        rules.append(rf"\cmidrule(lr){{{first}-{last}}}")
        first = last + 1
    return " & ".join(heads), " ".join(rules)


def _row(
    name: str,
    row: pd.Series,
    bold: Mapping[Column, bool],
    sign: str,
) -> str:
    """Name and values of one system. sign: "+" for numbers that have one always, or ""."""
    # What begins a row with [ or * would belong to the line break before it.
    cells = ["{}" + escaped(name)]
    for (score, snr), value in row.items():
        text = "--"
        if not pd.isna(value):
            digits = facts(score).digits
            text = f"{value:{sign}.{digits}f}".translate(SIGNS)
        if bold.get((score, snr)):
            text = rf"\textbf{{{text}}}"
        cells.append(text)
    return " & ".join(cells) + r" \\"
