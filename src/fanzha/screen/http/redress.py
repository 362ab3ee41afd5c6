"""Contact for appeals against a refusal; 603+ responses, blocked pages and notices name the same one."""

import msgspec

from fanzha.store.appeal_contact import AppealContact


class Redress(msgspec.Struct, frozen=True, omit_defaults=True):
    """The contact for appeals: pass it on to the refused caller or the sender of a withheld text.

    申诉渠道：请告知被拦截的主叫、被拦下短信的发送方。
    """

    address: str = ""
    hotline: str = ""
    email: str = ""


def to_redress(contact: AppealContact) -> Redress | None:
    """Return the contact as an answer states it, None if the installation names none."""
    return Redress(*contact) if contact.text else None
