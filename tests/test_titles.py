"""The title of a report."""

from omegaconf import OmegaConf

from command.about_evaluation import title


def test_a_report_on_files_is_titled_by_their_folder():
    config = {"speech": {"test": {}}, "noise": {"seen": {}}}
    on_dns = OmegaConf.create({**config, "pairs": {"root": "/sets/dns/no_reverb", "mixture": "n"}})
    assert title(on_dns) == "Enhancement of dns/no_reverb"
    by_folders = OmegaConf.create({**config, "pairs": {"root": None, "mixture": "/sets/a/noisy"}})
    assert title(by_folders) == "Enhancement of a/noisy"


def test_a_title_names_few_corpora_and_counts_the_others():
    def of(speech, noise):
        roles = {"speech": {"test": dict.fromkeys(speech)}, "noise": {"seen": dict.fromkeys(noise)}}
        return title(OmegaConf.create(roles))

    assert of("a", "a") == "Enhancement of a"
    assert of("abc", "x") == "Enhancement of a, b, c in x"
    assert of("abcd", "xyzuvw") == "Enhancement of a, b and 2 more in x, y and 4 more"
