"""Tables in LaTeX compile whatever a system is called, and fit the page."""

import re
import shutil
import subprocess

import pandas as pd
import pytest
from score_tables import HOSTILE, many, scores

from reporting.tables.latex import tables
from reporting.tables.latex_text import breakable, escaped
from reporting.tables.published import PUBLISHED
from reporting.tables.summary import summarise

ENGINES = ("pdflatex", "lualatex", "xelatex")
DOCUMENT = r"""\documentclass{CLASS}
\usepackage{booktabs}
\begin{document}
\input{tables}
\end{document}
"""
LONG = "network=pl_dnn_target=iam_recipe=brief_" + 50 * "x"


def test_any_name_compiles_in_latex():
    assert escaped(r"a_b\c{~^}&%$#") == (
        r"a\_b\textbackslash{}c\{\textasciitilde{}\textasciicircum{}\}\&\%\$\#"
    )
    table = tables(summarise(scores("[x]"))).splitlines()
    named = [line for line in table if "[x]" in line]
    assert named
    assert all(line.startswith("{}") for line in named)
    assert escaped('<a>|"') == r"\textless{}a\textgreater{}\textbar{}{\ttfamily\char34}"
    assert escaped("-- --- '' ?`!`,,") == "-{}- -{}-{}- '{}' ?{}`!{}`{},{},"  # no ligatures
    assert escaped("pl-crnn, 3") == "pl-crnn, 3"
    assert escaped("Ærø") == r"\AE{}r\o{}"
    assert (
        escaped("é Ü \N{CJK UNIFIED IDEOGRAPH-65E5}\n\x7f “ß")
        == "é Ü [U+65E5][U+000A][U+007F] [U+201C]\\ss{}"
    )


def test_a_long_name_may_break_and_a_short_one_stays():
    assert breakable("PL-CRNN IAM, 3 stages") == "PL-CRNN IAM, 3 stages"
    assert breakable(12 * "a" + "_" + 12 * "b") == r"\allowbreak{}".join(
        [10 * "a", "aa", r"\_", 10 * "b", "bb"]
    )


def test_every_table_has_a_caption_and_a_label_of_its_own():
    text = tables(summarise(many()))
    labels = re.findall(r"\\label\{tab:clarion-(.*?)\}", text)
    kinds = ["pesq-nb-raw", "stoi", "sdr"]
    assert labels == ["means", *(f"{kind}-{what}" for kind in kinds for what in ("mean", "gain"))]
    for what in (r"\begin{table*}", r"\caption{", r"\end{tabular}", r"\end{table*}"):
        assert text.count(what) == len(labels)


def test_the_first_table_has_every_mean_and_improvement():
    means = tables(summarise(many())).split(r"\end{table*}")[0]
    better = r"{}\raggedright better & \textbf{4.00} & \textbf{$+$3.00}"
    assert [line.startswith(better) for line in means.splitlines()].count(True) == 2


def test_nothing_is_bold_where_nothing_was_tested():
    few = summarise(scores())  # one mixture in every cell
    assert r"\textbf" not in tables(few)
    assert "Bold" not in tables(few)
    alone = many(("mixture", "oracle", "only"))
    alone = alone[alone.system != "mixture"]
    text = tables(summarise(pd.concat([alone, many(("mixture",)).assign(sdr=float("nan"))])))
    assert r"\textbf" not in text.split("clarion-sdr-mean")[1].split(r"\end{table*}")[0]


@pytest.mark.parametrize("document", ["{article}", "[twocolumn]{article}"])
def test_tables_compile_and_nothing_leaves_the_page(document, tmp_path):
    engine = next(filter(None, map(shutil.which, ENGINES)), None)
    if engine is None:
        pytest.skip(f"none of {', '.join(ENGINES)} is installed")
    table = many(("mixture", "oracle", LONG, HOSTILE))
    snrs = [table.assign(snr_db=table.snr_db + 30 * more, mixture_id=table.mixture_id + f"-{more}")
            for more in range(6)]  # fmt: skip
    text = tables(summarise(pd.concat(snrs)), PUBLISHED["pl_crnn"]())
    (tmp_path / "tables.tex").write_text(text, encoding="utf-8")
    source = DOCUMENT.replace("{CLASS}", document)
    (tmp_path / "paper.tex").write_text(source, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    log = (tmp_path / "paper.log").read_text(errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "Overfull" not in log
    assert "Too many unprocessed floats" not in log
