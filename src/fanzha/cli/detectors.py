"""`fanzha detectors`: list the detectors."""

import json

import click


@click.command("detectors")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def COMMAND(as_json: bool) -> None:
    """List the detectors: what each finds, from which events, under which article. 列出检测器。"""
    from rich.console import Console
    from rich.table import Column, Table

    from fanzha.analyze.operator_settings import apply_operator_settings
    from fanzha.detect import all_detectors

    detectors = apply_operator_settings(all_detectors())
    if as_json:
        rows = [
            {
                "name": d.name,
                "version": d.applied_version,
                "reads": d.reads,
                "law": d.law,
                "zh": d.tells.zh,
                "en": d.tells.en,
            }
            for d in detectors.values()
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table("检测器 detector", "读取 reads", "依据 law", Column("发现什么 what it finds", overflow="fold"))
    for detector in detectors.values():
        name = f"{detector.name}\n[dim]{detector.applied_version}[/dim]"
        tells = f"{detector.tells.zh}\n{detector.tells.en}"
        table.add_row(name, "\n".join(detector.reads), "\n".join(detector.law), tells)
    Console().print(table)
