"""numpy's answers to the questions that numpy.ts asks: JSON lines on stdin, a JSON line each on stdout.

A question is {"weekmask": "1111100", "holidays": [...], "from": date, "to": date, "day": date}. An answer is
[busday_count(from, to), and how many days each of four rolls goes from day; null where there is no working day].
"""
import json
import sys

import numpy as np

ROLLS = ["following", "preceding", "modifiedfollowing", "modifiedpreceding"]

for line in sys.stdin:
    asked = json.loads(line)
    calendar = np.busdaycalendar(weekmask=asked["weekmask"], holidays=asked["holidays"])
    day = np.datetime64(asked["day"])
    rolled = [np.busday_offset(day, 0, roll=roll, busdaycal=calendar) for roll in ROLLS]
    count = np.busday_count(asked["from"], asked["to"], busdaycal=calendar)
    print(json.dumps([int(count)] + [int((one - day) / np.timedelta64(1, "D")) for one in rolled]))
