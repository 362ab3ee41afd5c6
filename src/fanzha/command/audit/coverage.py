"""List the tables that the verification of the log covers. Every model is in exactly one list."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.command.audit.row_digests import digest_tables


class Coverage(StrEnum):
    """How the rows of a table are checked."""

    LOG = "log"  # tables of the log itself: chain, seals, anchors
    ENTRIES = "entries"  # compared with entries
    DIGESTS = "digests"  # compared with digests
    NONE = "none"


class TableCoverage(NamedTuple):
    """The coverage of one table, and what of it is not checked or why nothing is."""

    model: str  # label in small letters
    coverage: Coverage
    note: Words


_ENTRIES: Mapping[str, Words] = {
    "flows.processinstance": Words("仅状态", "state alone"),
    "flows.leg": Words("仅状态", "state alone"),
    "flows.step": Words("全部", "all columns"),
    "flows.outboxitem": Words("仅所属步骤号", "the number of its step alone"),
    "subjects.subject": Words(
        "值与标识；标识随线索、结论等各行核对",
        "value and identity; digests of findings and verdicts have the identity",
    ),
}
_LOG = ("loganchor", "logbatch", "logentry", "loghead", "personkey", "personalfield", "rowdigests", "publishedevidence")

_DERIVED = Words("由其他表计算得出", "computed from other tables")
_WORKING = Words("运行数据，不作证据", "working data, no evidence")
_ACCOUNT = Words("账号数据；每次变更均有日志条目", "accounts; each change is an entry of the log")
_ENTRY_ALONE = Words("有日志条目，未逐行核对", "each act is an entry of the log; rows are not compared")

#: Tables whose rows are not checked, with the reason. A test fails for a model in no list.
UNCOVERED: Mapping[str, Words] = {
    "evidence.anchorcopy": Words("外部副本自行校验", "the copies outside are checked themselves"),
    "evidence.anchortimestamp": Words("时间戳自行校验", "the time-stamps are checked themselves"),
    "evidence.logcheck": Words("校验结果本身", "results of verification"),
    "bulletins.bulletin": _ENTRY_ALONE,
    "bulletins.bulletincase": _DERIVED,
    "bulletins.bulletinfigure": _DERIVED,
    "bulletins.bulletintext": _ENTRY_ALONE,
    "campaigns.campaign": _ENTRY_ALONE,
    "campaigns.campaignaction": _ENTRY_ALONE,
    "campaigns.bulkrun": _WORKING,
    "campaigns.placement": _DERIVED,
    "campaigns.tie": _DERIVED,
    "campaigns.tielink": _DERIVED,
    "captures.capture": _ENTRY_ALONE,
    "captures.capturedasset": _DERIVED,
    "collaboration.comment": _ENTRY_ALONE,
    "collaboration.topicsubscription": _WORKING,
    "detection_rules.backtestrun": _WORKING,
    "detection_rules.rulerequest": _ENTRY_ALONE,
    "documents.documentcounter": _WORKING,
    "education.educationitem": _ENTRY_ALONE,
    "education.educationversion": Words(
        "步骤记录文本散列；计数不作证据", "steps hold the hashes of its text; rows are not compared"
    ),
    "education.quizrun": _WORKING,
    "education.readcount": _WORKING,
    "exchange.additionstatus": _WORKING,
    "exchange.collection": _ENTRY_ALONE,
    "exchange.collectionreader": _ENTRY_ALONE,
    "exchange.feed": _ENTRY_ALONE,
    "exchange.feedcount": _WORKING,
    "exchange.feeditem": _ENTRY_ALONE,
    "exchange.givencount": _ENTRY_ALONE,
    "exchange.pendingshare": _WORKING,
    "exchange.sharedobject": _ENTRY_ALONE,
    "exchange.withheldcount": _WORKING,
    "exports.export": _ENTRY_ALONE,
    "exports.unmasking": _ENTRY_ALONE,
    "foreign_sharing.foreignapproval": _ENTRY_ALONE,
    "foreign_sharing.foreignexit": _ENTRY_ALONE,
    "exposures.exposure": _ENTRY_ALONE,
    "exposures.exposurebasis": _ENTRY_ALONE,
    "exposures.exposurefile": _ENTRY_ALONE,
    "exposures.exposurewarning": _ENTRY_ALONE,
    "flows.evidenceupload": Words(
        "步骤引用的文件名即其 SHA-256；上传者不核对", "steps name files by SHA-256; who uploaded them is not compared"
    ),
    "flows.followup": _WORKING,
    "flows.notification": _WORKING,
    "flows.participation": _DERIVED,
    "flows.processversion": Words("流程定义以其哈希命名", "definitions are named by their hash"),
    "flows.stepfile": _DERIVED,
    "flows.timer": _WORKING,
    "hosting.addressrange": _WORKING,
    "hosting.hostedsite": _WORKING,
    "hosting.nameregistrar": _WORKING,
    "imports.importjob": _ENTRY_ALONE,
    "health.reportedcomponent": _WORKING,
    "imports.mirroredprocess": _WORKING,
    "imports.mirroredrow": _WORKING,
    "imports.sparedrow": _ENTRY_ALONE,
    "link_list.pendinglink": _WORKING,
    "notices.limitappeal": _ENTRY_ALONE,
    "notices.limitnotice": _ENTRY_ALONE,
    "notices.noticedelivery": _ENTRY_ALONE,
    "number_signals.indicatorfeedback": _ENTRY_ALONE,
    "number_signals.signalbasis": _ENTRY_ALONE,
    "number_signals.signalrequest": _ENTRY_ALONE,
    "number_tags.numberproof": _ENTRY_ALONE,
    "number_tags.showntag": _DERIVED,
    "number_tags.tag": _WORKING,
    "number_tags.tagdispute": _ENTRY_ALONE,
    "number_tags.tagger": _WORKING,
    "organizations.apikey": _ACCOUNT,
    "organizations.disclosedvalue": _ENTRY_ALONE,
    "organizations.disclosurecount": _WORKING,
    "organizations.duty": _ACCOUNT,
    "organizations.invitation": _ACCOUNT,
    "organizations.membership": _ACCOUNT,
    "organizations.organization": _ACCOUNT,
    "organizations.person": _ACCOUNT,
    "organizations.refuseddisclosure": _ENTRY_ALONE,
    "privacy.retentionrun": _WORKING,
    "reports.picturebasis": _ENTRY_ALONE,
    "app_samples.appsample": _ENTRY_ALONE,
    "app_samples.sampleorigin": _DERIVED,
    "app_samples.sampletrait": _DERIVED,
    "reports.picturetext": _ENTRY_ALONE,
    "reports.report": _ENTRY_ALONE,
    "research.modelfile": _ENTRY_ALONE,
    "research.partnermodel": _ENTRY_ALONE,
    "research.researchagreement": _ENTRY_ALONE,
    "research.researchtable": _ENTRY_ALONE,
    "research.shadowrun": _ENTRY_ALONE,
    "research.shadowscore": _WORKING,
    "reviews.reviewitem": _ENTRY_ALONE,
    "reviews.reviewsample": _ENTRY_ALONE,
    "saved_views.defaultview": _WORKING,
    "saved_views.savedview": _WORKING,
    "shifts.digestchoice": _WORKING,
    "shifts.digestmail": _WORKING,
    "shifts.handover": _ENTRY_ALONE,
    "shifts.processassignment": _ENTRY_ALONE,
    "site_watch.candidatesite": _ENTRY_ALONE,
    "site_watch.forkevidence": _ENTRY_ALONE,
    "statistics.figurepublication": _ENTRY_ALONE,
    "statistics.formsheet": _ENTRY_ALONE,
    "statistics.formvalue": _ENTRY_ALONE,
    "statistics.outsidevalue": _ENTRY_ALONE,
    "subjects.delivery": _WORKING,
    "subjects.presence": _DERIVED,
    "subjects.rejectedrow": _WORKING,
    "subjects.seenversion": _DERIVED,
    "subjects.unpublished": _WORKING,
    "api.keptanswer": _WORKING,
    "warnings.overseaschoice": _ENTRY_ALONE,
    "warnings.trialarm": _ENTRY_ALONE,
    "warnings.wording": _ENTRY_ALONE,
    "warnings.wordingtrial": _ENTRY_ALONE,
    "tracebacks.traceback": _ENTRY_ALONE,
    "tracebacks.tracebackhop": _ENTRY_ALONE,
    "tracebacks.tracebacklink": _ENTRY_ALONE,
    "tracebacks.tracebackmessage": _ENTRY_ALONE,
    "tracebacks.trunkparty": _ENTRY_ALONE,
    "webhooks.delivery": Words("内容取自日志条目", "its body is made of an entry of the log"),
    "webhooks.subscription": _ENTRY_ALONE,
}


def table_coverage() -> list[TableCoverage]:
    """Return the coverage of all tables, by name."""
    all_columns = Words("全部", "all columns")
    rows = [TableCoverage(f"evidence.{name}", Coverage.LOG, all_columns) for name in _LOG]
    rows += [TableCoverage(name, Coverage.ENTRIES, note) for name, note in _ENTRIES.items()]
    rows += [TableCoverage(table.name, Coverage.DIGESTS, table.title) for table in digest_tables().values()]
    rows += [TableCoverage(name, Coverage.NONE, note) for name, note in UNCOVERED.items()]
    return sorted(rows)
