"""The headline tables for a paper, in LaTeX with booktabs."""

from collections.abc import Mapping
from unicodedata import decomposition

import pandas as pd

from reporting.headline import HEADLINE
from reporting.published import Published
from reporting.summary import Level, conditions, headline, level_under, titled

SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
SIGNS = {ord(sign): f"${sign}$" for sign in "+-"}
SPECIAL |= {character: f"\\{character}" for character in "&%$#_{}"}


def escaped(text: str) -> str:
    """`text` with every character that LaTeX would read as a command, or has no glyph for, made harmless."""
    return "".join(map(_character, text))


def _character(character: str) -> str:
    """ASCII and accented letters of Western Europe compile anywhere; the others are told by their code point."""
    accented = "\N{LATIN CAPITAL LETTER A WITH GRAVE}" <= character <= "\N{LATIN SMALL LETTER Y WITH DIAERESIS}"
    if (character.isascii() and character.isprintable()) or (accented and decomposition(character)):
        return SPECIAL.get(character, character)
    return f"[U+{ord(character):04X}]"


def tables(summary: pd.DataFrame, level: Level, published: Published | None = None) -> str:
    """Scores and improvements under each condition: systems by rows, every score by SNR; for \\usepackage{booktabs}.

    level: the systems not significantly below the best of a column (see reporting.summary), bold. published: rows that
    follow below a rule.
    """
    blocks = []
    for condition, under in conditions(summary):
        for what, (title, sign) in {"mean": ("", ""), "gain": (", improvement", "+")}.items():
            ours, theirs = headline(under, under.noise.iloc[0], what), published and published.beside(under, what)
            rows = [_row(name, row, level_under(level, condition), sign) for name, row in ours.iterrows()]
            if theirs is not None and len(theirs):
                rows.append(r"\midrule")
                theirs = theirs.reindex(columns=ours.columns)
                rows += [_row(f"{name}, {published.source}", row, {}, sign) for name, row in theirs.iterrows()]
            blocks.append(_table(ours, f"{titled(condition)}{title}; bold: not significantly below the best", rows))
    return "\n\n".join(blocks)


def _table(table: pd.DataFrame, comment: str, rows: list[str]) -> str:
    columns = table.columns.tolist()
    spans = [(score, [snr for one, snr in columns if one == score]) for score in HEADLINE if score in table]
    heads = " & ".join(rf"\multicolumn{{{len(snrs)}}}{{c}}{{{escaped(HEADLINE[score].head)}}}" for score, snrs in spans)
    rules, first = [], 2
    for _, snrs in spans:
        rules.append(rf"\cmidrule(lr){{{first}-{first + len(snrs) - 1}}}")
        first += len(snrs)
    lines = [
        rf"\begin{{tabular}}{{l{'r' * len(columns)}}} % {comment}",
        r"\toprule",
        rf" & {heads} \\ {' '.join(rules)}",
        f"SNR in dB & {' & '.join(snr.translate(SIGNS) for _, snrs in spans for snr in snrs)} \\\\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines)


def _row(name: str, row: pd.Series, level: Mapping[tuple[str, str], set[str]], sign: str) -> str:
    cells = ["{}" + escaped(name)]  # what begins a row with [ or * would belong to the line break before it
    for (score, snr), value in row.items():
        shown = "--" if pd.isna(value) else f"{value:{sign}.{HEADLINE[score].digits}f}".translate(SIGNS)
        cells.append(rf"\textbf{{{shown}}}" if name in level.get((score, snr), ()) else shown)
    return " & ".join(cells) + r" \\"
