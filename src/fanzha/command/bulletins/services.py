"""Draft the bulletin of a month, and change the wording of its text. The other acts are steps of its process."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import msgspec

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.bulletins.checks import PROCESS, process_title
from fanzha.command.bulletins.models import Bulletin, BulletinText
from fanzha.command.bulletins.publications import current_bodies
from fanzha.command.bulletins.text_template import LANGUAGES, UnusableText, check_body, text_sections
from fanzha.command.organizations.selectors import find_organization
from fanzha.command.processes.selectors import find_instances, role_table_kind
from fanzha.command.processes.services import About, is_simulated, open_process
from fanzha.command.statistics.selectors import Period, last_month
from fanzha.command.web.roles import SUPERVISORS
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.parties import Actor
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("the scheduler drafts bulletins, and a text is changed by the owner alone")
#: States of the process in which the text may be changed, and the kind of the log entry of a change.
MAY_EDIT = ("drafted", "revising")
TEXT_CHANGED = "bulletin_text_changed"
CLOSED = Words(
    "送企业征求意见后、签发后不能修改文字", "the text is not changed while companies reply or once it is proposed"
)


class BulletinSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[bulletins]` of `fanzha.toml` in the state folder.

    `owners` are the regulators and centres (refs or names) whose monthly bulletin the site drafts by itself; people
    draft the others on the page. `day` is the day of the next month on which it is drafted.
    """

    owners: tuple[str, ...] = ()
    day: Annotated[int, msgspec.Meta(ge=1, le=28)] = 3


def load_bulletin_settings() -> BulletinSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "bulletins"), BulletinSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [bulletins]: {error}", fix="see docs/how-to/publish-bulletins.md") from None


def draft_bulletin(owner: Organization, month: Period, actor: Actor, now: datetime) -> ProcessInstance:
    """Open the process of a month, which writes the draft. Raise Refusal."""
    evidence = {"month": month.key}
    about = About(title=process_title(evidence))
    about = About(title=about.title, simulated=is_simulated(owner, about))
    return open_process(PROCESS, "draft", owner, actor, evidence, about=about, at=now)


def draft_due(now: datetime) -> list[str]:
    """Draft last month's bulletins of the owners in the settings, from their day on; return the refs of new ones."""
    settings, refs = load_bulletin_settings(), []
    for name in settings.owners:
        owner = find_organization(name)
        if owner is None or owner.kind not in SUPERVISORS:
            continue
        if now.astimezone(ZoneInfo(owner.zone)).day < settings.day:
            continue
        month = last_month(now)
        if not _UNSCOPED.rows(Bulletin).filter(owner=owner, began_at=month.since).exists():
            refs.append(draft_bulletin(owner, month, _machine(owner), now).ref)
    return refs


def _machine(owner: Organization) -> Actor:
    """Return the site itself in the office of an analyst, as a key: it takes no step that needs a person."""
    return Actor(
        person="key:monthly-bulletin",
        organization=owner.ref,
        kind=role_table_kind(owner),
        roles=frozenset({"analyst"}),
        is_key=True,
    )


def save_text(
    bulletin: Bulletin, section: str, language: str, body: str, author: Person | None, actor: str, now: datetime
) -> bool:
    """Store a new wording of a section and return whether it differs from the one that counts.

    `author` is the person who wrote it, None for a key; `actor` the reference of either. Raise UnusableText for a text
    with typed figures or unknown slots, and Refusal while it may not be changed.
    """
    if section not in text_sections() or language not in LANGUAGES:
        raise UnusableText(Words("没有这个部分", "there is no such section"))
    body = "\n".join(line.rstrip() for line in body.strip().splitlines())
    check_body(section, body)
    with recorded() as log:
        instance = find_instances(_UNSCOPED).select_for_update(of=("self",)).get(ref=bulletin.ref)
        if instance.state not in MAY_EDIT:
            raise Refusal(Reason.STATE, CLOSED)
        if current_bodies(bulletin)[section, language] == body:
            return False
        _UNSCOPED.rows(BulletinText).create(
            bulletin=bulletin, section=section, language=language, body=body, person=author, at=now
        )
        facts = {"section": section, "language": language, "sha256": sha256(body.encode()).hexdigest()}
        log.add(Draft(TEXT_CHANGED, to_ms(now), actor, bulletin.owner.ref, process=bulletin.ref, facts=facts))
    return True
