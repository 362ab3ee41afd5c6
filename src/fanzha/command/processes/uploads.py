"""Uploads of evidence files: who owns a file, who may use it in a step, quotas, and removal of unused files.

All files of the site are stored through this module. A SHA-256 alone gives no right: an organisation uses its own
uploads, and files that are already evidence of a process that it may read.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from fanzha.base.words import Words
from fanzha.command.organizations.selectors import build_viewer, organizations_by_ref
from fanzha.command.processes.disclosure import Disclosure, step_fields
from fanzha.command.processes.evidence import as_list, evidence_refusal
from fanzha.command.processes.models import EvidenceUpload, Step, StepFile
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.evidence_files import (
    delete_file,
    delete_incomplete_files,
    delete_old_file,
    find_file,
    list_old_files,
    store_file,
)

logger = logging.getLogger(__name__)

#: The roles that the process definitions name; they may upload by the API.
UPLOADERS = (
    Role.ANALYST,
    Role.EXECUTOR,
    Role.REVIEWER,
    Role.DUTY_OFFICER,
    Role.LIAISON,
    Role.INSPECTOR,
    Role.CLERK,
    Role.CERTIFYING_OFFICER,
    Role.EDITOR,
    Role.PRIVACY_OFFICER,
    Role.ADMINISTRATOR,
)
#: Uploads that no step refers to are removed after this time.
UNUSED_TIME = timedelta(days=7)
#: Files are removed this much later than their uploads, so that a step that is just being recorded keeps its file.
FILE_GRACE = timedelta(days=1)
_BATCH = 500

_UNSCOPED = unscoped("uploads are checked for the organisation that acts, and removed for all")


class UploadQuotaExceeded(Refusal):
    """An organisation has too many unused uploads; `problem` is the kind of the API's problem document."""

    def __init__(self, problem: str, words: Words) -> None:
        super().__init__(Reason.EVIDENCE, words)
        self.problem = problem


def store_upload(file: "UploadedFile[Any] | bytes", viewer: Viewer) -> str:
    """Store a file, or a pasted text, of the viewer's organisation; return its SHA-256.

    Raise UploadQuotaExceeded, or UsageError if the file is too large.
    """
    _check_quota(viewer.organization, len(file) if isinstance(file, bytes) else file.size or 0)
    name = store_file([file] if isinstance(file, bytes) else file.chunks())
    _record(name, viewer.organization, viewer.person)
    return name


def store_for_organization(content: bytes, organization: int) -> str:
    """Store a file that a machine wrote for an organisation (primary key); return its SHA-256. There is no quota."""
    name = store_file([content])
    _record(name, organization, None)
    return name


def check_files(fields: Mapping[str, EvidenceField], values: Mapping[str, Any], organization: str) -> None:
    """Raise Refusal naming a field with a file that an organisation (a ref) may not use.

    The refusal is the same whether the file exists or not.
    """
    names = {name: set(_file_names(value)) for name, value in values.items() if fields[name].type is FieldType.FILE}
    usable = _usable_files(set().union(*names.values()), organization)
    for name, files in names.items():
        if files - usable:
            why = Words("本单位未上传此文件，请先上传", "your organisation has not uploaded this file; upload it first")
            raise evidence_refusal(fields[name], name, why)


def delete_uploads(names: Collection[str], owners: Collection[int]) -> None:
    """Delete the uploads of some organisations (primary keys), and the files that no other organisation uploaded."""
    if not names:
        return
    uploads = _UNSCOPED.rows(EvidenceUpload).filter(name__in=in_list(list(names), "text"))
    uploads.filter(owner__in=in_list(list(owners))).delete()
    for name in set(names) - set(uploads.values_list("name", flat=True)):
        delete_file(name)


def remove_unused(now: datetime) -> int:
    """Delete uploads that no step refers to after seven days, and files without any upload or step.

    Return the number of files.
    """
    old = _UNSCOPED.rows(EvidenceUpload).filter(uploaded_at__lt=now - UNUSED_TIME)
    old.filter(~Exists(StepFile.objects.filter(name=OuterRef("name")))).delete()
    before = (now - UNUSED_TIME - FILE_GRACE).timestamp()
    removed = 0
    old_files = list_old_files(before)
    while names := list(islice(old_files, _BATCH)):
        used = _UNSCOPED.rows(EvidenceUpload).filter(name__in=in_list(names, "text")).values_list("name", flat=True)
        referenced = StepFile.objects.filter(name__in=in_list(names, "text")).values_list("name", flat=True)
        removed += sum(delete_old_file(name, before) for name in set(names) - set(used) - set(referenced))
    removed += delete_incomplete_files(before)
    if removed:
        logger.info("removed %d evidence files that no step refers to", removed)
    return removed


def _record(name: str, organization: int, person: int | None) -> None:
    path = find_file(name)
    upload = EvidenceUpload(
        owner_id=organization,
        uploader_id=person,
        name=name,
        size=path.stat().st_size if path else 0,
        uploaded_at=timezone.now(),
    )
    _UNSCOPED.rows(EvidenceUpload).bulk_create(
        [upload],
        update_conflicts=True,
        unique_fields=["owner", "name"],
        update_fields=["uploader", "uploaded_at"],
    )


def _check_quota(organization: int, size: int) -> None:
    """Raise UploadQuotaExceeded if one more file exceeds the quota of unused uploads."""
    unused = _unused_uploads(organization).aggregate(files=Count("pk"), size=Sum("size", default=0))
    if unused["files"] >= settings.UNUSED_UPLOADS_MAX:
        most = settings.UNUSED_UPLOADS_MAX
        zh = f"本单位未使用的附件已达 {most} 个。请在流程步骤中使用，或等待七日后自动删除"
        en = f"your organisation has {most} uploads that no step uses: use them, or wait seven days until they go"
        raise UploadQuotaExceeded("too_many", Words(zh, en))
    if unused["size"] + size > settings.UNUSED_UPLOADS_MAX_BYTES:
        most = settings.UNUSED_UPLOADS_MAX_BYTES // (1024 * 1024)
        zh = f"本单位未使用的附件将超过 {most} MB。请在流程步骤中使用，或等待七日后自动删除"
        en = f"your organisation's uploads that no step uses would exceed {most} MB: use them, or wait seven days"
        raise UploadQuotaExceeded("too_large", Words(zh, en))


def _unused_uploads(organization: int) -> QuerySet[EvidenceUpload]:
    """Return the uploads of an organisation that no step by it, or of its processes, refers to."""
    own = Q(step__organization=organization) | Q(step__instance__owner=organization)
    used = StepFile.objects.filter(own, name=OuterRef("name"))
    return _UNSCOPED.rows(EvidenceUpload).filter(~Exists(used), owner=organization)


def _file_names(value: Any) -> Iterator[str]:
    yield from value if isinstance(value, tuple | list) else (value,)


def _usable_files(names: Collection[str], organization: str) -> set[str]:
    """Return the stored files that an organisation (a ref) uploaded, or that are evidence that it may read."""
    found = organizations_by_ref([organization]).get(organization) if names else None
    if found is None:
        return set()
    own = _UNSCOPED.rows(EvidenceUpload).filter(owner=found, name__in=in_list(list(names), "text"))
    usable = set(own.values_list("name", flat=True))
    if missing := set(names) - usable:
        usable |= _readable_files(missing, build_viewer(found, frozenset(), None))
    return {name for name in usable if find_file(name)}


def _readable_files(names: Collection[str], viewer: Viewer) -> set[str]:
    """Return the files that file fields of readable steps name; personal files only if the organisation gave them."""
    readable = set[str]()
    with scoped_to(viewer):
        references = StepFile.objects.filter(name__in=in_list(list(names), "text")).values("step")
        steps = Step.objects.filter(pk__in=references).select_related("instance__version", "instance__owner")
        for step in steps:
            disclosure = Disclosure(step.instance, viewer)
            values = disclosure.evidence(step)
            if step.organization_id == viewer.organization:
                values |= disclosure.personal(step)
            fields = step_fields(step.instance.version.process, step)
            for field, value in values.items():
                if field in fields and fields[field].type is FieldType.FILE:
                    readable |= {*as_list(value)}
    return readable & set(names)
