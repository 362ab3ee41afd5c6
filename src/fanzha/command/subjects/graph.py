"""Graph of linked subjects for the page and the API; `campaigns.subject_links` builds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol, cast

from fanzha.command.subjects.models import Subject
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.viewer import Viewer


class GraphNode(NamedTuple):
    """One subject of the graph: its distance in hops, and the verdict level of the viewer's organisation ("": none)."""

    subject: Subject
    hop: int
    level: str


class GraphEdge(NamedTuple):
    """A tie between two subjects (primary keys), in words."""

    source: int
    target: int
    words: str


class CommonTie(NamedTuple):
    """A tie of the subject: how many subjects share it here, and in how many other organisations how many do."""

    words: str
    subjects: int
    is_hub: bool
    other_organizations: int
    other_subjects: int


@dataclass(frozen=True)
class SubjectGraph:
    """A subject and the subjects linked to it; `more` counts linked subjects that are left out."""

    nodes: Sequence[GraphNode]
    edges: Sequence[GraphEdge]
    common: Sequence[CommonTie]
    more: int


class HasRef(Protocol):
    """A row with a public reference."""

    ref: str


class SubjectLinks(Protocol):
    """Interface of the module `subject_links` of campaigns."""

    def build_graph(self, subject: Subject, viewer: Viewer) -> SubjectGraph:
        """Return the graph of subjects linked to a subject that a viewer may read."""

    def campaign_of(self, ref: str) -> HasRef | None:
        """Return the campaign with a ref, None if the current viewer may read none."""


@cache
def subject_links() -> SubjectLinks:
    """Return the module `subject_links`. Raise ValueError if no app or more than one has it."""
    (module,) = app_modules("subject_links")
    return cast(SubjectLinks, module)
