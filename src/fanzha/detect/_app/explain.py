"""Findings of the fraud-app detector: sentence, reasons, public notice and evidence."""

from typing import Any

import msgspec

from fanzha.base.clock import span_ms
from fanzha.base.words import Words
from fanzha.claims import Finding, legal_basis
from fanzha.detect._app.abilities import TOPICS
from fanzha.detect._app.assessment import AppAssessment

NAME, VERSION = "fraud-app", "1"
LAW = ("ATF Art. 23", "ATF Art. 24")
VALID_MS = span_ms("180d")
_MAX_SHOWN = 12
_SECTOR_TYPES = {"finance": "fake_bank", "gov": "fake_authority", "ecommerce": "fake_cs", "logistics": "fake_cs"}

PUBLIC = Words(
    "该应用的权限与行为组合与涉诈应用相似，已列入人工核查。如为正常应用，可提交开发者身份与签名证书申诉。",
    "What this app can do resembles fraud apps; people will check it. If it is rightful, appeal with the developer's "
    "identity and signing certificate.",
)
UNVERIFIED = Words(
    "证书取自安装包中的签名块，签名本身未验证；安装时由系统验证。",
    "Certificates are those that the package bears; the signature itself was not verified here, Android does so.",
)
ONLY_FILE = Words(
    "仅指这一个安装包文件：同一包名可能属于正规应用，不得按包名处置。须由人复核。",
    "Meant is this one file: the same package name may be a rightful app's, so act on no name. A person checks it.",
)


def build_finding(assessment: AppAssessment, event: dict[str, Any]) -> Finding:
    """Return the finding of an app; `event` is the row of its event."""
    reasons, sentence = build_reasons(assessment), build_sentence(assessment)
    return Finding(
        detector=NAME,
        version=VERSION,
        subject_kind="app",
        subject=f"apk:{event['file_sha256']}",
        fraud_type=_fraud_type(assessment),
        score=assessment.score,
        found_at=event["occurred_at"],
        valid_until=event["occurred_at"] + VALID_MS,
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
        reasons_zh=tuple(words.zh for words in reasons),
        reasons_en=tuple(words.en for words in reasons),
        public_zh=PUBLIC.zh,
        public_en=PUBLIC.en,
        evidence=msgspec.json.encode(_evidence(assessment, event)).decode(),
        event_ids=(event["event_id"],),
        basis=legal_basis(LAW, event["basis"]),
        simulated=event["simulated"],
        service="app",
    )


def _fraud_type(assessment: AppAssessment) -> str:
    if assessment.brand is not None:
        return _SECTOR_TYPES.get(assessment.brand.sector, "phishing")
    return assessment.facts.topic or "phishing"


def _fill(words: Words, assessment: AppAssessment) -> Words:
    topic = TOPICS[assessment.facts.topic][1] if assessment.facts.topic else Words("", "")
    return Words(words.zh.replace("{topic.zh}", topic.zh), words.en.replace("{topic.en}", topic.en))


def _app_name(assessment: AppAssessment) -> Words:
    label, package = assessment.facts.label[:40], assessment.facts.package
    return Words(f"“{label}”（{package}）" if label else package, f"“{label}” ({package})" if label else package)


def build_sentence(assessment: AppAssessment) -> Words:
    """Return what was seen: what the app passes for, what it can do, and what makes that suspect."""
    clauses = list[Words]()
    if assessment.bad_signer:
        clauses.append(Words("与已知涉诈应用使用同一签名证书", "bears the certificate of known fraud apps"))
    if assessment.brand is not None:
        clauses.append(_imitation(assessment))
    clauses += [_fill(ability.words, assessment) for ability in assessment.abilities]
    name = _app_name(assessment)
    zh, en = f"应用{name.zh}{'，'.join(words.zh for words in clauses)}", f"The app {name.en} {_join(clauses)}"
    if assessment.aggravations:
        more = [_fill(item.words, assessment) for item in assessment.aggravations]
        zh, en = f"{zh}；{'，'.join(words.zh for words in more)}", f"{en}; {_join(more)}"
    return Words(f"{zh}。", f"{en}.")


def _join(clauses: list[Words]) -> str:
    texts = [words.en for words in clauses]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _imitation(assessment: AppAssessment) -> Words:
    assert assessment.brand is not None
    brand = assessment.brand.display_name
    by = Words("名称", "name") if assessment.imitates_by == "label" else Words("图标", "icon")
    return Words(
        f"使用{brand.zh}的{by.zh}，签名证书却不是该品牌的",
        f"has the {by.en} of {brand.en} but none of its signing certificates",
    )


def build_reasons(assessment: AppAssessment) -> list[Words]:
    """Return the reasons: each ability with who has it rightfully, what aggravates, the score and its scope."""
    reasons = [build_sentence(assessment)]
    for ability in assessment.abilities:
        words = _fill(ability.words, assessment)
        reasons.append(
            Words(
                f"{words.zh}：计 {ability.score:g}；{ability.innocent.zh}也有此能力，单凭此项不足以认定。",
                f"It {words.en}: {ability.score:g}. {_capital(ability.innocent.en)} can too: "
                "by itself that proves nothing.",
            )
        )
    for item in assessment.aggravations:
        words = _fill(item.words, assessment)
        reasons.append(Words(f"{words.zh}：加 {item.score:g}。", f"{_capital(words.en)}: adds {item.score:g}."))
    if assessment.brand is not None or assessment.bad_signer:
        reasons.append(UNVERIFIED)
    return [*reasons, ONLY_FILE]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _evidence(assessment: AppAssessment, event: dict[str, Any]) -> dict[str, object]:
    return {
        "package": assessment.facts.package,
        "label": assessment.facts.label,
        "version": event["version"],
        "file_sha256": event["file_sha256"],
        "certificates": event["certificates"],
        "abilities": [item.name for item in assessment.abilities],
        "aggravations": [item.name for item in assessment.aggravations],
        "brand": assessment.brand.domain if assessment.brand else "",
        "bad_signer": assessment.bad_signer,
        "signs": event["signs"],
        "permissions": sorted(assessment.facts.permissions)[:100],
        "hosts": list(assessment.facts.hosts[:_MAX_SHOWN]),
        "icon_hash": event["icon_hash"],
        **_shared(assessment, event),
    }


def _shared(assessment: AppAssessment, event: dict[str, Any]) -> dict[str, str]:
    """Return what may tie the app to a campaign: its signer as a kit, and the host that a shell shows.

    Debug and test keys belong to everybody, and tie nothing.
    """
    certificates, hosts = event["certificates"] or (), assessment.facts.hosts
    shared = dict[str, str]()
    if certificates and not assessment.facts.has("key.debug", "key.test"):
        shared["kit"] = f"cert:{certificates[0]}"
    if len(hosts) == 1:
        shared["host"] = hosts[0]
    return shared
