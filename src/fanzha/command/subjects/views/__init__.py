"""Pages of subjects: search, one subject, opinions."""

from fanzha.command.subjects.views.allowlist import spare_subject
from fanzha.command.subjects.views.opinions import give_first_opinion, give_opinion, withdraw_opinion
from fanzha.command.subjects.views.paste import paste_numbers
from fanzha.command.subjects.views.search import subjects
from fanzha.command.subjects.views.shares import end_sharing, share_subject
from fanzha.command.subjects.views.subject import subject

__all__ = [
    "end_sharing",
    "give_first_opinion",
    "give_opinion",
    "paste_numbers",
    "share_subject",
    "spare_subject",
    "subject",
    "subjects",
    "withdraw_opinion",
]
