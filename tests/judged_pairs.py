"""Trees of files as tests, for the test files of pairs."""

import tiny_run
from pair_trees import RATE

from datagen import from_config
from reporting.scoring.bench import Bench


def config(cache, *typed, name="evaluate"):
    common = ["experiment=pairs", f"sample_rate={RATE}", f"cache={cache}", "jobs=1"]
    return tiny_run.config(name, [*common, *typed], cache.parent / "out")


def judged(cache, *typed):
    """What a tree is as a test."""
    return from_config.test(config(cache, *typed))


def folders(root):
    return f"clean={root / 'clean'}", f"mixture={root / 'mixture'}"


def known(test):
    """SNR, noise and speaker of every mixture."""
    bench = Bench(test.plan, test.audio, RATE)
    rows = [mixture.identity for mixture in bench.mixtures()]
    return [(row["mixture_id"], row["snr_db"], row["noise_type"], row["speaker"]) for row in rows]
