"""Tasks of research: try submitted models, run approved ones in shadow, and compute tables."""

from datetime import datetime, timedelta

from django_tasks import task

from fanzha.command.organizations.selectors import get_organization
from fanzha.command.research.models import ModelState, PartnerModel, ResearchTable, TableState
from fanzha.command.web.job_queue import enqueue, queued_arguments
from fanzha.command.web.scheduler import Job
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("models and tables of all organisations are queued")


@task()
def try_partner_model(ref: str) -> None:
    """Try a submitted model in a background worker."""
    from fanzha.command.research.shadow_runs import try_model  # loads numpy, which pages do not need

    try_model(ref)


@task()
def run_partner_model(ref: str) -> None:
    """Run an approved model in a background worker."""
    from fanzha.command.research.shadow_runs import run_model

    run_model(ref)


@task()
def compute_research_table(ref: str) -> None:
    """Compute a table in a background worker."""
    from fanzha.command.research.table_jobs import compute

    compute(ref)


def queue_models(now: datetime) -> None:
    """Enqueue the models that wait for their trial, and those that are due to run."""
    from fanzha.command.research.shadow_runs import due_models

    waiting = _UNSCOPED.rows(PartnerModel).filter(state=ModelState.SUBMITTED)
    for ref, owner in waiting.values_list("ref", "owner"):
        queue_once(try_partner_model, owner, ref)
    for model in due_models(now):
        queue_once(run_partner_model, model.owner_id, model.ref)


def queue_tables(now: datetime) -> None:
    """Enqueue the tables that wait to be computed."""
    for ref, owner in _UNSCOPED.rows(ResearchTable).filter(state=TableState.ASKED).values_list("ref", "owner"):
        queue_once(compute_research_table, owner, ref)


def queue_once(job: object, owner: int, ref: str) -> None:
    """Enqueue a job of an organisation (primary key) on a model or table, unless it waits already."""
    if (ref,) not in queued_arguments(job):
        enqueue(job, get_organization(owner).ref, ref)


JOBS = (
    Job("run partners' models", timedelta(minutes=1), queue_models),
    Job("compute research tables", timedelta(minutes=1), queue_tables),
)
