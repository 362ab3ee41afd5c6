"""Accounts on platforms: the platform and the account name."""

import re
import unicodedata
from collections.abc import Mapping

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import Fact, SubjectKind

PLATFORMS = {
    "wechat": Words("微信", "WeChat"),
    "qq": Words("QQ", "QQ"),
    "qq_group": Words("QQ 群", "QQ group"),
    "weibo": Words("微博", "Weibo"),
    "douyin": Words("抖音", "Douyin"),
    "kuaishou": Words("快手", "Kuaishou"),
    "xiaohongshu": Words("小红书", "Xiaohongshu"),
    "taobao": Words("淘宝", "Taobao"),
    "xianyu": Words("闲鱼", "Xianyu"),
    "jd": Words("京东", "JD"),
    "momo": Words("陌陌", "Momo"),
    "tantan": Words("探探", "Tantan"),
    "telegram": Words("Telegram", "Telegram"),
    "whatsapp": Words("WhatsApp", "WhatsApp"),
    "line": Words("LINE", "LINE"),
    "facebook": Words("Facebook", "Facebook"),
    "instagram": Words("Instagram", "Instagram"),
    "x": Words("X（推特）", "X (Twitter)"),
    "skype": Words("Skype", "Skype"),
    "email": Words("电子邮箱", "e-mail"),
}
_ALIASES = {
    "微信": "wechat",
    "微信号": "wechat",
    "薇信": "wechat",
    "vx": "wechat",
    "wx": "wechat",
    "weixin": "wechat",
    "q": "qq",
    "扣扣": "qq",
    "qq号": "qq",
    "qq群": "qq_group",
    "群": "qq_group",
    "纸飞机": "telegram",
    "tg": "telegram",
    "t.me": "telegram",
    "twitter": "x",
    "推特": "x",
    "邮箱": "email",
    "mail": "email",
    "mailto": "email",
    **{words.zh.lower(): code for code, words in PLATFORMS.items()},
}
#: Account name format by platform; other platforms allow any word.
_SHAPES = {
    "wechat": re.compile(r"[a-z][a-z0-9_-]{5,19}|wxid_[a-z0-9]{4,32}|1\d{10}|gh_[a-z0-9]{8,20}", re.ASCII),
    "qq": re.compile(r"[1-9]\d{4,11}", re.ASCII),
    "qq_group": re.compile(r"[1-9]\d{4,11}", re.ASCII),
    "telegram": re.compile(r"[a-z][a-z0-9_]{3,31}|\+?\d{5,15}", re.ASCII),
    "email": re.compile(r"[^@\s]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24}", re.ASCII),
}
_WRITTEN = re.compile(r"(?:https?://)?([\w.]{1,20}?)(\s*[:/=]\s*|\s+)@?(\S.{0,119})", re.DOTALL)
_ANY = re.compile(r"\S(?:[^\x00-\x1f]{0,118}\S)?")


class Account(SubjectKind):
    """An account; canonical is `platform:name` in lower case."""

    name = "account"
    title = Words("平台账号", "platform account")
    stix = "user-account"
    misp = "text"
    is_personal = True

    def normalise(self, raw: str) -> str:
        """Return `platform:name`, for example for `微信：abc_123`, `QQ 12345`, `t.me/name`, `name@mail.example`."""
        text = unicodedata.normalize("NFKC", raw[:400]).strip()
        lowered = text.lower()
        if _SHAPES["email"].fullmatch(lowered):
            return f"email:{lowered}"
        found = _WRITTEN.fullmatch(text)
        platform = _platform(found[1]) if found else ""
        if not found or not platform:
            raise Malformed("write an account as platform:name, e.g. wechat:name")
        name = found[3].lower()
        if not found[2].strip() and platform not in _SHAPES:
            raise Malformed("write a colon between platform and name")
        if not _SHAPES.get(platform, _ANY).fullmatch(name):
            raise Malformed(f"not the name of an account of {platform}")
        return f"{platform}:{name}"

    def stix_terms(self, value: str) -> Mapping[str, str]:
        """Return platform and name."""
        platform, _, name = value.partition(":")
        return {"user-account:account_type": platform, "user-account:account_login": name}

    def read_stix_terms(self, terms: Mapping[str, str]) -> str:
        """Return platform and name; a name without platform is not understood."""
        if terms.keys() != {"user-account:account_type", "user-account:account_login"}:
            return ""
        return f"{terms['user-account:account_type']}:{terms['user-account:account_login']}"

    def mask(self, value: str) -> str:
        """Keep the platform and the first two characters of the name."""
        platform, _, name = value.partition(":")
        return f"{platform}:{name[:2] if len(name) > 4 else ''}{'•' * max(4, len(name) - 2)}"

    def resembles(self, raw: str) -> float:
        """Return 0.9 if the text names a known platform."""
        try:
            self.normalise(raw)
        except Malformed:
            return 0.0
        return 0.9

    def describe(self, value: str) -> list[Fact]:
        """Return the platform, and the type of a WeChat original id."""
        platform, _, name = value.partition(":")
        facts = [Fact("platform", Words("平台", "platform"), platform, PLATFORMS.get(platform, Words(*[platform] * 2)))]
        if platform == "wechat" and name.startswith(("wxid_", "gh_")):
            official = name.startswith("gh_")
            words = Words("公众号原始编号", "original id of an official account") if official else _RAW
            facts.append(Fact("name_kind", Words("名称种类", "sort of name"), name.partition("_")[0], words))
        return facts


_RAW = Words("系统分配的原始编号", "id given by the platform")


def _platform(written: str) -> str:
    name = written.strip().lower().removeprefix("www.")
    return _ALIASES.get(name, name if name in PLATFORMS else "")


KIND = Account()
