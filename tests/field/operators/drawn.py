"""A dialect whose headers, order, times, numbers and missing columns are drawn by a seed, for blind runs.

Nobody has seen the dialect of a seed before it is drawn. With it comes the map that someone would write who knows the
source. Headers are words of exchanges', mediation systems' and billing systems' documents.
"""

import numpy as np
import pyarrow as pa
from tests.field.operators.dialects import (
    Columns,
    Dialect,
    Records,
    column_of,
    format_international,
    format_moments,
    format_national,
    format_whole,
    part_flags,
    release_causes,
)
from tests.field.operators.records import SECOND, ArrowColumn
from tests.field.operators.region import GATEWAYS, INTERCONNECTS, LINES, RADIO_NETWORKS

#: Our column -> headers in four styles.
HEADERS = {
    "call_id": ("通话流水", "REC_ID", "callIdentificationNumber", "话单编码"),
    "caller": ("主叫用户", "CALLING_NBR", "callingPartyNumber", "主叫电话号码"),
    "callee": ("被叫用户", "CALLED_NBR", "calledPartyNumber", "被叫电话号码"),
    "original_callee": ("原始被叫", "THIRD_NBR", "redirectingNumber", "前转号码"),
    "sim_card": ("用户IMSI", "IMSI_NBR", "callingSubscriberIMSI", "IMSI号"),
    "device": ("终端串号", "IMEI_NBR", "callingSubscriberIMEI", "IMEI号"),
    "cell": ("基站小区号", "LAC_CI", "firstCallingLocationInformation", "位置区小区"),
    "trunk": ("入局中继", "IN_TRK_GRP", "incomingRoute", "来话路由"),
    "occurred_at": ("通话开始时间", "ST_TIME", "timeForStartOfCall", "呼叫起始时刻"),
    "answered_at": ("接通时间", "ANSWER_TIME", "timeForStartOfCharge", "应答时刻"),
    "ended_at": ("通话结束时间", "STOP_TIME", "timeForStopOfCharge", "释放时刻"),
    "talk_ms": ("计费时长", "DUR_SEC", "chargeableDuration", "通话秒数"),
    "release_cause": ("挂断原因", "CAUSE", "internalCauseAndLoc", "释放原因码"),
    "partial": ("中间话单", "PARTIAL_IND", "partialOutputRecNum", "部分记录"),
}
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y年%m月%d日 %H:%M:%S", "%d-%m-%Y %H:%M:%S")
ENCODINGS, DELIMITERS = ("utf-8", "gb18030", "utf-16", "utf-8-sig"), (",", "|", ";", "\t")
TRUNKS = (("IGW", GATEWAYS), ("POI", INTERCONNECTS), ("RAN", RADIO_NETWORKS), ("PRI", LINES))
INGRESS = {"IGW": "international_gateway", "POI": "interconnect", "RAN": "mobile", "PRI": "leased_line"}


class _Choice:
    """What is drawn for one seed."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 32298])
        self.style = int(rng.integers(0, 4))
        missing = [str(rng.choice(["sim_card", "device", "cell"]))]
        if rng.random() < 0.4:
            missing += ["answered_at", "ended_at"]
        present = [name for name in HEADERS if name not in missing]
        self.columns = [present[place] for place in rng.permutation(len(present))]
        self.time = str(rng.choice(TIMES))
        self.is_national = bool(rng.random() < 0.5)
        self.encoding = str(rng.choice(ENCODINGS[:2] if self.style in (0, 3) else ENCODINGS))
        self.delimiter = str(rng.choice(DELIMITERS))

    def header(self, name: str) -> str:
        """Return the header of one of our columns."""
        return HEADERS[name][self.style]


def draw_dialect(seed: int) -> Dialect:
    """Return the dialect of a seed."""
    choice = _Choice(seed)

    def columns(records: Records) -> Columns:
        cells = _cells(records, choice)
        return {choice.header(name): cells[name] for name in choice.columns}

    return Dialect("drawn", columns, choice.encoding, choice.delimiter)


def _cells(records: Records, choice: _Choice) -> dict[str, ArrowColumn]:
    number = format_national if choice.is_national else lambda cells: format_international(cells, "", "00")
    return {
        "call_id": format_whole(310_000_000 + records.call_id * 64 + records.part),
        "caller": number(column_of(records, "caller")),
        "callee": number(column_of(records, "callee")),
        "original_callee": number(column_of(records, "forwarder")),
        "sim_card": column_of(records, "imsi"),
        "device": column_of(records, "imei"),
        "cell": column_of(records, "cell"),
        "trunk": column_of(records, "trunk"),
        "occurred_at": format_moments(records.begin, choice.time),
        "answered_at": format_moments(records.answer, choice.time),
        "ended_at": format_moments(records.end, choice.time),
        "talk_ms": format_whole(records.talk // SECOND),
        "release_cause": format_whole(release_causes(records)),
        "partial": pa.array(np.where(part_flags(records, 0, 1, 1, 0) == 1, "Y", "N")),
    }


def draw_map(seed: int) -> str:
    """Return the column map of a seed's dialect, as TOML."""
    choice = _Choice(seed)
    lines = ['table = "calls"', 'source = "drawn"', "simulated = true", "", "[proven]", 'ingress = ["mobile"]', ""]
    lines += ["[file]", f'encoding = "{choice.encoding}"', f"delimiter = {_quote(choice.delimiter)}", "", "[columns]"]
    for name in choice.columns:
        header = _quote(choice.header(name))
        if name in ("occurred_at", "answered_at", "ended_at"):
            header = f"{{ from = {header}, format = {_quote(choice.time)} }}"
        elif name == "talk_ms":
            header = f'{{ from = {header}, unit = "s" }}'
        elif name == "partial":
            header = f'{{ from = {header}, values = {{ "Y" = "true", "N" = "false" }} }}'
        lines.append(f"{name} = {header}")
    lines += ["", "[columns.ingress]", f"from = {_quote(choice.header('trunk'))}", "", "[columns.ingress.values]"]
    lines += [f'"{name}-{n + 1:02}" = "{INGRESS[name]}"' for name, size in TRUNKS for n in range(size)]
    return "\n".join([*lines, ""])


def _quote(text: str) -> str:
    return '"' + text.replace("\t", "\\t") + '"'
