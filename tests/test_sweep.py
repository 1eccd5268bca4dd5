"""A sweep's report: which options differ, who leads, and what every value did."""

import pandas as pd
import pytest
import tiny_run
from omegaconf import OmegaConf
from score_tables import many

import evaluate
from reporting.tables.sweep import differing, effects, leaderboard, runs_of

CONFIGS = {
    name: OmegaConf.create(
        {
            "network": {"stages": stages, "wide": wide},
            "output": name,
            "recipe": {"batch_size": 4},
            "seed": 0,
        }
    )
    for name, stages, wide in (("a", 1, True), ("b", 3, True), ("c", 1, False), ("d", 3, False))
}


def test_only_what_differs_is_a_parameter():
    table = differing(CONFIGS)
    assert table.to_dict("index")["b"] == {"network.stages": "3", "network.wide": "True"}
    assert differing({"a": CONFIGS["a"]}).empty


def test_an_option_that_follows_another_stands_beside_it():
    follows = {
        name: OmegaConf.create(
            {"recipe": {"batch_size": size}, "data": {"batch_size": "${recipe.batch_size}"}}
        )
        for name, size in (("a", 2), ("b", 4))
    }
    assert differing(follows).columns.tolist() == ["recipe.batch_size"]


def sweep(*typed):
    """Configs of trainings by what is typed for each."""
    return {item: tiny_run.config("train", item.split(), tiny_run.ROOT) for item in typed}


def test_what_follows_from_network_target_or_recipe_is_left_out():
    configs = sweep(
        "network=crnn target=iam recipe=short",
        "network=pl_crnn target=iam recipe=short",
        "network=pl_dnn target=complex_mask recipe=brief",
    )
    assert differing(configs).to_dict("list") == {
        "network": ["CRNN", "PL-CRNN", "PL-DNN"],
        "target": ["IAM", "IAM", "Complex-Mask"],
        "recipe": ["short", "short", "brief"],
    }
    more = configs | sweep("network=pl_crnn network.stages=5 recipe=short recipe.optimizer.lr=0.1")
    table = differing(more)
    assert "recipe" not in table  # one of them is none of conf/recipe
    assert table["network.stages"].tolist() == ["1", "3", "3", "5"]  # the network does not tell it
    assert "0.1" in table["recipe.optimizer.lr"].tolist() and "data.batch_size" not in table


def test_whole_numbers_stay_whole_where_a_run_lacks_the_option():
    table = differing(
        {"a": OmegaConf.create({"units": 3, "deep": None}), "b": OmegaConf.create({"deep": True})}
    )
    assert table.loc["a"].tolist() == ["3", ""] and table.loc["b"].tolist() == ["", "True"]


def test_options_that_one_run_lacks_are_empty():
    assert differing({"a": CONFIGS["a"], "b": OmegaConf.create({})}).loc["b"].eq("").all()


def test_runs_are_ranked_and_values_averaged():
    scores = many(("mixture", "oracle", "a", "b", "c", "d"))  # each 1 dB above the one before
    table = leaderboard(differing(CONFIGS), scores)
    assert table.index.tolist() == ["d", "c", "b", "a"]
    assert table.columns.tolist()[-2:] == ["network.stages", "network.wide"]  # scores come first
    assert table.sdr.tolist() == pytest.approx([5, 4, 3, 2])
    found = effects(differing(CONFIGS), scores).set_index(["parameter", "value"])
    assert found.sdr.to_dict() == pytest.approx(
        {
            ("network.stages", "1"): 3.0,
            ("network.stages", "3"): 4.0,
            ("network.wide", "False"): 4.5,
            ("network.wide", "True"): 2.5,
        }
    )
    assert found.runs.tolist() == [2] * 4


def test_values_of_an_option_stand_in_the_order_of_numbers():
    stages = {"a": 10, "b": 9, "c": "many", "d": 0.5}
    configs = {name: OmegaConf.create({"stages": number}) for name, number in stages.items()}
    found = effects(differing(configs), many(("mixture", *configs)))
    assert found.value.tolist() == ["0.5", "9", "10", "many"]


def test_a_folder_without_runs_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no trained run; give the output folder"):
        runs_of(tmp_path)


def test_a_sweep_is_reported_from_its_folder(data, tmp_path):
    sweep = tmp_path / "sweep"
    for stages in (1, 3):
        tiny_run.fit(
            data,
            sweep / f"network.stages-{stages}",
            f"network.stages={stages}",
            "trainer.max_epochs=1",
        )
    (sweep / "network.stages-2" / ".hydra").mkdir(parents=True)  # begun, and no epoch finished
    (sweep / "network.stages-2" / ".hydra" / "config.yaml").write_text("seed: 0")
    typed = tiny_run.common(data, tmp_path / "x", "examples=false")
    report = tmp_path / "report"
    evaluate.main(
        tiny_run.config("evaluate", [*typed, f"sweep={sweep}", f"output={report}"], report)
    )
    scores = pd.read_csv(report / "scores.csv")
    assert scores.system.unique().tolist() == [
        "mixture",
        "ideal amplitude mask",
        "phase-sensitive mask",
        "CRNN TMS",
        "PL-CRNN TMS",
    ]
    page = (report / "report.html").read_text()
    assert '<a href="#run-1">PL-CRNN TMS</a>' in page and 'id="run-1"' in page
    assert '<th scope="row">network</th><td>CRNN</td>' in page and "network.stages</td>" not in page
    assert "<dt>left out</dt><dd>network.stages-2: finished no epoch</dd>" in page
    assert (report / "figures" / "stages.svg").exists()
