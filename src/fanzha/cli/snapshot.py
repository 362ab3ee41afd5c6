"""`fanzha snapshot`: build, show, compare and verify snapshots for screens."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, UsageError

if TYPE_CHECKING:
    from fanzha.claims.contents_builder import Subject
    from fanzha.claims.snapshot import Approval
    from fanzha.claims.snapshot_state import SnapshotState
    from fanzha.claims.verdict import Verdict

_PATH = click.Path(exists=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the snapshots (default: snapshots in the state folder).",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_FINDINGS = click.option("--findings", multiple=True, type=_PATH, help="findings.parquet or a folder of such.")
_OPINIONS = click.option("--opinions", multiple=True, type=_FILE, help="Opinions and decisions: JSON Lines or CSV.")
_CASES = click.option("--cases", multiple=True, type=_FILE, help="Police cases: JSON Lines or CSV.")


@click.group("snapshot")
def COMMAND() -> None:
    """Build, show, compare and verify snapshots for screens. 编译、查看、比较、校验供实时拦截使用的快照。

    docs/reference/snapshot.md describes snapshots, docs/reference/verdicts.md verdicts.
    """


@click.command("build")
@_FINDINGS
@_OPINIONS
@_CASES
@click.option("--at", metavar="MOMENT", help="Make verdicts as of this moment (ISO 8601; default: now).")
@click.option("--delta", is_flag=True, help="Publish only what differs from what is served, within milliseconds there.")
@click.option("--only", multiple=True, metavar="KIND:VALUE", help="With --delta: of these subjects alone.")
@click.option("--simulated", is_flag=True, help="Take made-up evidence too: for demonstrations, never for real calls.")
@click.option("--approve-by", metavar="WHO", help="Let a snapshot through that changes more than the limits allow.")
@click.option("--why", metavar="TEXT", help="With --approve-by: why it is right; kept in the snapshot.")
@_FOLDER
@_JSON
def build_snapshot(
    findings: tuple[Path, ...],
    opinions: tuple[Path, ...],
    cases: tuple[Path, ...],
    at: str | None,
    delta: bool,
    only: tuple[str, ...],
    simulated: bool,
    approve_by: str | None,
    why: str | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Fuse findings, opinions and cases into verdicts and publish them with the lists. 融合线索与意见并发布快照。

    Only live findings count. A snapshot that would newly refuse too many numbers is not published without an approval.
    """
    from rich.console import Console

    from fanzha.cli._snapshot_output import outcome_as_json, print_outcome
    from fanzha.store.snapshot_build import build_base, build_delta
    from fanzha.store.snapshot_inputs import SnapshotInputs
    from fanzha.store.snapshots import SnapshotStore
    from fanzha.store.verdict_settings import load_verdict_settings

    if only and not delta:
        raise UsageError("--only belongs to --delta: a base holds everything")
    inputs = SnapshotInputs(findings, opinions, cases, frozenset(map(_subject, only)))
    settings, moment, approval = load_verdict_settings(), _moment(at), _approval(approve_by, why)
    began, publish = time.monotonic(), build_delta if delta else build_base
    with Console(stderr=True, quiet=as_json).status("融合、编译 fusing and compiling"):
        store = SnapshotStore(folder, settings.limits)
        outcome = publish(store, inputs, settings, moment, simulated=simulated, approval=approval)
    seconds = time.monotonic() - began
    if as_json:
        click.echo(json.dumps(outcome_as_json(outcome, seconds), ensure_ascii=False, indent=1))
    else:
        print_outcome(Console(), outcome, seconds)


@click.command("show")
@click.argument("value", required=False)
@click.option("--kind", default="phone_number", show_default=True, help="Kind of VALUE (`fanzha kinds`) or sender.")
@_FINDINGS
@_OPINIONS
@_FOLDER
@_JSON
def show_snapshot(
    value: str | None,
    kind: str,
    findings: tuple[Path, ...],
    opinions: tuple[Path, ...],
    folder: Path | None,
    as_json: bool,
) -> None:
    """Show the served snapshot, or its entries for VALUE. 查看在用快照，或其对某一号码、网址等的结论。

    With --findings and --opinions the verdict on VALUE is fused again and every contribution to it is shown.
    """
    from rich.console import Console

    from fanzha.cli import _snapshot_output as tables

    state = _state(folder)
    if value is None:
        content = tables.state_as_json(state)
    else:
        subject = _subject(f"{kind}:{value}")
        content = tables.entry_as_json(state, subject, _verdicts(subject, findings, opinions))
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    elif value is None:
        tables.print_state(Console(), content)
    else:
        tables.print_entry(Console(), content)


def _verdicts(subject: "Subject", findings: tuple[Path, ...], opinions: tuple[Path, ...]) -> "list[Verdict]":
    """Fuse the given evidence on one subject, with reasons."""
    if not (findings or opinions):
        return []
    from fanzha.claims.fusion import fuse
    from fanzha.store.allowlist import load_allowlist_by_number
    from fanzha.store.snapshot_inputs import SnapshotInputs
    from fanzha.store.verdict_settings import load_verdict_settings

    at = _moment(None)
    evidence = SnapshotInputs(findings, opinions, only=[subject]).read_evidence(at, reasons=True)
    return list(fuse(evidence, at, load_verdict_settings().policy, load_allowlist_by_number()))


@click.command("diff")
@click.argument("before", type=_PATH)
@click.argument("after", type=_PATH, required=False)
@_JSON
def diff_snapshots(before: Path, after: Path | None, as_json: bool) -> None:
    """Compare two snapshots (folders, or base files); AFTER defaults to the served one. 比较两个快照。

    Changes that need an approval are listed.
    """
    from rich.console import Console

    from fanzha.claims.difference import compare_states
    from fanzha.claims.snapshot import check
    from fanzha.cli._snapshot_output import difference_as_json, print_difference
    from fanzha.store.verdict_settings import load_verdict_settings

    states = _state(before), _state(after)
    for state in states:
        for file in state.files:
            check(file)  # a damaged file would show no differences
    differences = compare_states(*states)
    content = difference_as_json(differences, load_verdict_settings().limits)
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        print_difference(Console(), content)


@click.command("verify")
@click.argument("path", type=_PATH, required=False)
def verify_snapshot(path: Path | None) -> None:
    """Verify the checksums of the served snapshot, or of PATH. 校验快照的每个字节。

    Exit code 3: damaged.
    """
    from fanzha.claims.snapshot import check

    for file in _state(path).files:
        check(file)
        click.echo(f"{file.name}: 完好 whole ({len(file.data):,} bytes)")


@click.command("guard")
@click.argument("target", metavar="GUARD_FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--most", default=200_000, show_default=True, type=click.IntRange(0, 5_000_000), help="Refused numbers, at most."
)
@_FOLDER
def write_proxy_guard(target: Path, most: int, folder: Path | None) -> None:
    """Write the static guard of a proxy into GUARD_FOLDER: what it refuses while no screen answers. 导出代理静态名单。

    The table `guard` there is for Kamailio's htable (db_text). After it: kamcmd htable.reload guard
    """
    from fanzha.claims.snapshot import check
    from fanzha.screen.mapped_snapshot import MappedSnapshot
    from fanzha.screen.proxy_guard import build_guard, write_guard

    state = _state(folder)
    for file in state.files:
        check(file)  # damage must not become refusals
    guard = build_guard(MappedSnapshot(state.base, state.deltas), _moment(None), most)
    changed = write_guard(target, guard.rows)
    click.echo(
        f"拒绝号码 refused numbers: {guard.refused:,}；未列入 left out: {guard.left_out:,}；"
        f"行 rows: {len(guard.rows):,}；{'有变化 changed' if changed else '无变化 unchanged'}"
    )


def _state(path: Path | None) -> "SnapshotState":
    """Open the snapshot that a folder serves, or one base file."""
    from fanzha.claims.snapshot_state import SnapshotState
    from fanzha.store.snapshot_files import map_file
    from fanzha.store.snapshots import SnapshotStore

    if path is not None and path.is_file():
        file = map_file(path)
        if file.head.what != "base":
            raise UsageError(f"{path} is a delta, which says nothing without its base", fix="name its folder")
        return SnapshotState(file)
    store = SnapshotStore(path)
    state = store.state()
    if state is None:
        raise UsageError(f"{store.folder} holds no snapshot", fix="publish one with `fanzha snapshot build`")
    return state


def _subject(written: str) -> "Subject":
    from fanzha.claims.snapshot_format.keys import NUMBERS
    from fanzha.kinds import all_kinds
    from fanzha.store.opinions import OUTSIDE_KINDS

    kind, colon, value = written.partition(":")
    if not colon or not value:
        raise UsageError(f"not a subject: {written!r}", fix="write its kind and value: phone_number:+8617000000001")
    if kind in OUTSIDE_KINDS:
        return kind, value
    if kind not in all_kinds():
        raise UsageError(f"there is no kind {kind!r}", fix=f"kinds: {', '.join((*all_kinds(), *OUTSIDE_KINDS))}")
    try:
        return "phone_number" if kind in NUMBERS else kind, all_kinds()[kind].normalise(value)
    except Malformed as error:
        raise UsageError(f"not a {kind}: {error.reason}") from None


def _moment(text: str | None) -> int:
    if text is None:
        return time.time_ns() // 1_000_000
    try:
        return moment_ms(text)
    except Malformed as error:
        raise UsageError(error.reason) from None


def _approval(by: str | None, why: str | None) -> "Approval | None":
    from fanzha.claims.snapshot import Approval

    if by is None and why is None:
        return None
    if not (by and by.strip() and why and why.strip()):
        raise UsageError("who approves and why must both be said", fix="give --approve-by NAME --why TEXT")
    return Approval(by, why, _moment(None))


for command in (build_snapshot, show_snapshot, diff_snapshots, verify_snapshot, write_proxy_guard):
    COMMAND.add_command(command)
