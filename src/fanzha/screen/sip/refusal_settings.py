"""The refusals in the settings: checked, and as the answers of a listener."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.screen.settings import RefusalSettings, ScreenSettings, SipSettings
from fanzha.screen.sip.jws_card import CardSigner, jcard, load_signing_key
from fanzha.screen.sip.refusal import RedressContact, SipRefusal
from fanzha.store.appeal_contact import AppealContact

_NAME = "Redress of refused calls"
_NEEDS_CONTACT = ("603+", "608")


def fill_contacts(settings: ScreenSettings, contact: AppealContact) -> ScreenSettings:
    """Return settings in which a 603+ or 608 without a contact of its own names the appeals of the installation."""
    named = {"url": contact.address, "tel": contact.hotline, "email": contact.email}
    filled = {
        name: msgspec.structs.replace(table, **named)
        for name, table in settings.refusals.items()
        if table.preset in _NEEDS_CONTACT and not (table.url or table.tel or table.email)
    }
    return msgspec.structs.replace(settings, refusals={**settings.refusals, **filled}) if filled else settings


def make_refusal(table: RefusalSettings) -> SipRefusal:
    """Return the refusal of a table; raise UsageError for values that cannot be used."""
    match table.preset:
        case "603+":
            contact = RedressContact(table.url, table.tel, table.email)
            return SipRefusal(603, blocked_by=contact, location=table.location)
        case "608":
            card = _make_signer(table) if table.signing_key else None
            return SipRefusal(
                608, cause=table.cause, text=table.text, call_info=table.card_url, card=card, needs_capability=True
            )
        case "cause":
            return SipRefusal(table.code, cause=table.cause, text=table.text)
        case _:
            return SipRefusal(603, cause=table.cause, text=table.text)


def _make_signer(table: RefusalSettings) -> CardSigner:
    contact = RedressContact(table.url, table.tel, table.email)
    card = jcard(name=table.name or _NAME, url=contact.url, tel=contact.tel, email=contact.email)
    return CardSigner(load_signing_key(Path(table.signing_key)), table.certificate_url, card)


def listener_refusal(settings: ScreenSettings, sip: SipSettings) -> SipRefusal:
    """Return the refusal of a listener."""
    if sip.refusal:
        return make_refusal(settings.refusals[sip.refusal])
    return SipRefusal(sip.refuse_with, text=sip.refuse_text)


def trunk_refusals(settings: ScreenSettings) -> dict[str, SipRefusal]:
    """Return the refusals of the trunks that have one of their own."""
    return {
        name: make_refusal(settings.refusals[trunk.refusal]) for name, trunk in settings.trunks.items() if trunk.refusal
    }


def find_refusal_mistakes(settings: ScreenSettings) -> Iterator[Words]:
    """Yield what is wrong in the refusals and in the tables that name them."""
    for kind, tables in (("sip", settings.sip), ("trunks", settings.trunks)):
        for name, table in tables.items():
            if table.refusal and table.refusal not in settings.refusals:
                yield Words(
                    f"[{kind}.{name}] refusal：没有表 [refusals.{table.refusal}]",
                    f"[{kind}.{name}] refusal: there is no table [refusals.{table.refusal}]",
                )
    if "*" in settings.trunks and settings.trunks["*"].refusal:
        yield Words(
            '[trunks."*"] refusal 不适用：在 [sip.名称] 写 refusal，作用于其余中继',
            '[trunks."*"] takes no refusal: write refusal in [sip.NAME], which is that of all other trunks',
        )
    for name, refusal in settings.refusals.items():
        yield from _find_table_mistakes(name, refusal)


def _find_table_mistakes(name: str, table: RefusalSettings) -> Iterator[Words]:
    named = f"[refusals.{name}]"
    if table.preset in _NEEDS_CONTACT and not (table.url or table.tel or table.email):
        yield Words(
            f"{named} {table.preset} 须写明申诉联系方式：url、tel 或 email 至少一项，或在 fanzha.toml 写 [appeals]",
            f"{named} {table.preset} needs a contact for redress: write url, tel or email, or [appeals] in fanzha.toml",
        )
        return
    if table.preset == "608" and bool(table.card_url) == bool(table.signing_key):
        yield Words(
            f"{named} 608 须写 signing_key（由筛查签发名片）或 card_url（由其他服务器签发），且只写一种",
            f"{named} 608 needs signing_key, with which the screen signs the jCard, or card_url, where another server "
            "does; write one of them",
        )
        return
    if table.signing_key and not table.certificate_url.startswith("https://"):
        yield Words(
            f"{named} signing_key 须同时写 certificate_url：以 https:// 开头，主叫据此验证签名",
            f"{named} signing_key needs certificate_url, an address that begins with https://, to verify the signature",
        )
        return
    try:
        make_refusal(table)
    except UsageError as error:
        yield Words(f"{named} 不可用：{error}", f"{named} cannot be used: {error}")
