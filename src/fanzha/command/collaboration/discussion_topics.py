"""Processes as topics; they are here because processes are below this app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse

from fanzha.base.ids import short_code
from fanzha.base.words import Words
from fanzha.command.collaboration.topics import TopicKind
from fanzha.command.processes.selectors import find_instances, is_readable_by
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.processes.models import ProcessInstance
    from fanzha.command.web.viewer import Viewer

PROCESS = "process"
_UNSCOPED = unscoped("limited to what the viewer named may read")


def _rows(viewer: Viewer) -> QuerySet[ProcessInstance]:
    return find_instances(_UNSCOPED).filter(is_readable_by(viewer)).select_related("version")


def process_title(instance: ProcessInstance) -> Words:
    """Return the titles of the definition and of the process."""
    title, own = instance.version.process.title, instance.title or short_code(instance.ref)
    return Words(f"{title.zh} · {own}", f"{title.en} · {own}")


def _participants(instance: ProcessInstance) -> Iterable[int]:
    return instance.participations.values_list("organization", flat=True)


TOPICS = (TopicKind(PROCESS, _rows, process_title, lambda row: reverse("process", args=[row.ref]), _participants),)
