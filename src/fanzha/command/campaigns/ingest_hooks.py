"""Keep campaigns up to date with each batch of findings (called by `subjects.ingest.loader`)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fanzha.command.campaigns.clustering import cluster_findings
from fanzha.command.campaigns.recount import recount_subjects
from fanzha.command.subjects.services import StoredFinding


def after_batch(findings: Sequence[StoredFinding], superseded: Mapping[int, set[int]], at: datetime) -> None:
    """Cluster the subjects of stored findings into campaigns; recount campaigns whose findings were superseded.

    `superseded` has the subjects (primary keys) by owner (primary key). Runs in the transaction of the batch.
    """
    cluster_findings(findings, at)
    for owner, subjects in superseded.items():
        recount_subjects(owner, subjects, at)
