"""`fanzha resolver`: print the configuration by which a resolver loads the zone of blocked names."""

import base64
from ipaddress import ip_address

import click

_KINDS = ("bind", "unbound", "recursor", "knot")


@click.command("resolver")
@click.argument("kind", type=click.Choice(_KINDS))
@click.option("--primary", default="", metavar="HOST:PORT", help="Where it loads the zone (default: `listen`).")
@click.option("--with-key", is_flag=True, help="Print the secret of transfers, too; otherwise a placeholder.")
def COMMAND(kind: str, primary: str, with_key: bool) -> None:
    """Print the configuration by which a resolver blocks the names of this site. 输出解析服务器加载阻断区的配置。

    The table [resolver_zone] of fanzha.toml names the zone, [appeals] the contact that the resolver gives to clients as
    a structured error, [verdicts] organisation who blocks. docs/how-to/block-names-at-resolvers.md explains it.

    \b
    For PowerDNS Recursor, with the key  含密钥
      fanzha resolver recursor --with-key
    """
    from fanzha.base.errors import UsageError
    from fanzha.deliver.resolver_configuration import ResolverKind, ZoneSource, configure_resolver, explain_block
    from fanzha.deliver.zone_server import parse_socket
    from fanzha.store.appeal_contact import load_appeal_contact
    from fanzha.store.state_folder import state_folder
    from fanzha.store.verdict_settings import load_verdict_settings
    from fanzha.store.zone_settings import load_zone_key, load_zone_settings

    path = state_folder() / "fanzha.toml"
    settings = load_zone_settings()
    if settings is None:
        raise UsageError(
            f"{path} 没有 [resolver_zone] has no table", fix="docs/how-to/block-names-at-resolvers.md shows it"
        )
    primary = primary or settings.listen
    try:
        if ip_address(parse_socket(primary).host).is_unspecified:
            raise ValueError("every address")
    except ValueError:
        raise UsageError(f"--primary: {primary!r}", fix="write 192.0.2.10:5300 or [2001:db8::10]:5300") from None
    try:
        reason = explain_block(load_appeal_contact(), load_verdict_settings().policy.organization)
    except ValueError:
        raise UsageError(
            f"{path}: [appeals] 未设申诉途径 names no contact", fix='set address = "https://…" or hotline = "+86…"'
        ) from None
    secret = base64.b64encode(load_zone_key()).decode() if with_key else "…"
    source = ZoneSource(settings, primary, secret)
    click.echo(configure_resolver(ResolverKind(kind), source, reason), nl=False)
