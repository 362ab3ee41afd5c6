"""What may go to another country at all: links, and hashes of files and of signing certificates. Never a number.

Texts beside them are left out if they might hold a telephone number; a value or title that might does not leave.
"""

from enum import StrEnum

import msgspec

from fanzha.base.words import Words
from fanzha.share.items import SharedCampaign, SharedVerdict
from fanzha.share.number_scan import holds_number, host_holds_number
from fanzha.share.personal_data import is_personal_kind


class ForeignKind(StrEnum):
    """A sort of thing that an approval may name."""

    LINK = "link"
    FILE_HASH = "file_hash"


FOREIGN_KIND_WORDS: dict[ForeignKind, Words] = {
    ForeignKind.LINK: Words("链接、域名", "links and domains"),
    ForeignKind.FILE_HASH: Words("文件、签名证书的散列", "hashes of files and signing certificates"),
}
#: Campaigns go with what belongs to them.
CAMPAIGN = "campaign"
_NOTHING = Words("", "")


def foreign_kind(subject_kind: str, subject: str) -> ForeignKind | None:
    """Return as what a subject may leave the country; None for all that never does."""
    if is_personal_kind(subject_kind):
        return None
    if subject_kind == "website":
        return ForeignKind.LINK
    if subject_kind == "app" and subject.startswith(("apk:", "cert:")):
        return ForeignKind.FILE_HASH
    return None


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
