"""A plan's options are defined once.

The yaml and the model have the same names, and each decides what it says.
"""

import re

import pytest
from omegaconf import OmegaConf
from protocols import PLANS, paper
from pydantic import ValidationError

from datagen.draw_plan import draw_plan
from datagen.protocol import NOT_OF_ROWS, Protocol

SPLITS = ("train", "validation", "test")
# Another value for every option that decides rows, the splits that it decides, and what it needs beside it.
OF_ROWS = {
    "snr_db": ({"train": [1.0], "validation": [2.0], "test": [3.0]}, SPLITS),
    "segment_s": (dict.fromkeys(SPLITS, 0.5), SPLITS),
    "gain_db": ([-3.0, 0.0], SPLITS),
    "noise_amplitude": ([0.2, 0.8], ("train", "validation")),
    "speech_alone": (1.0, ("train",)),
    "noise_alone": (1.0, ("train",)),
    "noises": ([0.0, 1.0], ("train",)),
    "tilt": (0.2, ("train",)),
    "band_limited": (1.0, ("train",)),
    "band_hz": ([1000.0, 2000.0], ("train",), {"band_limited": 1.0}),
    "noises_db": ([-30.0, -20.0], ("train",), {"noises": [0.0, 1.0]}),
    "turn_s": (0.2, ("train",)),
}


def names(options: dict) -> set[str]:
    """The whole names of options: `train`, `snr_db.train`."""
    return {
        *options,
        *(
            f"{name}.{part}"
            for name, value in options.items()
            if isinstance(value, dict)
            for part in value
        ),
    }


def test_the_paper_names_every_option_of_the_model_and_no_other():
    options = OmegaConf.to_container(OmegaConf.load(PLANS / "paper.yaml"))
    assert list(options) == list(Protocol.model_fields)
    assert names(options) == names(Protocol.model_validate(options).model_dump())


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_plan_names_options_of_the_model_alone(path):
    options = OmegaConf.to_container(OmegaConf.load(path))
    assert names(options) - {"defaults"} <= names(paper().model_dump())


def test_a_protocol_stays_as_it_is():
    with pytest.raises(ValidationError, match="frozen"):
        paper().train = 5


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"gain_db": [3.0, -3.0]}, "the lower end comes first"),
        ({"noise_amplitude": [0.8, 0.2]}, "the lower end comes first"),
        (
            {"snr_db": {"train": [0.0], "validation": [0.0], "test": [5.0, 5.0]}},
            "the grid goes through each SNR once",
        ),
        ({"noise_stretches": 0.7}, "or instance of PerSplit [type="),
        (
            {"utterances": {"train": 0, "validation": None, "test": None}},
            "greater than or equal to 1",
        ),
        ({"train": "5"}, "valid integer"),
        ({"noises_db": [0.0, -5.0]}, "the lower end comes first"),
        ({"noises": [0.25] * 4}, "at most 3 items"),
        (
            {"noises": [0.5, 0.25]},
            "noises=[0.5, 0.25]: chances of one, two and three noises must add up to 1, not 0.75",
        ),
        ({"tilt": -0.1}, "greater than or equal to 0"),
        ({"tilt": 0.5}, "less than or equal to 0.45"),
        ({"band_hz": [4000.0, 3000.0]}, "the lower end comes first"),
        ({"band_hz": [100.0, 3000.0]}, "greater than or equal to 500"),
        ({"noise_alone": 1.5}, "less than or equal to 1"),
        (
            {"speech_alone": 0.6, "noise_alone": 0.5},
            "speech_alone=0.6, noise_alone=0.5: together at most 1; lower one of them",
        ),
        ({"reverberation": 1}, "Extra inputs are not permitted"),
    ],
)
def test_what_no_plan_can_be_drawn_by_is_refused(changes, told):
    with pytest.raises(ValidationError, match=re.escape(told)):
        paper(**changes)


def test_every_option_decides_rows_or_is_known_not_to():
    assert {*OF_ROWS} | {*NOT_OF_ROWS} == {*Protocol.model_fields}
    assert not {*OF_ROWS} & {*NOT_OF_ROWS}


@pytest.fixture
def drawn(make, tmp_path, monkeypatch):
    """Rows of a split of two, of the tables of `make`, and whether they were drawn or found under the cache."""

    def drawn(split, **changes):
        drawer = make(**changes)
        count, calls = max(2, drawer.noises.cells(split)), []
        draw = type(drawer).draw
        monkeypatch.setattr(
            type(drawer), "draw", lambda *given: calls.append(given) or draw(*given)
        )
        rows = draw_plan(drawer, {split: count}, tmp_path).rows
        monkeypatch.undo()
        return rows.to_dict("records"), bool(calls)

    return drawn


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("option", OF_ROWS)
def test_rows_are_drawn_anew_where_an_option_decides_them_and_found_where_it_does_not(
    drawn, option, split
):
    value, decides, *needs = OF_ROWS[option]
    (beside,) = needs or [{}]
    before, _ = drawn(split, **beside)
    after, anew = drawn(split, **beside, **{option: value})
    assert anew == (split in decides)
    assert (after != before) == (split in decides)


@pytest.mark.parametrize(
    "changes",
    [
        {"train": 7, "test": 80},
        {"shortest_s": 1.1},
        {"utterances": {**dict.fromkeys(SPLITS), "train": 5}},
    ],
)
def test_what_the_tables_of_a_split_do_not_show_decides_none_of_its_rows(drawn, changes):
    before, _ = drawn("test")
    assert drawn("test", **changes) == (before, False)


def test_an_option_of_its_own_part_in_the_tables_is_seen_through_them(drawn):
    before, _ = drawn("test")
    after, anew = drawn("test", noise_stretches={"train": 0.2, "validation": 0.1, "test": 0.7})
    assert anew and after != before
