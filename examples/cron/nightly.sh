#!/bin/sh
# Writes the start of today's shift into a data action. Safe to start twice: the key is the same for the whole day.
set -eu

# curl waits as long as Retry-After says before it tries again, and never sends a body that could be applied twice: the
# idempotency key makes a second try answer with the first outcome.
curl --silent --show-error --fail-with-body \
  --retry 5 --retry-connrefused --retry-max-time 300 --max-time 60 \
  --header "authorization: Bearer $DATES_KEY" \
  --header 'content-type: application/json' \
  --header "idempotency-key: shift-start-$(date -u +%F)" \
  --data '{
    "action_name": "Production_Date_Processor",
    "source_timestamp": "now",
    "target_timezone": "America/New_York",
    "operation": "START_OF",
    "unit": "day"
  }' \
  "$DATES_URL/manipulations"
echo
