"""A published run is refused on a test of which its training used a part, as the run is."""

import shutil

import pandas as pd
import pytest
from damages import refused
from publishing import opened, published_of

from datagen.plan import Plan, load_plan

LEAKS = [
    "a speaker",
    "speech under another name",
    "unseen noise",
    "unseen noise under another name",
    "other stretches of seen noise",
    "seen noise under another name",
]


def leaks(plan: Plan) -> dict[str, tuple[str, Plan]]:
    """Tests that a run of `plan` has heard something of: what must be said, and the test."""
    speech, noise = plan.speech, plan.noise
    of_training = speech[speech.split == "train"].iloc[0]
    tested = speech.split == "test"
    of_seen = noise[noise.seen].iloc[0]
    renamed = {name: "x/" + noise[name] for name in ("id", "source")}

    def test(speech: pd.DataFrame = speech, noise: pd.DataFrame = noise) -> Plan:
        return Plan(plan.rows, speech, noise)

    def put(table: pd.DataFrame, where: pd.Series, column: str, value: str) -> pd.DataFrame:
        return table.assign(**{column: table[column].mask(where, value)})

    rows = plan.rows.assign(
        noise_id=plan.rows.noise_id.mask(plan.rows.noise_seen, "x/" + plan.rows.noise_id)
    )
    others = noise.assign(**{name: noise[name].mask(noise.seen, renamed[name]) for name in renamed})
    return {
        "a speaker": (
            "speakers of the test were in its training",
            test(speech=put(speech, tested, "source", of_training.source)),
        ),
        "speech under another name": (
            "in its training under other names",
            test(speech=put(speech, tested, "content", of_training.content)),
        ),
        "unseen noise": (
            "unseen noises of the test were in its training",
            test(noise=put(noise, ~noise.seen, "source", of_seen.source)),
        ),
        "unseen noise under another name": (
            "in its training under other names",
            test(noise=put(noise, ~noise.seen, "content", of_seen.content)),
        ),
        "other stretches of seen noise": (
            "stretches of the test's seen noise are not what its training set aside",
            test(noise=noise.assign(start=noise.start + 1)),
        ),
        "seen noise under another name": (
            "in its training under other names",
            Plan(rows, speech, others),
        ),
        "nothing": ("", Plan(rows, speech, put(others, noise.seen, "content", "new"))),
    }


@pytest.mark.parametrize("heard", LEAKS)
def test_what_a_run_is_refused_for_is_refused_for_what_is_published_of_it(
    whole, published, report, heard
):
    told, test = leaks(load_plan(report))[heard]
    for run in (whole, published):
        assert refused(lambda run=run: opened(run, test), told).startswith(f"{run}: ")


def test_a_test_in_noise_that_training_never_had_is_new_to_it_and_that_is_told(
    whole, published, report
):
    _, test = leaks(load_plan(report))["nothing"]
    for run in (whole, published):
        assert opened(run, load_plan(report)) == []
        assert opened(run, test) == [
            "run was not trained on 2 of the 2 noises that this test calls seen."
        ]


def test_a_run_that_does_not_know_its_audio_is_not_published(whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "run")
    plan = load_plan(run)
    (run / "SHA256SUMS").unlink()
    for name, table in (("speech.csv", plan.speech), ("noise.csv", plan.noise)):
        table.assign(content="").to_csv(run / name, index=False)
    refused(
        lambda: published_of(run, tmp_path / "out", tmp_path / "cache"),
        "speech.csv: does not know the audio of",
        "train with check_audio=true",
        f"train.py resume={run}",
    )
    assert not (tmp_path / "out").exists()
