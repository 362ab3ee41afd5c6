"""Build the input of `make demo` from data sets that may be copied and from made-up events; the result is committed.

Usage: python tools/build_samples.py ../shared/data src/fanzha/run/samples
"""

import argparse
import csv
import io
import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from fanzha.detect import all_detectors

SEED = 20260301
DETECTORS = all_detectors()
LOOKALIKES = """
icbc-verify.example bank-of-chlna.example cmbchlna.example 95588-login.example ccb-kefu.example
gov-cn-yibao.example www.gov.cn.shebao.example 12306-tuipiao.example 12123-jiaofei.example etc-renzheng.example
taoba0.example alipay-kefu.example ali-pay.example jd-tuikuan.example chinaunlcom.example 10086-jifen.example
paypa1.example micros0ft-login.example amazon-verify.example netflix-account.example sf-express-kefu.example
pku-edu-cn.example tsinghua-edu.example chsi-chaxun.example xn--80ak6aa92e.example faceb00k.example
"""


def texts(data: Path, folder: Path, random_: random.Random) -> None:
    """Real spam and ordinary messages (zh_msglog, MIT), and made-up ones marked as simulated."""
    rows = pq.read_table(data / "zh_msglog" / "data.parquet").to_pylist()
    chosen = random_.sample(rows, 600)
    write_csv(folder / "texts-real.csv", ["编号", "短信内容"], [[row["row_id"], row["text"]] for row in chosen])
    made_up = [line.split("\t") for line in Path("tools/sample_texts.tsv").read_text("utf-8").splitlines()]
    start = datetime(2026, 3, 1, 8)
    lines = [[f"{start + timedelta(minutes=7 * n):%Y-%m-%d %H:%M:%S}", text] for n, (_, text) in enumerate(made_up)]
    write_csv(folder / "texts-made-up.csv", ["接收时间", "短信内容"], lines)


def domains(data: Path, folder: Path, random_: random.Random) -> None:
    """Real benign domains (public lists) and look-alikes under the reserved top level `.example`."""
    table = pq.read_table(data / "benign_lists" / "benign_domains.parquet").to_pydict()
    pairs = zip(table["list"], table["domain"], strict=True)
    kept = sorted({domain for name, domain in pairs if name in ("dnsmasq_china", "majestic_million", "tranco10k")})
    (folder / "domains-real.txt").write_text("\n".join(random_.sample(kept, 3_000)) + "\n", "utf-8")
    (folder / "domains-made-up.txt").write_text("\n".join(LOOKALIKES.split()) + "\n", "utf-8")


def calls(folder: Path, random_: random.Random) -> None:
    """A carrier's export as carriers write it (GB 18030, Chinese headers): made-up calls over international trunks."""
    start, lines = datetime(2026, 3, 1, 0, 0), []
    for number in range(900):
        trunk, caller, roaming = caller_of(number, random_)
        answered = random_.random() < 0.35
        start += timedelta(seconds=random_.randint(5, 180))
        talk = random_.randint(5, 400) if answered else 0
        callee = f"1990000{random_.randint(0, 9999):04}"
        lines.append(
            [
                f"ZJ{number:06}",
                caller,
                callee,
                f"{start:%Y%m%d%H%M%S}",
                talk,
                "国际关口局",
                trunk,
                roaming,
                16 if answered else random_.choice([17, 19, 31]),
            ]
        )
    head = ["话单号", "主叫号码", "被叫号码", "开始时间", "通话时长(秒)", "入口", "中继群号", "漫游状态", "释放原因"]
    write_csv(folder / "calls-gateway.csv", head, lines, encoding="gb18030")


def caller_of(number: int, random_: random.Random) -> tuple[str, str, str]:
    """Draw trunk, caller and roaming proof: one trunk in four carries numbers that cannot come from abroad."""
    if number % 4 == 0:
        bad = [
            f"+8695588{random_.randint(0, 9)}",
            "0086110",
            "4000000000",
            "+8601000000000",
            "95588",
            "+86106900000000",
        ]
        return "IGW-FIC-07", random_.choice(bad), ""
    if number % 4 == 1:
        return "IGW-FIC-02", f"+8619100000{random_.randint(0, 999):03}", random_.choice(["已证实", "已证实", "未证实"])
    foreign = [
        f"+44 20 7946 0{random_.randint(0, 999):03}",
        f"+1 202 555 01{random_.randint(0, 99):02}",
        f"+61 491 570 {random_.randint(6, 158):03}",
    ]
    return random_.choice(["IGW-FIC-01", "IGW-FIC-02", "IGW-FIC-03"]), random_.choice(foreign), ""


def subscribers(folder: Path, random_: random.Random) -> None:
    """Made-up profiles around the worked examples of the detector: each figure is drawn a little off."""
    seen = [row for example in DETECTORS["fraud-subscriber"].examples for row in example.rows]
    names = sorted({name for row in seen for name in row if name != "subscriber"})
    lines: list[list[object]] = []
    for number in range(120):
        row = seen[0] if number < 12 else random_.choice(seen[2:])
        drawn = [
            row.get(name) if name.endswith(("_day", "_hour")) else nudged(row.get(name), random_) for name in names
        ]
        lines.append([f"+861910000{number:04}", *drawn])
    write_csv(folder / "subscribers.csv", ["subscriber", *names], lines)


def pages(folder: Path) -> None:
    """The worked examples of the page detector as a crawler's table: a URL and what was found on its page."""
    seen = [row for example in DETECTORS["phishing-page"].examples for row in example.rows if row.get("page_facts")]
    facts = [dict(row["page_facts"]) for row in seen]  # type: ignore[call-overload]
    names = sorted({name for row in facts for name in row})
    lines = [[row["url"], *(known.get(name, "") for name in names)] for row, known in zip(seen, facts, strict=True)]
    write_csv(folder / "pages.csv", ["url", *names], lines)


def nudged(value: object, random_: random.Random) -> object:
    """Draw a figure a little off; counts stay whole, shares stay shares."""
    if not isinstance(value, int | float):
        return ""
    drawn = value * random_.uniform(0.9, 1.1)
    return round(drawn) if isinstance(value, int) else round(min(drawn, 1.0) if value <= 1 else drawn, 4)


def dialogues(data: Path, folder: Path, random_: random.Random) -> None:
    """Call transcripts written by a language model (TeleAntiFraud-28k, Apache-2.0): marked as simulated."""
    rows = pq.read_table(data / "teleantifraud_dialogues" / "data.parquet").to_pylist()
    with (folder / "transcripts.jsonl").open("w", encoding="utf-8") as file:
        for row in random_.sample(rows, 40):
            line = {"conversation": row["row_id"], "channel": "call_transcript", "text": row["text"]}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def write_csv(path: Path, head: list[str], rows: list[list[object]] | list[list[str]], encoding: str = "utf-8") -> None:
    """Write a CSV file byte for byte the same each time."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    path.write_bytes(text.getvalue().encode(encoding))


def main() -> None:
    """Build every sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    random_ = random.Random(SEED)
    texts(given.data, given.folder, random_)
    domains(given.data, given.folder, random_)
    calls(given.folder, random_)
    dialogues(given.data, given.folder, random_)
    subscribers(given.folder, random_)
    pages(given.folder)


if __name__ == "__main__":
    main()
