"""Operators' days: `python -m tests.field.operators.generate --seed 1 --dialect mediation --days 3 FOLDER`.

The generator shares no code with `fanzha simulate` and knows no rule of a detector. It was written from the fields of
call records (3GPP TS 32.298, records of exchanges, tables of data warehouses) and from what is published on how the
frauds look. All numbers are made up. The files go to FOLDER/records, the truth to FOLDER/truth.json.
"""

import argparse
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from tests.field.operators import abroad, frauds, innocents
from tests.field.operators.dialects import DIALECTS, write_days
from tests.field.operators.everyday import everyday_calls
from tests.field.operators.records import MINUTE
from tests.field.operators.region import Region
from tests.field.operators.truth import Actor, Truth, save_truth

SUBSCRIBERS = 20_000


def generate(seed: int, days: int, subscribers: int = SUBSCRIBERS) -> tuple[pa.Table, Truth]:
    """Return the calls of some days in order of time, and the truth about them."""
    region = Region(seed, days, subscribers)
    tables = everyday_calls(region)
    for rounds, workers in (
        (innocents.COURIERS, 40),
        (innocents.RIDERS, 24),
        (innocents.DRIVERS, 16),
        (innocents.AGENTS, 12),
    ):
        tables += innocents.workers(region, rounds, workers)
    for desk, most in (
        (innocents.HOSPITALS, 3),
        (innocents.SCHOOLS, 4),
        (innocents.OFFICES, 9),
        (innocents.CALL_CENTRES, 2),
        (innocents.CARE_LINES, 3),
    ):
        tables += innocents.desks(region, desk, region.whole(max(1, most - 2), most))
    for number in range(2):
        tables += abroad.foreign_trunk(region, number) + abroad.roamers_trunk(region, number)
        tables += frauds.wangiri(region, number, shared=number == 1)
        tables += frauds.spoofed_trunk(region, number)
    for number in range(region.whole(4, 7)):
        tables += frauds.sim_box(region, number)
    for number in range(region.whole(3, 5)):
        tables += frauds.rotating_line(region, number)
    for number in range(region.whole(2, 5)):
        tables += frauds.call_burst(region, number)
    calls = pa.concat_tables(tables).sort_by("start")
    actors, victims = tuple(region.actors), tuple(region.victims)
    talked_to = _people_talked_to(calls, actors)
    truth = Truth(seed, days, region.first_day, region.lines, calls.num_rows, actors, victims, talked_to)
    return calls, truth


def _people_talked_to(calls: pa.Table, actors: tuple[Actor, ...]) -> tuple[str, ...]:
    """Return the numbers with which planted actors talked for a minute or more; a warning to them is not in vain."""
    planted = [actor for actor in actors if actor.is_planted]
    numbers = pa.array([number for actor in planted for number in actor.numbers], pa.string())
    trunks = pa.array([trunk for actor in planted for trunk in actor.trunks], pa.string())
    by_planted = pc.or_(pc.is_in(calls["caller"], numbers), pc.is_in(calls["trunk"], trunks))
    talked = calls.filter(pc.and_(by_planted, pc.greater_equal(calls["talk"], pa.scalar(MINUTE))))
    return tuple(sorted({str(number) for number in talked["callee"].to_pylist()}))


def main() -> None:
    """Write the files of one seed and dialect."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), required=True)
    parser.add_argument("--days", type=int, default=3)
    options = parser.parse_args()
    calls, truth = generate(options.seed, options.days)
    (options.folder / "records").mkdir(parents=True)
    rows = write_days(calls, truth, DIALECTS[options.dialect], options.folder / "records")
    save_truth(truth, options.folder / "truth.json")
    print(
        f"{calls.num_rows} calls, {sum(rows.values())} rows, {len(truth.actors)} actors, {len(truth.victims)} victims"
    )


if __name__ == "__main__":
    main()
