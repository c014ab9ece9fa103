"""Answers manipulations by Python's zoneinfo: a line of JSON in, a line with the epoch in microseconds (or null) out.

The first line asks for the offsets of a zone at given moments, to tell where this machine's tz database is another release.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MICROSECOND = timedelta(microseconds=1)


def settle(local, zone, disambiguation):
    """A local time in a gap reads with the offset before it for fold=0; in a fold fold=0 is the earlier."""
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    in_gap = first.utcoffset() < second.utcoffset()
    if disambiguation == "compatible":
        chosen = first
    elif disambiguation == "later":
        chosen = first if in_gap else second
    else:
        chosen = second if in_gap else first
    return chosen.astimezone(timezone.utc)


def answer(case):
    zone = ZoneInfo(case["zone"])
    if case["kind"] == "offsets":
        return [
            int((EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset().total_seconds())
            for second in case["seconds"]
        ]
    if case["kind"] == "local":
        local = datetime(1970, 1, 1) + case["local"] * MICROSECOND
        return (settle(local, zone, case["disambiguation"]) - EPOCH) // MICROSECOND
    start = EPOCH + case["epoch"] * MICROSECOND
    local = start.astimezone(zone).replace(tzinfo=None, fold=0) + timedelta(days=case["days"])
    moved = settle(local, zone, "compatible") if case["days"] else start
    return (moved + timedelta(minutes=case["minutes"]) - EPOCH) // MICROSECOND


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))))
    except (KeyError, ValueError, OverflowError):
        print("null")
