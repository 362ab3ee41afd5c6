"""`fanzha sample`: draw a sample that two people mark blind, then state agreement and precision."""

from pathlib import Path

import click


@click.group("sample")
def COMMAND() -> None:
    """Measure precision in production by a drawn sample that is marked twice blind. 抽样复核，测算准确率。"""


@COMMAND.command("draw")
@click.argument("rows", metavar="FINDINGS...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="New folder.")
@click.option("--size", type=click.IntRange(2, 100_000), default=200, help="Rows to draw (default 200).")
@click.option("--seed", type=click.IntRange(0), required=True, help="Seed; the same one draws the same rows.")
@click.option("--by", multiple=True, metavar="COLUMN", help="Stratum (default detector and fraud_type); repeatable.")
@click.option("--detector", "detectors", multiple=True, help="Only findings of this detector; may be repeated.")
@click.option("--below", default="", metavar="FILE", help="Draw also from texts below the threshold; FILE:text=COLUMN.")
@click.option("--marks", default="fraud,innocent", help="The marks; the first one is counted (default fraud,innocent).")
@click.option("--force", is_flag=True, help="Replace the sample in the folder, also its marked sheets.")
def draw(
    rows: tuple[Path, ...],
    out: Path,
    size: int,
    seed: int,
    by: tuple[str, ...],
    detectors: tuple[str, ...],
    below: str,
    marks: str,
    force: bool,
) -> None:
    """Draw a stratified sample to two sheets, first.csv and second.csv. 分层抽样，生成两份判定表。

    FINDINGS are findings.parquet files or their folders; one CSV or Parquet table of anything else will do, too. Give
    each marker one sheet only. Sheets hold neither score nor detector nor type.
    """
    from fanzha.analyze.review.job import draw_sample
    from fanzha.analyze.review.population import add_texts_below, read_population

    population = read_population(rows, by, detectors)
    if below:
        population = add_texts_below(population, below)
    words = [mark.strip() for mark in marks.split(",") if mark.strip()]
    sample = draw_sample(population, out, size, seed, words, force=force)
    click.echo(f"{out}: 抽取 {len(sample.items):,} 行，共 {len(sample.strata)} 层")
    click.echo(f"{out}: {len(sample.items):,} rows drawn from {len(sample.strata)} strata")


@COMMAND.command("report")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--first", required=True, metavar="NAME", help="Who marked first.csv.")
@click.option("--second", required=True, metavar="NAME", help="Who marked second.csv.")
@click.option("--third", default="", metavar="NAME", help="Who settled the differences in third.csv.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def report(folder: Path, first: str, second: str, third: str, as_json: bool) -> None:
    """Read the marked sheets of FOLDER: agreement (Cohen's kappa), precision by stratum. 汇总判定结果。

    Where the markers differ, third.csv is written for a third person; with it filled in the precision is stated.
    """
    import msgspec

    from fanzha.analyze.review.job import review
    from fanzha.analyze.terminal import output_console
    from fanzha.cli._sample_output import print_review

    result = review(folder, (first, second), third)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(result), indent=1).decode())
    else:
        print_review(output_console(), result, folder)
