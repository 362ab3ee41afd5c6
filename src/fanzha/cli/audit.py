"""`fanzha audit`: verify the audit log, write evidence packs, erase personal data, print the public key."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import UsageError

if TYPE_CHECKING:
    from fanzha.base.words import Words
    from fanzha.command.audit.verification import VerificationResult

_REF = click.argument("ref")
_EXIT_CODES = {"valid": 0, "not_valid": 1, "not_anchored_outside": 5}
_STATUS_WORDS = {
    "valid": "有效 VALID",
    "not_valid": "无效 NOT VALID",
    "not_anchored_outside": "未经外部锚定 NOT ANCHORED OUTSIDE: no fault, but a rewritten log would not be noticed",
}
_BY = click.option("--by", required=True, metavar="WHO", help="Who does it: kept on record.")


@click.group("audit")
def COMMAND() -> None:
    """Check the evidence log and make evidence packs. 校验证据日志、出具证据包、删除个人信息。"""


@COMMAND.command("verify")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A file (one anchor a line) or a folder of anchors that was kept elsewhere; may be repeated.",
)
@click.option(
    "--anchor-key",
    "key",
    metavar="KEY",
    default="",
    help="The public key that was kept elsewhere; else the pinned one.",
)
@click.option(
    "--tsa-ca",
    "ca_file",
    default="",
    type=click.Path(dir_okay=False),
    help="PEM file of root certificates to trust for time-stamps; else [site.timestamps] ca_file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify_log(anchors: tuple[Path, ...], key: str, ca_file: str, as_json: bool) -> None:
    """Read the whole log and name every row that was changed, dropped, moved or put in. 校验整个证据日志。

    It is compared with the anchors in the database, with their copies in the folders of [site] anchors, and with those
    named here. Only anchors outside the database, signed by the pinned key or its successors, confirm the log. The
    time-stamps of anchors are verified offline. What could not be checked is listed.

    Exit codes: 0 valid, 1 not valid, 2 usage error, 3 an anchor file cannot be read, 5 no fault, but not anchored
    outside.
    """
    _set_up()
    from fanzha.command.audit.selectors import log_state
    from fanzha.command.audit.verification import verify_and_store
    from fanzha.processes.log.anchor_key import parse_public_key

    trusted_key = parse_public_key(key) if key else ""
    _row, reading = verify_and_store(anchors, trusted_key, _show_progress, ca_file=ca_file)
    for folder in log_state().folders:
        if folder.problem:
            click.echo(f"锚点副本未写入 anchors are not copied to {folder.name}: {folder.problem}", err=True)
    click.echo(_as_json(reading) if as_json else _in_words(reading))
    sys.exit(_EXIT_CODES[reading.status.value])


def _show_progress(rows: "Words", number: int) -> None:
    """Show on a terminal how many rows were compared."""
    if sys.stderr.isatty():
        click.echo(f"\r{rows.zh} {rows.en}: {number:,}", nl=False, err=True)


def _as_json(reading: "VerificationResult") -> str:
    from fanzha.command.audit.coverage import table_coverage

    faults = [{"batch": fault.batch, "entry": fault.position, **fault.message._asdict()} for fault in reading.faults]
    result = {
        "valid": reading.status == "valid",
        "status": reading.status.value,
        "batches": reading.end.number,
        "entries": reading.entries,
        "head": reading.end.head,
        "anchors": reading.anchors,
        "timestamps": reading.timestamps,
        "seconds": round(reading.seconds, 3),
        "faults": faults,
        "not_anchored_outside": [reason._asdict() for reason in reading.unanchored],
        "not_checked": [
            {"kind": item.kind.value, "count": item.quantity, **item.reason._asdict()} for item in reading.unchecked
        ],
        "tables": [
            {"table": row.model, "checked": row.coverage.value, **row.note._asdict()} for row in table_coverage()
        ],
    }
    return json.dumps(result, ensure_ascii=False, indent=2)


def _in_words(reading: "VerificationResult") -> str:
    end = reading.end
    counts = f"{end.number:,} 批 batches, {reading.entries:,} 条 entries, {reading.anchors:,} 个锚点 anchors"
    counts += f", {reading.timestamps:,} 个时间戳 time-stamps"
    lines = [*map(str, reading.faults), f"{counts}, {reading.seconds:.1f} s"]
    lines += [f"未能校验 not checked: {item.quantity:,} {' | '.join(item.reason)}" for item in reading.unchecked]
    lines += [" | ".join(reason) for reason in reading.unanchored]
    return "\n".join([*lines, _STATUS_WORDS[reading.status.value]])


@COMMAND.command("pack")
@_REF
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The zip to write.")
@click.option("--purpose", required=True, metavar="TEXT", help="What for: kept on record and in the pack.")
@_BY
@click.option("--personal", is_flag=True, help="With the personal values that were not erased.")
def pack_case(ref: str, out: Path, purpose: str, by: str, personal: bool) -> None:
    """Write an evidence pack of a process, a campaign or a subject. 出具证据包，任何人可离线校验。

    Anyone checks it offline: python3 verify.py PACK.zip --key KEY (fanzha audit key prints the key).
    """
    _set_up()
    from fanzha.command.evidence.pack_builder import PackRequest, make_pack
    from fanzha.command.web.scoping import unscoped
    from fanzha.store.private_files import write_private_file

    if out.exists():
        raise UsageError(f"{out} is there already", fix="name another file")
    with unscoped("whoever runs the machine packs what is on record"):
        data = make_pack(PackRequest(ref, purpose, f"operator:{by}"[:80], "", personal)).zip
    write_private_file(out.absolute(), data)
    click.echo(f"{out}: {len(data):,} B")


@COMMAND.command("key")
def print_key() -> None:
    """Print the public key that anchors are signed under: publish it. 打印锚点公钥，供公布。"""
    _set_up()
    from fanzha.command.audit.selectors import public_key

    click.echo(public_key())


@COMMAND.command("change-key")
@_BY
def change_key(by: str) -> None:
    """Make a new key for anchors; the old key signs the statement about it. 更换锚点密钥，由旧密钥签名声明。

    The statement is printed, kept in the state folder and copied to the folders of [site] anchors.
    """
    _set_up()
    from django.utils import timezone

    from fanzha.command.audit.services import change_key

    change = change_key(timezone.now(), f"operator:{by}"[:80])
    click.echo(f"{change.line}\n新公钥 new key: {change.new}")


@COMMAND.command("change-wrapping-key")
@_BY
@click.option("--finish", is_flag=True, help="Continue a change that was interrupted; make no new key.")
def change_wrapping_key(by: str, finish: bool) -> None:
    """Make a new key that protects personal values in the log, and remove the old one. 更换保护个人信息的主密钥。

    The keys of all persons are wrapped under the new key; the site may run meanwhile. Machines that share the database
    need a copy of the new file in keys/ of the state folder. Earlier backups keep the old key inside.
    """
    _set_up()
    from django.utils import timezone

    from fanzha.command.audit.services import change_wrapping_key, finish_change
    from fanzha.command.web.scoping import unscoped

    with unscoped("keys of all persons are wrapped anew"):
        if finish:
            click.echo(f"\r已重新封装 keys wrapped: {finish_change(_show_wrapped):,}")
        else:
            number = change_wrapping_key(timezone.now(), f"operator:{by}"[:80], _show_wrapped)
            click.echo(f"\r新密钥 new key: keys/evidence-{number}")


def _show_wrapped(number: int) -> None:
    """Show on a terminal how many keys were wrapped."""
    if sys.stderr.isatty():
        click.echo(f"\r已重新封装 keys wrapped: {number:,}", nl=False, err=True)


@COMMAND.command("erase")
@_REF
@click.option("--basis", required=True, metavar="TEXT", help="Why, such as 'PIPL Art. 47': kept on record.")
@_BY
@click.confirmation_option("--yes", prompt="个人信息将不可恢复 Nobody will read these values again. Go on?")
def erase_person(ref: str, basis: str, by: str) -> None:
    """Erase the personal data of a person or subject; the log stays valid. 删除个人信息，日志仍可校验。"""
    _set_up()
    from fanzha.command.audit.services import erase_person
    from fanzha.command.web.scoping import unscoped

    with unscoped("a person is erased for all organisations"):
        count = erase_person(ref, basis=basis, actor=f"operator:{by}"[:80], organization="")
    click.echo(f"已删除 erased: {count}")


def _set_up() -> None:
    from fanzha.cli._django_setup import require_site

    require_site()
