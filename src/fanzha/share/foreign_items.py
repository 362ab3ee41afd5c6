"""What may go to another country at all: links, hashes of files and kits, and ranges of numbers. Never a number.

Texts beside them are left out if they might hold a telephone number; a value or title that might does not leave.
"""

from enum import StrEnum

import msgspec

from fanzha.base.words import Words
from fanzha.kinds.website import is_address
from fanzha.share.items import SharedCampaign, SharedVerdict
from fanzha.share.number_scan import holds_number, host_holds_number
from fanzha.share.personal_data import is_personal_kind


class ForeignKind(StrEnum):
    """A sort of thing that an approval may name."""

    LINK = "link"
    FILE_HASH = "file_hash"
    KIT = "kit"
    NUMBER_RANGE = "number_range"


FOREIGN_KIND_WORDS: dict[ForeignKind, Words] = {
    ForeignKind.LINK: Words("链接、域名", "links and domains"),
    ForeignKind.FILE_HASH: Words("文件、签名证书的散列", "hashes of files and signing certificates"),
    ForeignKind.KIT: Words("建站套件的散列", "hashes of kits"),
    ForeignKind.NUMBER_RANGE: Words("号段（每段不少于一万个号码）", "ranges of 10,000 numbers and more"),
}
#: Campaigns go with what belongs to them.
CAMPAIGN = "campaign"
_WHOLE_KINDS = {
    "website": ForeignKind.LINK,
    "kit": ForeignKind.KIT,
    "number_range": ForeignKind.NUMBER_RANGE,
}
_NOTHING = Words("", "")


def foreign_kind(subject_kind: str, subject: str) -> ForeignKind | None:
    """Return as what a subject may leave the country; None for all that never does."""
    if is_personal_kind(subject_kind):
        return None
    if subject_kind == "app" and subject.startswith(("apk:", "cert:")):
        return ForeignKind.FILE_HASH
    if subject_kind == "website" and is_address(subject):
        return None
    return _WHOLE_KINDS.get(subject_kind)


def leaves_as(item: SharedVerdict | SharedCampaign) -> str:
    """Return as what an item may leave the country, "" if it never does."""
    if isinstance(item, SharedCampaign):
        return CAMPAIGN
    kind = foreign_kind(item.subject_kind, item.subject)
    return "" if kind is None else kind.value


def without_numbers(item: SharedVerdict | SharedCampaign) -> SharedVerdict | SharedCampaign:
    """Return an item without free texts that might hold a number: the reason, and the name of a trunk."""
    if isinstance(item, SharedCampaign):
        return item
    reason = _NOTHING if any(map(holds_number, item.reason)) else item.reason
    return msgspec.structs.replace(item, reason=reason, ingress="")


def holds_personal_data(item: SharedVerdict | SharedCampaign) -> bool:
    """Return whether something of an item that cannot be left out might be a number: value, title, licence, scope."""
    if isinstance(item, SharedCampaign):
        return any(map(holds_number, (*item.title, item.fraud_type, item.licence)))
    texts = (*item.reason, item.fraud_type, item.direction, item.service, item.ingress, item.treatment, item.licence)
    is_host = item.subject_kind == "website"
    return any(map(holds_number, texts)) or (is_host and host_holds_number(item.subject))
