"""The headline tables for a paper, in LaTeX with booktabs."""

import re
from collections.abc import Mapping
from unicodedata import decomposition

import pandas as pd

from reporting.tables.headline import HEADLINE
from reporting.tables.published import Published
from reporting.tables.summary import conditions, headline, titled

SIGNS = {ord(sign): f"${sign}$" for sign in "+-"}
SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
SPECIAL |= {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"{\ttfamily\char34}"}
SPECIAL |= {character: f"\\{character}" for character in "&%$#_{}"}
SPECIAL |= {"æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "ß": r"\ss{}"}
BOLD = "bold: not significantly below the best, the oracle aside"
LIGATURES = re.compile(r"(?<=[-'`,])(?=[-'`,])|(?<=[?!])(?=`)")


def escaped(text: str) -> str:
    """`text` so that LaTeX prints it to the letter, with any font encoding; what it has no glyph for as [U+...]."""
    return "{}".join("".join(map(_character, part)) for part in LIGATURES.split(text))


def _character(character: str) -> str:
    """ASCII and accented letters of Western Europe compile anywhere; the others are told by their code point."""
    accented = "\N{LATIN CAPITAL LETTER A WITH GRAVE}" <= character <= "\N{LATIN SMALL LETTER Y WITH DIAERESIS}"
    if (character.isascii() and character.isprintable()) or (accented and decomposition(character)):
        return SPECIAL.get(character, character)
    return SPECIAL.get(character, f"[U+{ord(character):04X}]")


def tables(summary: pd.DataFrame, published: Published | None = None) -> str:
    """Scores and improvements under each condition: systems by rows, every score by SNR; for \\usepackage{booktabs}.

    Bold: the systems that are not significantly below the best of a column. Published rows follow below a rule.
    """
    blocks = []
    for condition, under in conditions(summary):
        bold = headline(under, "mark").isin(["best", "level"])
        for what, (title, sign) in {"mean": ("", ""), "gain": (", improvement", "+")}.items():
            ours, theirs = headline(under, what), published and published.beside(under, what)
            rows = [_row(name, row, bold.loc[name], sign) for name, row in ours.iterrows()]
            if theirs is not None and len(theirs):
                head = rf"\multicolumn{{{len(ours.columns) + 1}}}{{l}}{{\emph{{{escaped(published.source)}}}}} \\"
                rows += [r"\midrule", head]
                theirs = theirs.reindex(columns=ours.columns)
                rows += [_row(name, row, {}, sign) for name, row in theirs.iterrows()]
            blocks.append(_table(ours, f"{titled(condition)}{title}; {BOLD}", rows))
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
        r"{\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\begin{{tabular}}{{l{'r' * len(columns)}}} % {comment}",
        r"\toprule",
        rf" & {heads} \\ {' '.join(rules)}",
        f"SNR in dB & {' & '.join(snr.translate(SIGNS) for _, snrs in spans for snr in snrs)} \\\\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}}",
    ]
    return "\n".join(lines)


def _row(name: str, row: pd.Series, bold: Mapping[tuple[str, str], bool], sign: str) -> str:
    cells = ["{}" + escaped(name)]  # what begins a row with [ or * would belong to the line break before it
    for (score, snr), value in row.items():
        shown = "--" if pd.isna(value) else f"{value:{sign}.{HEADLINE[score].digits}f}".translate(SIGNS)
        cells.append(rf"\textbf{{{shown}}}" if bold.get((score, snr)) else shown)
    return " & ".join(cells) + r" \\"
