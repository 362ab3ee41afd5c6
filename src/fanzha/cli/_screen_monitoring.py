"""`fanzha screen monitoring`: the dashboard and alert rules of the package as files for Grafana and Prometheus."""

from importlib.resources import files
from pathlib import Path

import click

NAMES = ("grafana-screens.json", "prometheus-alerts.yml")


@click.command("monitoring")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def COMMAND(folder: Path) -> None:
    """Write dashboard and alert rules into FOLDER. 导出 Grafana 面板与 Prometheus 告警规则。"""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / name).write_bytes((files("fanzha.screen") / "data" / name).read_bytes())
        click.echo(folder / name)
