"""Abilities of an app that serve fraud together, and what makes them more suspect; none counts by itself.

Sources: published analyses of banking trojans, of NFC relays (NGate, 2024) and of droppers; ATF Art. 23 for apps from
outside the stores.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from fanzha.base.words import Words

_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
#: A finding needs this score; an ability alone has less.
MIN_SCORE = 0.6


@dataclass(frozen=True)
class AppFacts:
    """The facts about one app."""

    package: str
    label: str
    permissions: frozenset[str]  # Android's own without their prefix
    signs: frozenset[str]
    hosts: tuple[str, ...]
    topic: str  # key of TOPICS that the label names, or ""

    def has(self, *signs: str) -> bool:
        """Return whether the package shows one of these signs."""
        return not self.signs.isdisjoint(signs)

    def may(self, *permissions: str) -> bool:
        """Return whether the package asks for one of these permissions."""
        return not self.permissions.isdisjoint(permissions)

    @property
    def is_packed(self) -> bool:
        """Return whether a packer hides the code."""
        return any(sign.startswith("packer.") for sign in self.signs)


@dataclass(frozen=True)
class Ability:
    """What an app can do by a combination of permissions, components and code."""

    name: str
    score: float
    words: Words  # a clause that follows the name of the app
    test: Callable[[AppFacts], bool]
    innocent: Words  # who does the same rightfully
    ignores: tuple[str, ...] = ()  # aggravations that its innocent owners show too


@dataclass(frozen=True)
class Aggravation:
    """What makes an ability more suspect."""

    name: str
    score: float
    words: Words
    test: Callable[[AppFacts], bool]


def _reads_codes(app: AppFacts) -> bool:
    return app.may("READ_SMS", "RECEIVE_SMS") or app.has("service.notification_listener")


ABILITIES = (
    Ability(
        "remote_control",
        0.4,
        Words("可录制屏幕，并能代替用户点按", "can record the screen and press in its user's place"),
        lambda app: app.has("service.accessibility") and app.has("service.screen_capture", "code.screen_capture"),
        Words("远程协助软件", "remote-support apps"),
    ),
    Ability(
        "code_theft",
        0.4,
        Words("可读取验证码，并能查看和操作其他应用", "can read one-time codes and see and work other apps"),
        lambda app: app.has("service.accessibility") and _reads_codes(app),
        Words("读屏与无障碍工具", "tools for blind people"),
    ),
    Ability(
        "call_and_code_diversion",
        0.45,
        Words("可设置呼叫转移，并能读取短信", "can divert calls and read text messages"),
        lambda app: (
            (app.has("code.call_forwarding", "service.call_redirection") and app.may("CALL_PHONE"))
            and app.may("READ_SMS", "RECEIVE_SMS")
        ),
        Words("运营商客户端", "carriers' own apps"),
    ),
    Ability(
        "nfc_relay",
        0.45,
        Words("可读取银行卡并在别处冒充该卡（NFC 中继）", "can read a bank card and pass for it elsewhere (NFC relay)"),
        lambda app: (
            app.may("NFC")
            and app.may("INTERNET")
            and app.has("code.nfc_reader")
            and app.has("service.nfc_card", "code.nfc_card", "code.sockets")
        ),
        Words("支付与公交卡应用", "payment and transit apps"),
        ignores=("topic", "packed"),
    ),
    Ability(
        "dropper",
        0.45,
        Words("内藏另一个安装包，并申请安装应用的权限", "carries another package and asks to install apps"),
        lambda app: app.may("REQUEST_INSTALL_PACKAGES") and app.has("embedded.apk", "embedded.dex"),
        Words("应用商店与插件框架", "app stores and plug-in frameworks"),
    ),
    Ability(
        "device_takeover",
        0.35,
        Words(
            "可取得设备管理员权限，并覆盖或操作其他应用", "can become device administrator and cover or work other apps"
        ),
        lambda app: (
            app.has("receiver.device_admin") and (app.has("service.accessibility") or app.may("SYSTEM_ALERT_WINDOW"))
        ),
        Words("家长控制与企业管理软件", "parental controls and management apps of firms"),
    ),
    Ability(
        "money_shell",
        0.4,
        Words("只是一个网页外壳，名称涉及{topic.zh}", "is a shell around a web page whose name is about {topic.en}"),
        lambda app: app.has("shell.web_view", "shell.uni_app") and bool(app.topic),
        Words("小机构的网页应用", "web apps of small firms"),
    ),
)

AGGRAVATIONS = (
    Aggravation(
        "topic",
        0.2,
        Words("名称涉及{topic.zh}", "its name is about {topic.en}"),
        lambda app: bool(app.topic) and not app.has("shell.web_view", "shell.uni_app"),
    ),
    Aggravation(
        "tampered",
        0.2,
        Words("压缩包被改造，使分析工具无法打开", "its zip file was altered to stop analysis tools"),
        lambda app: any(sign.startswith("tamper.") for sign in app.signs),
    ),
    Aggravation(
        "hidden",
        0.2,
        Words("没有桌面图标", "it shows no icon to start it"),
        lambda app: app.has("activity.no_launcher"),
    ),
    Aggravation(
        "test_key",
        0.15,
        Words("以公开的测试密钥签名", "it is signed by a public test key"),
        lambda app: app.has("key.test", "key.debug"),
    ),
    Aggravation(
        "texts",
        0.1,
        Words("同时申请读取短信", "it asks to read texts besides"),
        lambda app: (
            app.may("READ_SMS", "RECEIVE_SMS")
            and app.has("service.accessibility")
            and app.has("service.screen_capture", "code.screen_capture")
        ),
    ),
    Aggravation(
        "random_name",
        0.15,
        Words("包名系随机生成", "its package name is made of random letters"),
        lambda app: is_random_package(app.package),
    ),
    Aggravation(
        "address",
        0.15,
        Words("直接连接 IP 地址", "it connects to a bare IP address"),
        lambda app: any(_ADDRESS.fullmatch(host) for host in app.hosts),
    ),
    Aggravation(
        "packed",
        0.1,
        Words("代码经加固隐藏", "a packer hides its code"),
        lambda app: app.is_packed,
    ),
    Aggravation(
        "installs",
        0.05,
        Words("申请安装其他应用", "it asks to install other apps"),
        lambda app: app.may("REQUEST_INSTALL_PACKAGES") and not app.has("embedded.apk", "embedded.dex"),
    ),
)
#: Added for every ability beyond the first.
FURTHER_ABILITY = 0.15

TOPICS: dict[str, tuple[str, Words]] = {
    "fake_loan": (r"贷款|借款|借钱|现金贷|小贷|网贷|白条|借呗|loan|lend", Words("贷款", "loans")),
    "fake_invest": (
        r"投资|理财|证券|股票|期货|外汇|数字货币|交易所|基金|黄金|钱包|invest|trading|trader|forex|crypto|wallet|coin",
        Words("投资理财", "investment"),
    ),
    "fake_authority": (
        r"公安|警务|检察|法院|反诈|公检法|税务|个税|社保|医保|政务|银监|证监|police|court|taxation",
        Words("政府机关", "government"),
    ),
    "fake_bank": (r"银行|信用卡|银联|bank\b|credit ?card", Words("银行", "banking")),
    "brushing": (r"刷单|返利|任务赚|抢单", Words("刷单返利", "paid tasks")),
    "fake_cs": (r"客服|退款|理赔|快递|物流|refund|customer ?service", Words("客服退款", "refunds")),
}  # fmt: skip
_TOPIC_PATTERNS = {topic: re.compile(pattern, re.IGNORECASE) for topic, (pattern, _) in TOPICS.items()}
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}")
_UNI_PACKAGE = re.compile(r"uni\.UNI[0-9A-F]{7}")


def find_topic(label: str) -> str:
    """Return what a label is about, a key of TOPICS, or ""."""
    return next((topic for topic, pattern in _TOPIC_PATTERNS.items() if pattern.search(label)), "")


def is_random_package(package: str) -> bool:
    """Return whether a package name is what a tool makes: no word in it, or the name that uni-app gives."""
    if _UNI_PACKAGE.fullmatch(package):
        return True
    labels = [label for label in package.split(".")[1:] if len(label) >= 5]
    return bool(labels) and any(
        _CONSONANTS.search(label.lower()) or sum(character.isdigit() for character in label) * 2 > len(label)
        for label in labels
    )
