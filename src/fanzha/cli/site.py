"""`fanzha site`: create the first organisation, invite its people, check the settings, and show retention."""

import json
import sys
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import UsageError
from fanzha.cli._django_setup import set_up_django

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Invitation, Organization


@click.group("site")
def COMMAND() -> None:
    """Organisations, first administrators, security of the settings. 单位、首位管理员与安全检查。

    A new site has no accounts: the operator of this machine creates the first organisation and invites its
    administrator. 没有默认账户：由本机管理者接入首家单位并邀请其管理员。
    """


@COMMAND.command("create-organization")
@click.option("--kind", required=True, help="regulator, police, carrier, mvno, isp, platform, aggregator, bank, …")
@click.option("--zh", "name_zh", required=True, help="Its Chinese name.")
@click.option("--en", "name_en", required=True, help="Its English name.")
@click.option("--province", default="", help="Two digits of GB/T 2260; without it the whole country.")
@click.option("--host", "host_ref", default="", metavar="REF", help="The carrier of an MVNO.")
@click.option("--uscc", default="", help="Unified social credit code.")
@click.option("--country", default="", help="Two letters of another country or region; without it at home.")
@click.option("--without-second-factor", is_flag=True, help="Its people may sign in with a pass phrase alone.")
def create_organization(
    kind: str,
    name_zh: str,
    name_en: str,
    province: str,
    host_ref: str,
    uscc: str,
    country: str,
    without_second_factor: bool,
) -> None:
    """Create an organisation; print its reference. 接入单位。"""
    _set_up()
    from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
    from fanzha.command.organizations.services import create_organization as create

    fields = {"name_zh": name_zh, "name_en": name_en, "kind": kind, "province": province, "uscc": uscc}
    fields["country"] = country.upper()
    host = _organization(host_ref) if host_ref else None
    try:
        organization = create(AuditActor(), **fields, host=host, second_factor=not without_second_factor)
    except AdministrationRefused as refused:
        raise UsageError(str(refused), fix="fanzha site create-organization --help") from None
    click.echo(organization.ref)


@COMMAND.command("invite")
@click.argument("organization_ref", metavar="ORGANIZATION")
@click.argument("email")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--role", "roles", multiple=True, default=("administrator",), show_default=True, help="May be repeated.")
def invite(organization_ref: str, email: str, name: str, roles: tuple[str, ...]) -> None:
    """Invite a person to ORGANIZATION (its reference); print a link that works once. 邀请人员，输出一次性链接。"""
    _set_up()
    from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
    from fanzha.command.organizations.invitations import invite as invite_person

    try:
        invitation, token = invite_person(AuditActor(), _organization(organization_ref), email, name, roles)
    except AdministrationRefused as refused:
        raise UsageError(str(refused), fix="fanzha site invite --help") from None
    _print_invitation(invitation, token)


@COMMAND.command("check")
def check() -> None:
    """List insecure settings, files, organisations, people and keys. 列出不安全之处。

    Exit codes: 0 no serious problem, 1 a serious problem, 2 usage error.
    """
    _set_up()
    from fanzha.command.organizations.deployment_checks import find_weaknesses
    from fanzha.command.web.configuration import configuration
    from fanzha.store.state_folder import state_folder

    problems = sorted(find_weaknesses(configuration(), state_folder()), key=lambda problem: not problem.grave)
    for problem in problems:
        mark = "!" if problem.grave else "·"
        click.echo(f"{mark} {problem.where}: {problem.words.zh}\n    {problem.words.en}")
    grave = sum(problem.grave for problem in problems)
    click.echo(f"{grave} 项严重，{len(problems) - grave} 项提示 grave: {grave}, to know: {len(problems) - grave}")
    sys.exit(1 if grave else 0)


@COMMAND.command("retention")
@click.option("--dry-run", is_flag=True, help="Count what would be deleted; change nothing. The default.")
@click.option("--apply", "is_applied", is_flag=True, help="Delete now what is past its period.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def retention(dry_run: bool, is_applied: bool, as_json: bool) -> None:
    """Show how long each table keeps its rows and what is past its period; --apply deletes it. 各表留存期限与到期数据。

    The limits of the law and [retention] of fanzha.toml decide; a job of `fanzha up` does the same once a day. What an
    open process, appeal or measure needs is held. A call that was killed is resumed by the next one.
    """
    if dry_run and is_applied:
        raise UsageError("--dry-run and --apply exclude each other", fix="choose one of them")
    _set_up()
    from django.utils import timezone

    from fanzha.command.privacy.retention import apply_retention, preview_retention
    from fanzha.command.privacy.retention_report import describe_preview, describe_run
    from fanzha.command.web.scoping import unscoped

    now = timezone.now()
    with unscoped("rows end for all organisations alike"):
        if is_applied:
            runs = apply_retention(now, max_seconds=float("inf"), is_forced=True)
            rows = [describe_run(run) for run in runs]
        else:
            rows = [describe_preview(preview) for preview in preview_retention(now)]
    if as_json:
        click.echo(json.dumps({"at": now.isoformat(), "applied": is_applied, "tables": rows}, ensure_ascii=False))
        return
    _print_columns(rows)


def _print_columns(rows: list[dict[str, object]]) -> None:
    """Print rows with equal keys as aligned columns."""
    head = list(rows[0])
    cells = [head, *([str("–" if row[name] is None else row[name]) for name in head] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(head))]
    for line in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _set_up() -> None:
    """Set Django up and migrate the database: this may be the first command of an installation."""
    set_up_django()
    from fanzha.run.migration import migrate

    migrate()


def _organization(ref: str) -> "Organization":
    from fanzha.command.organizations.models import Organization

    organization = Organization.objects.filter(ref=ref.strip().upper()).first()
    if organization is None:
        raise UsageError(f"there is no organisation {ref}", fix="create-organization prints the reference")
    return organization


def _print_invitation(invitation: "Invitation", token: str) -> None:
    from django.conf import settings

    from fanzha.command.organizations.links import join_url, send_link

    url = join_url(token)
    mailed = send_link(invitation, url)
    click.echo(url if settings.SITE_ADDRESS else f"http://127.0.0.1:8470{url}")
    delivery = "已发邮件，链接亦如上" if mailed else "请通过他人看不到的方式交给本人"
    click.echo(f"{delivery} · works once, until {invitation.expires_at:%Y-%m-%d %H:%M} UTC", err=True)
