"""Tables in LaTeX compile whatever a system is called."""

from score_tables import scores

from reporting.tables.latex import escaped, tables
from reporting.tables.summary import summarise


def tables_of(system):
    table = scores(system)
    return tables(summarise(table)).splitlines()


def test_any_name_compiles_in_latex():
    assert escaped(r"a_b\c{~^}&%$#") == (
        r"a\_b\textbackslash{}c\{\textasciitilde{}\textasciicircum{}\}\&\%\$\#"
    )
    assert all(
        line.startswith("{}[x]") for line in tables_of("[x]") if "[x]" in line
    ) and tables_of("[x]")
    assert escaped('<a>|"') == r"\textless{}a\textgreater{}\textbar{}{\ttfamily\char34}"
    assert escaped("-- --- '' ?`!`,,") == "-{}- -{}-{}- '{}' ?{}`!{}`{},{},"  # no ligatures
    assert escaped("pl-crnn, 3") == "pl-crnn, 3"
    assert escaped("Ærø") == r"\AE{}r\o{}"
    assert (
        escaped("é Ü \N{CJK UNIFIED IDEOGRAPH-65E5}\n\x7f “ß")
        == "é Ü [U+65E5][U+000A][U+007F] [U+201C]\\ss{}"
    )
