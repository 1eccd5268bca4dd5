"""Transcripts of corpora, each as one line of text; "" without a transcript."""

from pathlib import Path

from datagen.corpora.layout import TRANSCRIPTS
from text.line import in_one_line


def beside(path: Path) -> str:
    """The text of NAME.txt beside the audio NAME.*."""
    for suffix in TRANSCRIPTS:
        file = path.with_suffix(suffix)
        if file.is_file():
            return in_one_line(_read(file))
    return ""


def of_chapter(folder: Path) -> dict[str, str]:
    """LibriSpeech: the transcripts in the `*.trans.txt` of a chapter's folder, by utterance."""
    texts = {}
    for path in sorted(folder.glob("*.trans.txt")):
        for line in _read(path).splitlines():
            utterance, _, text = line.partition(" ")
            texts[utterance] = in_one_line(text)
    return texts


def without_samples(text: str) -> str:
    """TIMIT: `text` without the two numbers of samples that it begins with."""
    first, _, rest = text.partition(" ")
    second, _, words = rest.partition(" ")
    return words if first.isdigit() and second.isdigit() else text


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig", errors="replace")
