"""Made-up exposures of the demo: a provider's log of asked names, read on a basis of two people, and warnings."""

from datetime import datetime, timedelta
from hashlib import sha256

from fanzha.base.clock import iso, to_ms
from fanzha.base.words import Words
from fanzha.command.exposures.bases import BasisDraft, confirm_basis, enter_basis
from fanzha.command.exposures.exposure_warnings import request_warnings
from fanzha.command.exposures.intake import read_file, submit_file
from fanzha.command.exposures.models import Exposure
from fanzha.command.web.roles import Role
from fanzha.run.demo_public import BLOCKED_SITE
from fanzha.run.demo_steps import DemoSteps

OWNER = "broadband"
PEOPLE = 9
_DOCUMENT = Words("《反电信网络诈骗法》第三十四条", "Anti-Fraud Law, Art. 34").joined()
_RESOLVER = Words("城域网域名解析日志", "Resolver log of the metropolitan network").joined()
_TEXTS = Words("用户转来的短信", "Texts that customers forwarded").joined()
_PURPOSE = Words("提醒访问过涉诈网站的用户", "Warning customers who visited fraud sites").joined()


def add_exposures(steps: DemoSteps, now: datetime) -> None:
    """Read a log on a basis, let the analyst have the people of a case warned; another basis waits for its second."""
    owner, people = steps.province[OWNER], steps.province.people
    officer, colleague = people[OWNER, Role.PRIVACY_OFFICER], steps.province.colleagues[OWNER, Role.PRIVACY_OFFICER]
    draft = BasisDraft(
        "law",
        _DOCUMENT,
        sha256(b"a made-up basis").hexdigest(),
        _RESOLVER,
        "resolver",
        _PURPOSE,
        now - timedelta(days=10),
        now + timedelta(days=80),
        look_back_days=7,
        keep_days=30,
        most_people=200,
    )
    basis = enter_basis(owner, draft, officer)
    confirm_basis(basis, colleague)
    enter_basis(owner, draft._replace(source=_TEXTS, source_kind="texts", kind="consent"), officer)
    analyst = people[OWNER, Role.ANALYST]
    submitted = submit_file(owner, basis.ref, "resolver-log.csv", [made_up_log(now)], analyst)
    read_file(submitted.file.pk)
    case = Exposure.objects.filter(owner=owner).values_list("case", flat=True).first()
    if case is not None:
        request_warnings(owner, case, now, analyst)


def made_up_log(now: datetime) -> bytes:
    """Return a log of names that customers asked for: of the blocked site, of others, and two broken rows."""
    lines = ["number,qname,time"]
    for person in range(PEOPLE):
        number = f"+86170000061{person:02}"
        for visit in range(1 + person % 3):
            at = iso(to_ms(now - timedelta(hours=3 + 5 * person, minutes=11 * visit)))
            lines.append(f"{number},{'www.' if visit else ''}{BLOCKED_SITE},{at}")
        lines += [f"{number},news.example,{iso(to_ms(now - timedelta(hours=2 + person)))}"] * 4
    lines += ["not a number,news.example,yesterday", f"+8617000006100,{BLOCKED_SITE},long ago"]
    return "".join(f"{line}\n" for line in lines).encode()
