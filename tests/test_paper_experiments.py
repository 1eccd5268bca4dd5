"""The experiments that bear a paper's name have what the paper says."""

import pytest
from hydra import compose, initialize_config_dir

from command.entry import CONF

NETWORKS = "pl_dnn,pl_lstm,crnn,scrnn,pl_crnn,pl_crnn/q5"  # of Tables 3 and 4
STAGES = "pl_crnn/q1,pl_crnn/q2,pl_crnn/q3,pl_crnn/q4,pl_crnn/q5,crnn"  # of Fig. 4


@pytest.fixture(scope="module", autouse=True)
def _conf():
    with initialize_config_dir(str(CONF), version_base="1.3"):
        yield


def composed(root, experiment, *more):
    options = [f"experiment={experiment}", "data_root=x", *more]
    return compose(root, options, return_hydra_config=True)


@pytest.mark.parametrize("root", ["train", "evaluate", "generate"])
def test_the_pl_crnn_paper_cuts_all_noise_from_one_vector_and_timit_does_not(root):
    plan = composed(root, "pl_crnn_paper").plan
    assert (plan.train, plan.validation, plan.test) == (20000, 2000, 800)
    assert plan.noise_stretches is None
    assert composed(root, "timit").plan.noise_stretches.test == 0.2


def test_its_comparison_has_five_stages_too_and_its_figure_one_to_five():
    of_tables = composed("train", "pl_crnn_paper").hydra.sweeper.params
    assert of_tables.network == NETWORKS and of_tables.target == "tms,iam"
    figure = composed("train", "pl_crnn_stages")
    assert figure.plan.train == 10000 and figure.plan.noise_stretches is None
    small = composed("train", "pl_crnn_stages_small").hydra.sweeper.params
    assert small.recipe == "brief"
    for params in (figure.hydra.sweeper.params, small):
        assert (params.network, params.target) == (STAGES, "tms")


@pytest.mark.parametrize("stages", [1, 2, 3, 4, 5])
def test_the_stages_of_a_sweep_are_the_same_network(stages):
    swept = composed("train", "demo", f"network=pl_crnn/q{stages}").network
    typed = composed("train", "demo", "network=pl_crnn", f"network.stages={stages}").network
    assert swept == typed


def test_the_unet_paper_has_ten_hours_to_train_on_and_one_to_validate():
    plan = composed("train", "unet_paper").plan
    for split, hours in (("train", 10), ("validation", 1)):
        samples = plan.segment_s[split] * 8000
        assert samples == pytest.approx(8064)
        assert plan[split] * samples / 8000 / 3600 == pytest.approx(hours, rel=1e-3)
    assert "the paper has 10 hours and 1" in (CONF / "experiment" / "unet_small.yaml").read_text()
