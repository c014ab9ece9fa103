"""The operations of bench/rows/dates.ts with Python's zoneinfo: answers, and microseconds a call for each round."""
import calendar
import json
import sys
import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

given = json.load(sys.stdin)
rounds, per_round = int(sys.argv[1]), int(sys.argv[2])
zone, sources = ZoneInfo(given["zone"]), given["sources"]


def zoned(source):
    return datetime.fromisoformat(source.replace("Z", "+00:00")).astimezone(zone)


def settled(local):
    """A local time in a gap moves on by the gap, as `compatible` has it."""
    return local.astimezone(timezone.utc).astimezone(zone)


def add_month(source):
    value = zoned(source)
    year, month = (value.year + 1, 1) if value.month == 12 else (value.year, value.month + 1)
    day = min(value.day, calendar.monthrange(year, month)[1])
    return settled(value.replace(year=year, month=month, day=day, fold=0)).isoformat()


ways = {
    "CONVERT": lambda source: zoned(source).isoformat(),
    "ADD_OFFSET": lambda source: (
        datetime.fromisoformat(source.replace("Z", "+00:00")) + timedelta(minutes=120)
    ).astimezone(zone).isoformat(),
    "ADD": add_month,
    "START_OF": lambda source: settled(
        zoned(source).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    ).isoformat(),
}


def micros(way):
    began = time.perf_counter_ns()
    for i in range(per_round):
        way(sources[i % len(sources)])
    return (time.perf_counter_ns() - began) / per_round / 1000


print(json.dumps({
    name: {"micros": [micros(way) for _ in range(rounds)], "answers": [way(source) for source in sources]}
    for name, way in ways.items()
}))
