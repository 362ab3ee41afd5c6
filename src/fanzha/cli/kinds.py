"""`fanzha kinds`: list the kinds of subjects."""

import json

import click


@click.command("kinds")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def COMMAND(as_json: bool) -> None:
    """List the kinds of thing that are watched. 列出对象类型。"""
    from fanzha.kinds import all_kinds

    rows = [
        {"name": k.name, "zh": k.title.zh, "en": k.title.en, "stix": k.stix, "misp": k.misp}
        for k in all_kinds().values()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['name']:<18}{row['zh']}  {row['en']}")
