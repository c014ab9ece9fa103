"""Writes the start of today's shift into a data action: python3 nightly.py. Safe to start twice."""

import json
import os
import random
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone

URL = os.environ.get("DATES_URL", "http://127.0.0.1:3000")
KEY = os.environ.get("DATES_KEY")
ATTEMPTS = 5


def manipulate(request: dict, idempotency_key: str) -> dict:
    """Sends the request until it is answered for good, always under the same key, so that nothing is written twice."""
    headers = {"content-type": "application/json", "idempotency-key": idempotency_key}
    if KEY:
        headers["authorization"] = f"Bearer {KEY}"
    body = json.dumps(request).encode()
    for attempt in range(1, ATTEMPTS + 1):
        wait = 0.0
        try:
            call = urllib.request.Request(f"{URL}/manipulations", data=body, headers=headers, method="POST")
            with urllib.request.urlopen(call, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            problem = json.load(error) if "json" in error.headers.get("content-type", "") else {}
            again = error.code in (429, 503, 504) or problem.get("code") == "IDEMPOTENCY_IN_PROGRESS"
            if not again or attempt == ATTEMPTS:
                sys.exit(f"{problem.get('code', error.code)}: {problem.get('detail', error.reason)}")
            wait = float(error.headers.get("retry-after") or 0)
        except OSError as error:
            if attempt == ATTEMPTS:
                sys.exit(f"no answer from {URL}: {error}")
        time.sleep(wait + random.uniform(0, 0.2 * 2**attempt))
    raise AssertionError("unreachable")


record = manipulate(
    {
        "action_name": "Production_Date_Processor",
        "source_timestamp": "now",
        "target_timezone": "America/New_York",
        "operation": "START_OF",
        "unit": "day",
    },
    f"shift-start-{datetime.now(timezone.utc):%Y-%m-%d}",
)
print(record["status"], record["output_timestamp"], f"({record['request_id']})")
