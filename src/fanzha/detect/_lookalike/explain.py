"""Findings of the look-alike website detector: sentence, reasons, public notice and evidence."""

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.brands.table import SECTORS
from fanzha.brands.tricks import TRICKS, explain, trick_of
from fanzha.claims import Finding, legal_basis
from fanzha.detect._lookalike.scoring import DAY_MS, ScoredSite
from fanzha.kinds.website import unicode_host

NAME, VERSION = "lookalike-website", "1"
LAW = ("ATF Art. 21", "ATF Art. 24", "ATF Art. 25")
VALID_DAYS = 90

BAITED = Words("用@之前的字样冒充品牌网址", "a brand's address shown before an @")
PUBLIC = {
    True: Words(
        "该网站的名称与受保护品牌相近，已列入人工核查。如为合法使用，可提交备案与授权材料申诉。",
        "The name of this site is close to a protected brand's; people will check it. If you use it rightfully, "
        "appeal with your filing and licence.",
    ),
    False: Words(
        "该网站的名称与已知诈骗网站的名称相似，已列入人工核查。如有异议，可以申诉。",
        "The name of this site resembles those of known scam sites; people will check it. You can appeal.",
    ),
}


def build_finding(site: ScoredSite, batch: pa.RecordBatch) -> Finding:
    """Return the finding of a site."""
    reasons, sentence = build_reasons(site), build_sentence(site)
    occurred_at = int(batch.column("occurred_at")[site.row].as_py())
    public = PUBLIC[site.brand is not None]
    return Finding(
        detector=NAME,
        version=VERSION,
        subject_kind="website",
        subject=site.subject,
        fraud_type="brand_imitation" if site.brand else "phishing",
        score=round(site.score, 4),
        found_at=occurred_at,
        valid_until=occurred_at + VALID_DAYS * DAY_MS,
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
        reasons_zh=tuple(words.zh for words in reasons),
        reasons_en=tuple(words.en for words in reasons),
        public_zh=public.zh,
        public_en=public.en,
        evidence=msgspec.json.encode(build_evidence(site)).decode(),
        event_ids=(str(batch.column("event_id")[site.row].as_py()),),
        basis=legal_basis(LAW, batch.column("basis")[site.row].as_py()),
        simulated=bool(batch.column("simulated")[site.row].as_py()),
        service="web",
    )


def build_sentence(site: ScoredSite) -> Words:
    """Return what was seen: what the name imitates and how, the age of the domain, and what the title names."""
    zh, en = _imitation(site)
    if {"new", "young"} & {*site.factors}:
        zh, en = f"{zh}；域名注册仅 {site.age_days} 天", f"{en}; the domain was registered {_days(site.age_days)} ago"
    if "title" in site.factors:
        zh, en = f"{zh}；页面标题也写有该品牌", f"{en}; the title of the page names the brand too"
    return Words(f"{zh}。", f"{en}.")


def _imitation(site: ScoredSite) -> Words:
    host = unicode_host(site.host)
    if site.brand is None:
        return Words(f"{host} 的名称与已知诈骗网站相似", f"The name {host} is like those of known scam sites")
    brand = site.brand.display_name
    if site.bait:
        return Words(
            f"网址以“{site.bait}@”开头，冒充{brand.zh}，实际打开 {host}",
            f"The address begins with “{site.bait}@” to pass for {brand.en}, and opens {host}",
        )
    trick = TRICKS[trick_of(site.matches, site.row)]
    return Words(f"{host} 仿冒{brand.zh}，手法是{trick.zh}", f"{host} imitates {brand.en}: {trick.en}")


def _days(days: int | None) -> str:
    return "1 day" if days == 1 else f"{days} days"


def build_reasons(site: ScoredSite) -> list[Words]:
    """Return the reasons: brand and trick, age of the domain, ICP filing, page title and name score."""
    reasons = [_main_reason(site)]
    if site.brand and site.brand.sector in SECTORS:
        sector = SECTORS[site.brand.sector]
        reasons.append(Words(f"被仿品牌属于：{sector.zh}。", f"The brand is of sector: {sector.en}."))
    reasons += [words for name, words in _factor_reasons(site).items() if name in site.factors]
    if site.matches.answers.hosting[site.row]:
        zh = f"位于托管平台：只针对租户 {site.subject}，不得处置整个平台。"
        reasons.append(
            Words(zh, f"Under a hosting service: only the tenant {site.subject} is meant, never the service.")
        )
    return reasons


def _main_reason(site: ScoredSite) -> Words:
    if site.brand is None:
        display_host = unicode_host(site.host)
        return Words(
            f"{display_host} 的名称与已知诈骗域名相似：评分 {site.name_score:.3f}，正常域名千个中不到一个达到。",
            f"The name {display_host} resembles known scam domains: score {site.name_score:.3f}, which fewer than one "
            "innocent name in a thousand reaches.",
        )
    if site.bait:
        brand = site.brand.display_name
        return Words(
            f"网址写作 {site.bait}@{site.host}：{BAITED.zh}（{brand.zh}），实际打开 {site.host}。",
            f"The URL reads {site.bait}@{site.host}: {BAITED.en} ({brand.en}); it opens {site.host}.",
        )
    words = explain(site.matches, site.row)
    return Words(f"{words.zh}，相似度 {site.strength:.2f}。", f"{words.en}, strength {site.strength:.2f}.")


def _factor_reasons(site: ScoredSite) -> dict[str, Words]:
    age = Words(f"域名注册仅 {site.age_days} 天。", f"The domain was registered only {site.age_days} days ago.")
    return {
        "new": age,
        "young": age,
        "name": Words(
            f"名称与已知诈骗域名相似：评分 {site.name_score:.3f}。",
            f"The name resembles known scam domains: score {site.name_score:.3f}.",
        ),
        "title": Words(
            f"页面标题写有该品牌：{site.title[:60]}", f"The page's title names the brand: {site.title[:60]}"
        ),
        "old": Words(
            f"域名已注册 {site.age_days} 天，降低怀疑。", f"The domain is {site.age_days} days old: less suspect."
        ),
        "filed": Words(f"有备案号 {site.icp}，降低怀疑。", f"It bears the ICP filing {site.icp}: less suspect."),
    }


def build_evidence(site: ScoredSite) -> dict[str, object]:
    """Return the facts that the score is based on."""
    answers, row = site.matches.answers, site.row
    fields: dict[str, object] = {
        "host": site.host,
        "shown": unicode_host(site.host),
        "registrable": site.subject,
        "hosting": bool(answers.hosting[row]),
        "name_score": round(site.name_score, 4),
        "age_days": site.age_days,
        "icp": site.icp,
        "title": site.title[:200],
        "factors": list(site.factors),
    }
    if site.brand is None:
        return fields
    trick = "userinfo" if site.bait else trick_of(site.matches, row)
    words = BAITED if site.bait else TRICKS[trick]
    fields["brand"] = {
        "domain": site.brand.domain,
        "zh": site.brand.zh,
        "en": site.brand.en,
        "sector": site.brand.sector,
    }
    fields["trick"] = {"name": trick, "zh": words.zh, "en": words.en}
    fields["strength"] = round(site.strength, 4)
    fields["matched"] = site.bait or site.matches.key(row)
    fields["characters"], fields["edits"] = int(answers.length[row]), int(answers.distance[row])
    return fields
