"""Made-up websites and apps of the demo: new names, looks at their pages, app samples, and a provider's inventory.

No page is opened and no name is resolved: the evidence is written as the fetcher writes it, of pages that do not exist.
"""

from datetime import datetime, timedelta
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

from django.utils import timezone
from PIL import Image, ImageDraw

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.collect.pages.look_folder import write_folder
from fanzha.collect.pages.page_facts import build_page_facts
from fanzha.collect.pages.page_inventory import PageInventory
from fanzha.collect.pages.page_visit import PageCapture
from fanzha.command.app_samples.sample_reader import read_samples
from fanzha.command.app_samples.services import take_sample
from fanzha.command.captures.models import Capture
from fanzha.command.captures.services import record_outcomes, request_look
from fanzha.command.hosting.models import HostedSite, SiteCheck
from fanzha.command.hosting.services import check_sites, upsert_sites
from fanzha.command.site_watch.models import CandidateSite
from fanzha.command.site_watch.services import dismiss_candidate, hand_on_candidate, import_candidates
from fanzha.command.web.roles import Role
from fanzha.run.demo_steps import DemoSteps
from fanzha.store.look_queue import evidence_folder, open_look_queue
from fanzha.store.look_record import (
    BrandLikeness,
    LookRecord,
    PageDifference,
    PageForm,
    PageRequest,
    PersonaVisit,
)
from fanzha.store.site_watch import AlertBudget, DayCount, SiteCandidate, open_site_watch
from fanzha.store.state_folder import state_folder

OWNER, PROVIDER = "mobile", "broadband"
SOURCE = "folder new-names.txt"
KIT_SCRIPT = digest("made-up kit") * 2
HANDED_ON, DISMISSED = "icbc-verify.example", "alipay-offers.example"
_TEST_SITE = Words("经核实为品牌权利人的活动网站", "Checked: it is the brand's own campaign site").joined()


class NewName(NamedTuple):
    """A made-up name that resembles a brand, and how long ago it was seen."""

    host: str
    brand: str
    score: float
    seen: Words
    minutes: int


class MadeUpPage(NamedTuple):
    """A made-up page: what it asks for, whether it hides from desktops, and the title of its brand."""

    host: str
    title: str
    brand: str
    asks: tuple[str, ...]
    is_cloaked: bool = False


NEW_NAMES = (
    NewName(
        HANDED_ON,
        "icbc.com.cn",
        0.93,
        Words("含“icbc”与“verify”，非工商银行域名", "Holds “icbc” and “verify”; it is no domain of ICBC"),
        170,
    ),
    NewName(
        "ccb-kefu.example",
        "ccb.com",
        0.9,
        Words(
            "含“ccb”与“客服”拼音，非建设银行域名", "Holds “ccb” and “kefu” (customer service); it is no domain of CCB"
        ),
        95,
    ),
    NewName(
        "12306-tuipiao.example",
        "12306.cn",
        0.86,
        Words(
            "含“12306”与“退票”拼音，非铁路12306域名", "Holds “12306” and “tuipiao” (refund); it is no domain of 12306"
        ),
        48,
    ),
    NewName(
        "jd-tuikuan.example",
        "jd.com",
        0.81,
        Words("含“jd”与“退款”拼音，非京东域名", "Holds “jd” and “tuikuan” (refund); it is no domain of JD"),
        21,
    ),
    NewName(
        DISMISSED,
        "alipay.com",
        0.62,
        Words("含“alipay”，非支付宝域名", "Holds “alipay”; it is no domain of Alipay"),
        230,
    ),
)
PAGES = (
    MadeUpPage(HANDED_ON, "网上银行身份核验（虚构）", "icbc.com.cn", ("card", "id_number", "sms_code"), True),
    MadeUpPage("ccb-kefu.example", "客服退款登记（虚构）", "ccb.com", ("card", "phone", "sms_code")),
    MadeUpPage("12306-tuipiao.example", "车票退款（虚构）", "", ()),
)
NO_ANSWER = "jd-tuikuan.example"
APPS = (
    ("bank-guard.apk", Words("举报人提供的链接所下载", "Downloaded from a link that somebody reported")),
    ("weather.apk", Words("同一页面提供的另一应用", "Another app of the same page")),
)


def add_websites(steps: DemoSteps, now: datetime) -> None:
    """Let the carrier find new names, look at pages and take apps in; list the sites of the provider."""
    watch_names(steps, now)
    look_at_pages(steps, now)
    take_apps(steps)
    list_hosted_sites(steps, now)


def watch_names(steps: DemoSteps, now: datetime) -> None:
    """Hand the names to the site as the watch does; the analyst hands one on and dismisses one."""
    owner, viewer = steps.province[OWNER], steps.viewer(OWNER, Role.ANALYST)
    path = state_folder() / "fanzha.toml"
    settings = path.read_text("utf-8") if path.is_file() else ""
    path.write_text(f'{settings}[site_watch]\nowner = "{owner.ref}"\n', "utf-8")
    with open_site_watch() as store:
        candidates = [_candidate(name, number, now) for number, name in enumerate(NEW_NAMES)]
        store.add_candidates(candidates, AlertBudget(20, 500, 200), to_ms(now))
        for days in range(3):
            at = to_ms(now - timedelta(days=days))
            store.count_names(DayCount(at, SOURCE, 41_250 - 1_731 * days, 9_804 - 411 * days, 37))
    import_candidates(now)
    rows = CandidateSite.objects.filter(owner=owner).select_related("owner")
    hand_on_candidate(rows.get(host=HANDED_ON), viewer)
    dismiss_candidate(rows.get(host=DISMISSED), viewer, _TEST_SITE)


def _candidate(name: NewName, number: int, now: datetime) -> SiteCandidate:
    at = to_ms(now - timedelta(minutes=name.minutes))
    return SiteCandidate(
        name.host, name.host, name.brand, name.score, name.seen.zh, name.seen.en, "{}", SOURCE, str(number + 1), at
    )


def look_at_pages(steps: DemoSteps, now: datetime) -> None:
    """Record looks at the pages of the names, one of which did not answer."""
    actor = steps.province.people[OWNER, Role.ANALYST].ref
    owner = steps.province[OWNER]
    with open_look_queue() as queue:
        for number, page in enumerate(PAGES):
            at = to_ms(now - timedelta(minutes=40 - 9 * number))
            ref = request_look(owner, f"https://{page.host}/", "desk", asked_by=actor, now=now).ref
            write_folder(evidence_folder(ref), *_evidence(page, at))
            queue.begin(at)
            queue.end(ref, at)
        ref = request_look(owner, f"https://{NO_ANSWER}/", "watch", now=now).ref
        queue.begin(to_ms(now))
        queue.end(ref, to_ms(now), "no answer")
    record_outcomes(now)
    for candidate in CandidateSite.objects.filter(owner=owner):
        look = Capture.objects.filter(owner=owner, host=candidate.host).first()
        if look is not None:
            CandidateSite.objects.filter(pk=candidate.pk).update(capture=look.ref)


def _evidence(page: MadeUpPage, at: int) -> tuple[LookRecord, list[PageCapture]]:
    """Return the record of a page, and what two visitors got of it."""
    url = f"https://{page.host}/"
    facts = build_page_facts(PageInventory(url=url, title=page.title), (), ())
    form = PageForm("https://collect.example/post", "post", page.asks)
    script = PageRequest(f"{url}kit.js", "GET", "Script", 200, "text/javascript", 9_120, KIT_SCRIPT)
    phone = PersonaVisit(
        "phone", url, 200, page.title, page.title, facts=facts, dom="dom", screenshot="phone.png",
        forms=(form,) if page.asks else (), requests=(script,) if page.asks else (),
    )  # fmt: skip
    desktop = _desktop_visit(phone, page)
    hidden = (PageDifference("asks", "desktop", "phone", f"– / {', '.join(page.asks)}", True),)
    record = LookRecord(
        url, at, "namespaces", "made up", (desktop, phone), hidden if page.is_cloaked else (),
        (BrandLikeness(page.brand, "logo", "made-up.png", 4),) if page.brand else (), seconds=6.2, cpu_seconds=1.9,
    )  # fmt: skip
    dom = f"<!doctype html><title>{page.title}</title>".encode()
    captures = [PageCapture(visit, draw_page(visit), dom) for visit in record.visits]
    return record, captures


def _desktop_visit(phone: PersonaVisit, page: MadeUpPage) -> PersonaVisit:
    """Return what a desktop got: the same, or an empty page if the site hides."""
    if page.is_cloaked:
        return PersonaVisit("desktop", phone.final_url, 404, dom="dom", screenshot="desktop.png")
    return PersonaVisit(
        "desktop", phone.final_url, 200, phone.title, phone.text, facts=phone.facts, forms=phone.forms,
        requests=phone.requests, dom="dom", screenshot="desktop.png",
    )  # fmt: skip


def draw_page(visit: PersonaVisit) -> bytes:
    """Return a drawn screenshot: a bar, an input for each thing that the page asks for, and a button."""
    width, height = (390, 640) if visit.persona == "phone" else (1_280, 720)
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width, 56), fill="#7a1f2b" if visit.status == 200 else "#c8ccd2")
    draw.text((16, 20), f"{visit.status}  SIMULATED PAGE  {visit.final_url}", fill="white")
    for place, name in enumerate(visit.asks):
        top = 104 + 76 * place
        draw.text((24, top - 18), name, fill="#333333")
        draw.rectangle((24, top, min(width - 24, 420), top + 40), outline="#9aa1ab", width=2)
    if visit.asks:
        top = 104 + 76 * len(visit.asks)
        draw.rectangle((24, top, min(width - 24, 420), top + 44), fill="#7a1f2b")
    data = BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def take_apps(steps: DemoSteps) -> None:
    """Take two made-up packages in and read them: one of a fraud app, one of an innocent app."""
    owner, actor = steps.province[OWNER], steps.province.people[OWNER, Role.ANALYST].ref
    folder = files("fanzha.run").joinpath("sample_apps")
    for name, note in APPS:
        take_sample(owner, [folder.joinpath(name).read_bytes()], "desk", actor, note=note.joined())
    read_samples(owner.pk)


def list_hosted_sites(steps: DemoSteps, now: datetime) -> None:
    """Let the provider list its sites: in order, without or with an expired filing, not shown, and gone."""
    owner, today = steps.province[PROVIDER], timezone.localdate(now)
    shop, school, depot = "示例商贸有限公司", "示例职业学校", "示例物流有限公司"
    until, over = today + timedelta(days=400), today - timedelta(days=12)
    filed = "蜀ICP备20260001号-1"
    sites = [
        ("shop.example", shop, filed, shop, until, filed, SiteCheck.NEVER),
        ("www.school.example", school, "蜀ICP备20260002号-1", school, until, "", SiteCheck.NEVER),
        ("depot.example", depot, "蜀ICP备20260003号-2", depot, over, "蜀ICP备20260003号-2", SiteCheck.NEVER),
        ("refund-desk.example.com", "示例个体户", "", "", None, "", SiteCheck.GONE),
        ("forum.example", "示例文化工作室", "蜀ICP备20260004号-1", shop, until, "蜀ICP备20260004号-1", SiteCheck.NEVER),
        (
            "new-customer.example",
            "示例科技有限公司",
            "蜀ICP备20260005号-1",
            "示例科技有限公司",
            until,
            None,
            SiteCheck.NEVER,
        ),
    ]
    rows = [
        HostedSite(
            owner=owner, host=host, customer=customer, filing=filing, filing_name=name, filing_until=valid_until,
            address=f"192.0.2.{number + 10}", changed_at=now,
        )
        for number, (host, customer, filing, name, valid_until, _shown, _state) in enumerate(sites)
    ]  # fmt: skip
    upsert_sites(owner, rows)
    stored = {site.host: site for site in HostedSite.objects.filter(owner=owner)}
    looked = []
    for number, (host, *_facts, shown, state) in enumerate(sites):
        if shown is not None:
            site = stored[host]
            site.shown_filing, site.state, site.looked_at = shown, state, now - timedelta(hours=5 * number + 2)
            looked.append(site)
    check_sites(looked, today)
