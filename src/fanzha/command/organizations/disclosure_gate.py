"""Record and limit every request by which somebody learns or confirms a value: the one gate for disclosure.

Each request is one entry of the log, with counts and a commitment but no values. Values are counted once a day for each
person or key. A request that exceeds a budget is refused as a whole; the privacy officer sees it.
"""

import hmac
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from hashlib import blake2b, sha256
from math import ceil
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from fanzha.base.clock import to_ms
from fanzha.base.masking import mask_numbers
from fanzha.command.audit.services import is_recording, recorded
from fanzha.command.organizations.disclosure_settings import DisclosureSettings, load_disclosure_settings
from fanzha.command.organizations.models import DisclosedValue, DisclosureCount, RefusedDisclosure
from fanzha.command.organizations.selectors import get_actor_ref, get_organization_ref
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft
from fanzha.store.keys import load_key

_UNSCOPED = unscoped("refusals are recorded for whoever was refused")
_pending_records: ContextVar[tuple[Callable[[], None], ...]] = ContextVar("pending_records", default=())
_KEY = "disclosure"
_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000
_SPANS = {"hour": _HOUR_MS, "day": _DAY_MS}
#: An organisation may try this many times as many values of one mask as one person.
_MASK_TIMES = 5


class DisclosurePool(StrEnum):
    """Budget that a request is charged to."""

    VALUES = "values"
    LISTED = "listed"
    UNMASKED = "unmasked"
    RELEASED = "released"
    SIGNALS = "signals"


class Candidate(NamedTuple):
    """A value, or an object with `weight` values, that the answer discloses or confirms.

    `key` identifies it. `mask` is its masked form if that shows the end: few values then share it. A text that has
    several interpretations counts as one value: the likeliest has the weight, the others have weight 0 and the same
    `text`, so that one which is new counts where the likeliest was counted before.
    """

    kind: str
    key: str
    mask: str = ""
    weight: int = 1
    text: str = ""


class DisclosureRequest(NamedTuple):
    """A request for values: its channel (`search`, `export` …), budget, candidates, purpose and object."""

    channel: str
    pool: DisclosurePool
    candidates: Sequence[Candidate]
    purpose: str = ""
    about: str = ""


class DisclosureRefused(Problem):
    """A request exceeds a budget. The API answers 429 with Retry-After, pages with the same words."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__("too_many", detail, retry_after=retry_after)
        self.retry_after = retry_after


class _Exceeded(Exception):
    """A budget of `limit` values until `ends_at` (UTC ms) was exceeded.

    `is_own`: the budget of the person or key, otherwise that of the organisation. `shown` is the mask if the budget is
    that of one mask, otherwise "".
    """

    def __init__(self, limit: int, ends_at: int, *, is_own: bool, shown: str = "") -> None:
        super().__init__(limit)
        self.limit, self.ends_at, self.is_own, self.shown = limit, ends_at, is_own, shown


def record_disclosure(viewer: Viewer, request: DisclosureRequest) -> None:
    """Charge and log a request before it is answered. Raise DisclosureRefused if it exceeds a budget.

    Within a transaction, the refusal is recorded at the end of the HTTP request: let it roll the transaction back. A
    request whose transaction is rolled back later is charged and logged again then, because its answer, which may be an
    error, can depend on the values.
    """
    _pass(viewer, request, is_logged=True)


def charge_disclosure(viewer: Viewer, request: DisclosureRequest) -> None:
    """Charge a request whose log entry the caller writes. Raise DisclosureRefused if a budget is exhausted."""
    _pass(viewer, request, is_logged=False)


def _pass(viewer: Viewer, request: DisclosureRequest, *, is_logged: bool) -> None:
    if not request.candidates:
        return
    now, budgets, digests = timezone.now(), load_disclosure_settings(), _digests(request)
    try:
        with recorded() as log:
            _charge(viewer, request, digests, to_ms(now), budgets)
            if is_logged:
                log.add(_draft("values_disclosed", viewer, request, digests, now))
        if is_recording():  # the transaction of the caller may still be rolled back
            _add_pending(_Charge(viewer, request, is_logged=is_logged).restore)
    except _Exceeded as exceeded:
        refusal = partial(_record_refusal, viewer, request, digests, exceeded, now)
        if is_recording():  # the refusal rolls the transaction back; its record must not be lost with it
            _add_pending(refusal)
        else:
            refusal()
        wait_seconds = max(1, ceil((exceeded.ends_at - to_ms(now)) / 1000))
        raise DisclosureRefused(_explain(exceeded), wait_seconds) from None


class _Charge:
    """A request that was charged within a transaction of the caller."""

    def __init__(self, viewer: Viewer, request: DisclosureRequest, *, is_logged: bool) -> None:
        self._viewer, self._request, self._is_logged = viewer, request, is_logged
        self._is_committed = False
        self._hook = self._note_commit  # one object, by which it is found among the hooks of the connection
        transaction.on_commit(self._hook)

    def restore(self) -> None:
        """Charge and log the request again if its transaction was rolled back."""
        is_pending = any(hook is self._hook for _, hook, *_ in connection.run_on_commit)
        if not self._is_committed and not is_pending:
            with suppress(DisclosureRefused):
                _pass(self._viewer, self._request, is_logged=self._is_logged)

    def _note_commit(self) -> None:
        self._is_committed = True


def _add_pending(record: Callable[[], None]) -> None:
    _pending_records.set((*_pending_records.get(), record))


def record_pending_disclosures() -> None:
    """Record what was refused or charged within transactions that were rolled back since.

    Call it at the end of each request.
    """
    pending = _pending_records.get()
    _pending_records.set(())
    for record in pending:
        record()


def delete_expired_counts(now: datetime) -> None:
    """Delete the counters and hashes of past days."""
    DisclosedValue.objects.filter(day__lt=to_ms(now) // _DAY_MS).delete()
    DisclosureCount.objects.filter(ends_at__lte=to_ms(now)).delete()


def _charge(
    viewer: Viewer, request: DisclosureRequest, digests: Mapping[str, Candidate], now: int, budgets: DisclosureSettings
) -> None:
    """Count the values that are new today. Raise _Exceeded within the transaction, which then counts nothing."""
    masks = {_mask_hash(candidate): candidate.mask for candidate in digests.values() if candidate.mask}
    new_digests = _insert_values(viewer, digests, now // _DAY_MS)
    if not new_digests:
        return
    _count(viewer, request.pool, _charged_values([digests[digest] for digest in new_digests]), now, budgets)
    # The row locks of the counters make requests of one organisation wait for each other, so this count is complete.
    for mask, own, total in _mask_counts(viewer, masks, now // _DAY_MS):
        if own > budgets.same_mask or total > budgets.same_mask * _MASK_TIMES:
            ends_at = (now // _DAY_MS + 1) * _DAY_MS
            raise _Exceeded(budgets.same_mask, ends_at, is_own=own > budgets.same_mask, shown=masks[mask])


def _charged_values(new_candidates: Sequence[Candidate]) -> int:
    """Return how many values the new candidates of a request count as."""
    weighed = {candidate.text for candidate in new_candidates if candidate.weight}
    alternatives = {candidate.text for candidate in new_candidates if candidate.text} - weighed
    return sum(candidate.weight for candidate in new_candidates) + len(alternatives)


def _insert_values(viewer: Viewer, digests: Mapping[str, Candidate], day: int) -> list[str]:
    """Insert the values of a request, in one order for all requests, and return those that are new today."""
    ordered = sorted(digests)
    masks = [_mask_hash(digests[digest]) for digest in ordered]
    rows, bound = bulk.values_table(("digest", "text", ordered), ("mask", "text", masks))
    inserted = bulk.select(
        f"INSERT INTO {DisclosedValue._meta.db_table} (owner_id, holder, day, digest, mask)"
        f" SELECT %s, %s, %s, given.digest, given.mask FROM {rows} WHERE true"
        " ON CONFLICT (holder, day, digest) DO NOTHING RETURNING digest",
        *(viewer.organization, holder_of(viewer), day, *bound),
    )
    return [digest for (digest,) in inserted]


def _count(viewer: Viewer, pool: DisclosurePool, charge: int, now: int, budgets: DisclosureSettings) -> None:
    """Add to the counters of the organisation and of the holder, in one statement. Raise _Exceeded."""
    own, organization = holder_of(viewer), f"organization:{viewer.organization}"
    limits = {
        (holder, span): getattr(budgets, f"{pool}_per_{span}") * times
        for holder, times in ((organization, budgets.organization_times), (own, 1))
        for span in _SPANS
    }
    rows = [(holder, pool.value, span, (now // _SPANS[span] + 1) * _SPANS[span], charge) for holder, span in limits]
    table = DisclosureCount._meta.db_table
    cells = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
    used = bulk.select(
        f"INSERT INTO {table} (holder, pool, span, ends_at, used) VALUES {cells}"
        f" ON CONFLICT (holder, pool, span, ends_at) DO UPDATE SET used = {table}.used + excluded.used"
        " RETURNING holder, span, ends_at, used",
        *(value for row in rows for value in row),
    )
    over = [(ends_at, holder, span) for holder, span, ends_at, count in used if count > limits[holder, span]]
    if over:
        ends_at, holder, span = max(over)
        raise _Exceeded(limits[holder, span], ends_at, is_own=holder == own)


def _mask_counts(viewer: Viewer, masks: Mapping[str, str], day: int) -> list[tuple[str, int, int]]:
    """Return for each mask how many values of it the holder and its organisation tried today."""
    if not masks:
        return []
    given, bound = bulk.values_table(("mask", "text", sorted(masks)))
    table = DisclosedValue._meta.db_table
    return [
        (str(mask), int(own), int(total))
        for mask, own, total in bulk.select(
            f"SELECT v.mask, count(CASE WHEN v.holder = %s THEN 1 END), count(DISTINCT v.digest) FROM {given}"
            f" JOIN {table} AS v ON v.mask = given.mask WHERE v.owner_id = %s AND v.day = %s AND v.mask <> ''"
            " GROUP BY v.mask",
            *(holder_of(viewer), *bound, viewer.organization, day),
        )
    ]


def _record_refusal(
    viewer: Viewer, request: DisclosureRequest, digests: Mapping[str, Candidate], exceeded: _Exceeded, now: datetime
) -> None:
    """Count the refusal for the privacy officer; the first one of a day and mask is an entry of the log."""
    identity = {
        "owner_id": viewer.organization,
        "actor": _actor(viewer)[0],
        "day": to_ms(now) // _DAY_MS,
        "shown": exceeded.shown[:120],
    }
    with recorded() as log, transaction.atomic():
        rows = _UNSCOPED.rows(RefusedDisclosure)
        _row, is_first = rows.get_or_create(
            **identity, defaults={"person_id": viewer.person, "first_at": now, "last_at": now}
        )
        if not is_first:
            rows.filter(**identity).update(times=F("times") + 1, last_at=now)
            return
        reason = "same_mask" if exceeded.shown else "budget"
        log.add(_draft("disclosure_refused", viewer, request, digests, now, reason=reason, limit=exceeded.limit))


def _draft(
    kind: str,
    viewer: Viewer,
    request: DisclosureRequest,
    digests: Mapping[str, Candidate],
    now: datetime,
    **more: object,
) -> Draft:
    kinds = Counter[str]()
    for candidate in digests.values():
        kinds[candidate.kind] += candidate.weight
    actor, organization = _actor(viewer)
    facts = {
        "channel": request.channel,
        "budget": request.pool.value,
        "purpose": mask_numbers(request.purpose.strip())[:200],
        "values": sum(kinds.values()),
        "kinds": dict(+kinds),
        "commitment": hmac.new(load_key(_KEY), "\0".join(sorted(digests)).encode(), sha256).hexdigest(),
    }
    return Draft(kind, to_ms(now), actor, organization, about=request.about, facts=facts | more)


def _actor(viewer: Viewer) -> tuple[str, str]:
    """Return the references of the actor and of its organisation."""
    organization = get_organization_ref(viewer.organization)
    return get_actor_ref(viewer, organization), organization


def holder_of(viewer: Viewer) -> str:
    """Return the holder of a budget: a key, or a person in an organisation."""
    return f"key:{viewer.key}" if viewer.key else f"person:{viewer.person}/{viewer.organization}"


def _digests(request: DisclosureRequest) -> dict[str, Candidate]:
    """Return the candidates by keyed hash. What is looked up and then unmasked counts in both budgets."""
    looked_up = request.pool in (DisclosurePool.VALUES, DisclosurePool.LISTED)
    prefix = "value" if looked_up else request.pool.value
    digests: dict[str, Candidate] = {}
    for candidate in request.candidates:
        digest = _keyed_hash(prefix, candidate.kind, candidate.key)
        if digest not in digests or digests[digest].weight < candidate.weight:
            digests[digest] = candidate
    return digests


def _mask_hash(candidate: Candidate) -> str:
    return _keyed_hash("mask", candidate.kind, candidate.mask) if candidate.mask else ""


def _keyed_hash(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), key=load_key(_KEY), digest_size=16).hexdigest()


def _explain(exceeded: _Exceeded) -> str:
    at = f"{localtime(datetime.fromtimestamp(exceeded.ends_at / 1000, UTC)):%Y-%m-%d %H:%M}"
    if exceeded.shown:
        return _(
            "You have looked up too many values that differ only in their hidden characters "
            "(%(shown)s). This is on record and the privacy officer can see it. Unmask the subject "
            "with a purpose, or try again from %(at)s."
        ) % {"shown": exceeded.shown, "at": at}
    if not exceeded.is_own:
        return _(
            "Your organisation has reached its limit of %(limit)s values. Try again from %(at)s, or "
            "ask whoever runs the site to raise [disclosure] in fanzha.toml."
        ) % {"limit": f"{exceeded.limit:,}", "at": at}
    return _(
        "You have reached the limit of %(limit)s values that one person can look up or unmask in this"
        " period. Try again from %(at)s. If you may unmask values, give a purpose to look up longer "
        "lists."
    ) % {"limit": f"{exceeded.limit:,}", "at": at}
