"""Take samples in, disclose, erase and hand them on. `sample_reader` reads them in the background."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.app_samples.found_files import FoundFile
from fanzha.command.app_samples.models import AppSample, SampleOrigin, SampleOriginKind, SampleState
from fanzha.command.app_samples.quarantine import (
    build_container,
    erase_sample_file,
    list_sample_files,
    store_sample_file,
)
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import get_actor_ref
from fanzha.command.organizations.services import Candidate, DisclosurePool, DisclosureRequest, record_disclosure
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import About, open_process
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.command.web.viewer import Viewer

__all__ = [
    "FoundFile",
    "SampleOriginKind",
    "disclose_sample",
    "erase_sample",
    "open_app_process",
    "remove_old_files",
    "take_found_sample",
    "take_sample",
]

log = logging.getLogger(__name__)
_UNSCOPED = unscoped("a sample is taken in for its owner; a job removes files that no organisation keeps")
SOURCES = ("desk", "api", "report", "capture")
PROCESS = "indicator"
#: Placeholder of the process ref within the transaction that opens the process.
_OPENING = "-"
#: Files leave the quarantine this long after they were taken in; facts stay as long as findings do.
FILE_LIFE = timedelta(days=180)
#: A file without a row is removed this much later, so that one that is being taken in stays.
GRACE = timedelta(hours=1)
GONE = Words("安装包已清除", "the file was erased")
NOT_READ = Words("尚未读取，请稍后再试", "it was not read yet; try again later")
HANDED_ON = Words("已转入处置流程", "it was handed on already")


def take_sample(owner: Organization, chunks: Iterable[bytes], source: str, actor: str, note: str = "") -> AppSample:
    """Store a file in the quarantine and a row for it; the same file again is the same row. Raise Refusal.

    `source` is one of SOURCES, `actor` the ref of who sends it.
    """
    sha256, size = store_sample_file(chunks)
    now = timezone.now()
    with recorded() as entries:
        sample, is_new = _UNSCOPED.rows(AppSample).get_or_create(
            owner=owner,
            sha256=sha256,
            defaults={"file_bytes": size, "source": source, "note": note[:300], "received_at": now},
        )
        if is_new or sample.erased_at is not None:
            facts = {"sha256": sha256, "bytes": size, "source": source}
            entries.add(Draft("app_sample_taken", to_ms(now), actor, owner.ref, about=sample.ref, facts=facts))
        if sample.erased_at is not None:
            _UNSCOPED.rows(AppSample).filter(pk=sample.pk).update(erased_at=None, received_at=now)
    return sample


def take_found_sample(owner: Organization, file: FoundFile, kind: SampleOriginKind, about: str) -> AppSample | None:
    """Put a package into the quarantine and link it to what brought it; None if it is none or the quarantine is full.

    The same file of the same origin is linked once.
    """
    if not file.is_package:
        return None
    name = file.name.replace("\0", "")[:300]
    try:
        sample = take_sample(owner, file.chunks(), kind.value, "", note=name)
    except Refusal as refused:
        log.warning("a package of %s %s is not taken in: %s", kind, about, refused)
        return None
    _UNSCOPED.rows(SampleOrigin).get_or_create(
        sample=sample, kind=kind, about=about, defaults={"owner": owner, "name": name, "found_at": timezone.now()}
    )
    return sample


def disclose_sample(viewer: Viewer, sample: AppSample, purpose: str) -> bytes:
    """Return a sample in its container, for a purpose on record. Raise Refusal if it is gone, DisclosureRefused."""
    about: dict[str, object] = {"package": sample.package, "bytes": sample.file_bytes, "ref": sample.ref}
    container = build_container(sample.sha256, about)
    if container is None or sample.erased_at is not None:
        raise Refusal(Reason.STATE, GONE)
    request = DisclosureRequest(
        "app_sample", DisclosurePool.UNMASKED, [Candidate("app_sample", sample.sha256)], purpose, sample.ref
    )
    record_disclosure(viewer, request)
    return container


def erase_sample(viewer: Viewer, sample: AppSample) -> None:
    """Erase the file of a sample; its facts stay. The bytes go when no other organisation keeps them. Raise Refusal."""
    now = timezone.now()
    with recorded() as entries:
        if not _UNSCOPED.rows(AppSample).filter(pk=sample.pk, erased_at=None).update(erased_at=now):
            raise Refusal(Reason.STATE, GONE)
        actor = get_actor_ref(viewer, sample.owner.ref)
        entries.add(Draft("app_sample_erased", to_ms(now), actor, sample.owner.ref, about=sample.ref))
    if not _UNSCOPED.rows(AppSample).filter(sha256=sample.sha256, erased_at=None).exists():
        erase_sample_file(sample.sha256)


def open_app_process(viewer: Viewer, sample: AppSample) -> ProcessInstance:
    """Report a sample as an indicator; people judge it there. Raise Refusal."""
    if sample.state == SampleState.WAITING:
        raise Refusal(Reason.STATE, NOT_READ)
    if sample.process:
        raise Refusal(Reason.STATE, HANDED_ON)
    evidence = {"kind": "app", "indicator": f"apk:{sample.sha256}", "live_victims": "plain"}
    about = About(title=(sample.label or sample.package)[:60])
    rows = _UNSCOPED.rows(AppSample).filter(pk=sample.pk)
    with recorded() as entries:
        if not rows.filter(process="").update(process=_OPENING):  # two clicks open one process
            raise Refusal(Reason.STATE, HANDED_ON)
        instance = open_process(PROCESS, "report", sample.owner, to_actor(viewer), evidence, about=about)
        rows.update(process=instance.ref)
        actor, facts = get_actor_ref(viewer, sample.owner.ref), {"process": instance.ref}
        at = to_ms(timezone.now())
        entries.add(Draft("app_sample_handed_on", at, actor, sample.owner.ref, about=sample.ref, facts=facts))
    return instance


def remove_old_files(now: datetime) -> int:
    """Remove files after their time and files that no organisation keeps any more; return how many."""
    with recorded() as entries:
        old = _UNSCOPED.rows(AppSample).filter(erased_at=None, received_at__lt=now - FILE_LIFE)
        for sample in old.select_related("owner"):
            entries.add(Draft("app_sample_erased", to_ms(now), "", sample.owner.ref, about=sample.ref))
        old.update(erased_at=now)
    kept = set(_UNSCOPED.rows(AppSample).filter(erased_at=None).values_list("sha256", flat=True))
    before = (now - GRACE).timestamp()
    unused = [path for path in list_sample_files() if path.name not in kept and path.stat().st_mtime < before]
    return sum(erase_sample_file(path.name) for path in unused)
