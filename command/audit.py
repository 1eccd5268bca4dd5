"""From a config to the audit of its corpora."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from command.about import machine, typed_command, version_line
from command.message import one_line
from datagen.from_config import corpora, jobs, protocol
from datagen.measured import measured
from datagen.recordings import BadAudioError, Recording
from datagen.scan import scan
from reporting.pages.audit import write_audit
from reporting.tables.audit_files import AuditedCorpus, find


def audit(cfg: DictConfig, folder: Path) -> None:
    """Audit every file of the config's corpora: write the results to `folder` and print them.

    No plan is drawn. Faults of the audio are results, not errors. If no corpus can be read, the
    error of the first one is raised.
    """
    looked_at = []
    for role, named in corpora(cfg).items():
        for name, corpus in named.items():
            usable = _corpus(cfg, role, name, corpus.recordings)
            looked_at.append(usable)
    if looked_at and all(corpus.error for corpus in looked_at):
        raise ValueError(looked_at[0].error)
    measure = partial(measured, cache=Path(cfg.cache), jobs=jobs(cfg))
    findings = find(
        looked_at,
        measure,
        protocol(cfg),
        cfg.sample_rate,
        cfg.seed,
    )
    about = _about(cfg)
    summary = write_audit(findings, cfg.sample_rate, about, folder)
    page = folder / "audit.html"
    print(f"{summary.table}\n\n{summary.last}: {page}")


def _corpus(
    cfg: DictConfig,
    role: str,
    name: str,
    recordings: Callable[[], list[Recording]],
) -> AuditedCorpus:
    """The usable part of a corpus; its bad files are named, and raise no error."""
    try:
        listed = recordings()
        return _scanned(cfg, role, name, listed)
    except (ValueError, OSError) as error:
        return AuditedCorpus(role, name, error=one_line(error))


def _scanned(
    cfg: DictConfig,
    role: str,
    name: str,
    recordings: list[Recording],
) -> AuditedCorpus:
    """The corpus of `recordings`, with the faults of bad ones; raises other errors of `scan`."""
    look = partial(
        scan,
        cache=Path(cfg.cache),
        jobs=jobs(cfg),
        check_audio=cfg.check_audio,
    )
    try:
        table = look(recordings)
    except BadAudioError as error:
        bad = dict(error.files)
        good = [recording for recording in recordings if recording.path not in bad]
        table = look(good)
        return AuditedCorpus(role, name, recordings, table, bad)
    return AuditedCorpus(role, name, recordings, table)


def _about(cfg: DictConfig) -> dict[str, str]:
    """The settings of the audit, for its page."""
    shortest = f"speech of at least {cfg.plan.shortest_s:g} s"
    return {
        "command": typed_command("generate"),
        "plan": f"{cfg.sample_rate} Hz, {shortest}, seed {cfg.seed}",
        "versions": version_line(sources=("datagen", "reporting")),
        "machine": machine(),
    }
