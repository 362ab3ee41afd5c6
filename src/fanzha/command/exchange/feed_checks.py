"""What a feed states about the innocent is not used: protected brands, allowlisted and public numbers, shared suffixes.

A feed may be poisoned. An attacker who writes into it names the bank that he imitates, the number of a hospital, or a
hosting suffix with thousands of sites, so that its readers block them.
"""

from enum import StrEnum
from functools import lru_cache

from fanzha.base.public_addresses import is_public_address
from fanzha.base.words import Words
from fanzha.kinds.phone_number import NumberClass, classify
from fanzha.kinds.website import is_address, registrable
from fanzha.share.personal_data import shareable_kinds
from fanzha.store.allowlist import load_allowlist_by_number
from fanzha.store.brands import load_brand_table
from fanzha.store.state_folder import state_folder

_PROTECTED_CLASSES = frozenset({NumberClass.EMERGENCY, NumberClass.SERVICE})
_NUMBERS = ("phone_number", "short_code")


class UnusedReason(StrEnum):
    """Why a statement of a feed is not used, beside the reasons of its reader."""

    PROTECTED = "protected"
    VICTIM = "victim"
    KIND = "kind"
    VALUE = "value"
    BENIGN = "benign"
    EXPIRED = "expired"
    TOO_WEAK = "too_weak"
    LIMIT = "limit"
    KNOWN = "known"
    SIMULATED = "simulated"
    STRANGER = "stranger"


UNUSED_WORDS: dict[UnusedReason, Words] = {
    UnusedReason.PROTECTED: Words("指向受保护的品牌、免扰号码或公共资源", "names a protected brand, number or address"),
    UnusedReason.VICTIM: Words("对象是受害人", "its subject is a victim"),
    UnusedReason.KIND: Words("此类对象不交换", "a kind that is never exchanged"),
    UnusedReason.VALUE: Words("数值格式不正确", "no valid value of its kind"),
    UnusedReason.BENIGN: Words("仅称其无嫌疑，不予采用", "only says that it is harmless"),
    UnusedReason.EXPIRED: Words("已过有效期", "its time is over"),
    UnusedReason.TOO_WEAK: Words("时间过久或可信度过低", "too old or too unsure"),
    UnusedReason.LIMIT: Words("超出当日接收上限", "above the limit of the day"),
    UnusedReason.KNOWN: Words("此前已接收", "known already"),
    UnusedReason.SIMULATED: Words("演示数据", "made-up data"),
    UnusedReason.STRANGER: Words("所涉内容未在此接收或已撤回", "is about what was never taken in, or stands no more"),
}


def is_protected(kind: str, value: str) -> bool:
    """Return whether no feed may accuse the holder of a canonical value."""
    if kind == "website":
        return is_address(value) and not is_public_address(value) or _is_protected_site(value)
    if kind == "host":
        return not value.startswith("AS") and not is_public_address(value)
    if kind in _NUMBERS:
        return value in load_allowlist_by_number() or classify(value).number_class in _PROTECTED_CLASSES
    return False


def is_exchanged(kind: str) -> bool:
    """Return whether a kind may come in by a feed at all."""
    return kind in shareable_kinds()


def _is_protected_site(host: str) -> bool:
    """Return whether a host is a public suffix, or a brand's own domain or below it."""
    labels, domains = host.split("."), load_protected_domains()
    return not registrable(host) or any(".".join(labels[start:]) in domains for start in range(len(labels)))


def load_protected_domains() -> frozenset[str]:
    """Return the domains of all protected brands, reread when the operator's list changes."""
    paths = [state_folder() / name for name in ("brands.tsv", "brands.toml")]
    return _domains(tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in paths), str(state_folder()))


@lru_cache(maxsize=4)
def _domains(_changed_at: tuple[int, ...], _folder: str) -> frozenset[str]:
    return frozenset(domain for brand in load_brand_table().brands for domain in brand.domains)
