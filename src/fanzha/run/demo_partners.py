"""Made-up partners of the demo: what is shared with them, what they gave, an approval to share abroad, research."""

from datetime import datetime, timedelta
from hashlib import sha256

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.collect.feed_service import collect_feed
from fanzha.command.exchange.feed_intake import import_answers
from fanzha.command.exchange.feed_services import FeedTerms, subscribe_feed, update_collector
from fanzha.command.exchange.models import Collection, Feed, GivenCount
from fanzha.command.exchange.publication import share_pending
from fanzha.command.exchange.services import CollectionDraft, grant_reader, log_given, make_collection
from fanzha.command.foreign_sharing.services import ApprovalTerms, confirm_approval, enter_approval
from fanzha.command.organizations.models import Organization
from fanzha.command.research.models import ResearchAgreement
from fanzha.command.research.services import AgreementDraft, approve_agreement, record_agreement
from fanzha.command.research.table_services import TableDraft, ask_table
from fanzha.command.web.roles import Kind, Role
from fanzha.run.demo_steps import DemoSteps
from fanzha.share.foreign_items import ForeignKind
from fanzha.store.feed_queue import open_feed_queue
from fanzha.store.private_files import create_private_folder, write_private_file
from fanzha.store.state_folder import state_folder

OWNER = "mobile"
SECURITY = Words("示例网络安全公司", "Example Cyber Security")
ABROAD = Words("示例境外反诈联盟", "Example Overseas Anti-Scam Alliance")
LABORATORY = Words("示例大学反诈实验室", "Example University Fraud Laboratory")
TOGETHER = Words("联合处置涉诈网站", "Acting together against fraud sites").joined()
COLLECTION = Words("涉诈网站", "Fraud websites")
COLLECTION_ABROAD = Words("涉诈链接与套件（出境）", "Fraud links and kits, for abroad")
FEED = "phishing-names"
#: Names in the feed, beside those that the carrier found itself.
FEED_NAMES = (
    "icbc-verify.example", "ccb-kefu.example", "etc-renzheng.example", "jd-tuikuan.example", "10086-jifen.example",
    "parcel-fee.example", "tax-return.example", "school-fee.example",
)  # fmt: skip
#: Lines of the feed that are of no use.
UNUSABLE = 2


def add_partners(steps: DemoSteps, now: datetime) -> None:
    """Let the carrier share with partners, take in what one of them gives, and agree on research with another."""
    security = _partner(SECURITY)
    share_collection(steps, security, now)
    take_feed(steps, security, now)
    share_abroad(steps, _partner(ABROAD, country="SG"), now)
    agree_on_research(steps, _partner(LABORATORY), now)


def _partner(name: Words, country: str = "") -> Organization:
    return Organization.objects.create(
        name_zh=name.zh, name_en=name.en, kind=Kind.PARTNER.value, country=country, simulated=True
    )


def share_collection(steps: DemoSteps, partner: Organization, now: datetime) -> Collection:
    """Share the websites with the centre and a partner, who have read some of it every few hours."""
    administrator = steps.viewer(OWNER, Role.ADMINISTRATOR)
    collection = make_collection(CollectionDraft(COLLECTION, kinds=("website",)), administrator, now)
    for reader in (steps.province["centre"], partner):
        grant_reader(collection, reader, TOGETHER, administrator)
    share_pending(now)
    hour = now.replace(minute=0, second=0, microsecond=0)
    counts = [
        GivenCount(
            collection=collection, receiver=reader, hour=hour - timedelta(hours=back), requests=12 + back % 5,
            objects_given=3 + (back * 7 + place) % 11,
        )
        for place, reader in enumerate((steps.province["centre"], partner))
        for back in range(6, 24 * 9, 24 + 7 * place)
    ]  # fmt: skip
    GivenCount.objects.bulk_create(counts)
    log_given(now)
    return collection


def take_feed(steps: DemoSteps, partner: Organization, now: datetime) -> Feed:
    """Subscribe to a partner's list of names, which lies in a folder, and import it: two rows are of no use."""
    owner, administrator = steps.province[OWNER], steps.viewer(OWNER, Role.ADMINISTRATOR)
    folder = create_private_folder(state_folder() / "collect" / "feeds" / owner.ref / FEED)
    lines = ("# made-up names", *FEED_NAMES, *("not a name",) * UNUSABLE)
    write_private_file(folder / "names.csv", "".join(f"{line}\n" for line in lines).encode())
    terms = FeedTerms(
        Words("钓鱼网址名单", "Phishing names").joined(),
        "csv",
        f"folder:{FEED}/names.csv",
        only_kind="website",
        every_seconds=3_600,
        trust=0.8,
        licence="may be passed on",
        silent_after_hours=72,
    )
    feed = subscribe_feed(partner, terms, administrator, now - timedelta(days=4))
    update_collector(now)
    with open_feed_queue() as queue:
        for due in queue.select_due(to_ms(now)):
            collect_feed(queue, due)
    import_answers(now)
    return feed


def share_abroad(steps: DemoSteps, partner: Organization, now: datetime) -> None:
    """Enter an approval for a partner abroad, which the reviewer confirms, and another that waits."""
    owner, administrator = steps.province[OWNER], steps.viewer(OWNER, Role.ADMINISTRATOR)
    collection = make_collection(CollectionDraft(COLLECTION_ABROAD, is_abroad=True), administrator, now)
    grant_reader(collection, partner, TOGETHER, administrator)
    enterer = steps.province.people[OWNER, Role.ADMINISTRATOR]
    document = Words("虚构批准文件", "a made-up approval").joined().encode()
    first = ApprovalTerms(
        partner,
        "示例审〔2026〕1号",
        Words("示例主管机关", "Example competent authority").joined(),
        TOGETHER,
        (ForeignKind.LINK, ForeignKind.FILE_HASH, ForeignKind.KIT),
        now - timedelta(days=20),
        now + timedelta(days=160),
        document,
        "approval-1.txt",
    )
    approval = enter_approval(owner, first, enterer)
    confirm_approval(approval, steps.province.people[OWNER, Role.REVIEWER])
    ranges = Words("核对冒用境内号码的号段", "Comparing ranges of home numbers that are misused").joined()
    second = first._replace(number="示例审〔2026〕2号", purpose=ranges, kinds=(ForeignKind.NUMBER_RANGE,))
    enter_approval(owner, second, enterer)
    share_pending(now)


def agree_on_research(steps: DemoSteps, partner: Organization, now: datetime) -> ResearchAgreement:
    """Record an agreement with a laboratory, which the reviewer approves; a table is asked for under it."""
    draft = AgreementDraft(
        "示例研〔2026〕1号",
        Words("联合研究协议（虚构）", "Research agreement (made up)").joined(),
        sha256(b"a made-up agreement").hexdigest(),
        Words("研究诈骗电话随季节的变化", "How calls of fraud change with the seasons").joined(),
        now + timedelta(days=300),
        allows_models=True,
        allows_tables=True,
    )
    agreement = record_agreement(partner, draft, steps.viewer(OWNER, Role.ADMINISTRATOR))
    approve_agreement(agreement, steps.viewer(OWNER, Role.REVIEWER))
    agreement.refresh_from_db()
    ended = now.replace(day=1) - timedelta(days=1)
    begun = now.replace(day=1) - timedelta(days=200)
    purpose = Words("按月统计号码", "Numbers by month").joined()
    table = TableDraft(("month",), "count", "phone_number", f"{begun:%Y-%m}", f"{ended:%Y-%m}", purpose)
    ask_table(agreement, table, steps.viewer(OWNER, Role.ANALYST))
    return agreement
