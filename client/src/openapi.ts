// Generated from openapi.yaml by "npm run openapi"; do not edit.
export interface paths {
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document
         * @description The same as openapi.yaml in the repository. `GET /docs` is a page to read it.
         */
        get: operations["getOpenApiDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics for Prometheus
         * @description Histograms are in seconds; labels are of bounded sets. `METRICS_PORT` moves this to a listener of its own.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/manipulations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compute a date or time and write it into a data action
         * @description Validates, computes, finds the data action by its exact name, writes the value and keeps the rest of the action, announces it on the webhook, and answers with the audit record. An `Idempotency-Key` makes a retry safe.
         */
        post: operations["createManipulation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/manipulations/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compute a date or time, and write nothing
         * @description The same computation as a manipulation. Nothing is written, looked up or announced.
         */
        post: operations["previewManipulation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/manipulations/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Many manipulations; a result per item, streamed as they finish
         * @description Takes a JSON array or `application/x-ndjson`, of up to `BATCH_MAX_ITEMS` manipulations and 16 times `BODY_LIMIT_BYTES`. Answers a line per item as it finishes, `{ "index", "status", "audit_record" | "problem" }` with the HTTP status that the item alone would have had, and a last line `{ "summary" }`. One bad item never fails the others. Items for the same action are applied in their order. A client that goes away stops what has not started.
         */
        post: operations["createManipulationBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit records, newest first
         * @description Pages stay right while records arrive. With `Accept: application/x-ndjson`, all records that fit are streamed, oldest first, one a line; `limit` and `cursor` are refused then.
         */
        get: operations["listAuditRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-records/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One audit record
         * @description Whole, with the state of its webhook as of now.
         */
        get: operations["getAuditRecord"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-records/{request_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to one manipulation, and when
         * @description Its request as it was accepted, and the ledger’s entries of it with their times: accepted, computed, dispatched, each write sent to CXone, the outcome, each try of the webhook.
         */
        get: operations["getAuditHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendars": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the calendars
         * @description The calendars that a request may name, with the digest of the version in use.
         */
        get: operations["listCalendars"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendars/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One calendar, whether it is open, and what changes next
         * @description What it says, with all that it extends; its state at `at`, or now; and its next ten changes.
         */
        get: operations["getCalendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process answers
         * @description Touches nothing else: a failing dependency is no reason to restart this process.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A manipulation could be taken
         * @description The ledger must be writable. CXone being in trouble is told, but does not make this 503: the answer to a manipulation says it better.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "manipulation.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A manipulation was written
         * @description Standard Webhooks 1.0: at least once, signed. Verify the signature over the body as it arrived, remember `webhook-id`, answer 2xx at once. 410 ends it.
         */
        post: operations["manipulationCompleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "manipulation.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A manipulation was not written
         * @description Standard Webhooks 1.0: at least once, signed. Verify the signature over the body as it arrived, remember `webhook-id`, answer 2xx at once. 410 ends it.
         */
        post: operations["manipulationFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /** @description Years, months, weeks and days go by the calendar of the target zone, largest first; hours and smaller units are exact time, added last. A day that the month lacks is settled by `overflow`, a local time in a gap or a fold by `disambiguation`. */
        Add: components["schemas"]["ManipulationFields"] & components["schemas"]["AddFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ADD";
        };
        /** @description Moves forward by working days of the target zone (of the calendar’s own zone, where `calendar` names one) and keeps the time of day. A start on a day that is not worked counts from there: Saturday plus one is Monday. Nothing moves for 0 days. */
        AddBusinessDays: components["schemas"]["ManipulationFields"] & components["schemas"]["AddBusinessDaysFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ADD_BUSINESS_DAYS";
        };
        /** @description Moves forward by working days of the target zone (of the calendar’s own zone, where `calendar` names one) and keeps the time of day. A start on a day that is not worked counts from there: Saturday plus one is Monday. Nothing moves for 0 days. */
        AddBusinessDaysFields: {
            /**
             * @description Adds working days
             * @constant
             */
            operation: "ADD_BUSINESS_DAYS";
            /**
             * @description How many working days.
             * @example 5
             */
            days: number;
            /**
             * @description ISO weekdays that are not worked: 1 is Monday, 7 is Sunday.
             * @default [
             *       6,
             *       7
             *     ]
             */
            weekend?: number[];
            /**
             * @description Days that are not worked.
             * @default []
             */
            holidays?: string[];
            /**
             * @description Days that are worked although they are on a weekend or a holiday.
             * @default []
             */
            additional_working_days?: string[];
            /**
             * @description The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.
             * @example uk-support
             */
            calendar?: string;
        };
        /** @description Moves forward by exact time that passes only during opening hours: a day with 23 hours has an hour less of it where the gap is in the hours. A duration that ends with a shift ends at its close. Time within one of `pauses` does not count. Nothing moves for a duration of zero. */
        AddBusinessTime: components["schemas"]["ManipulationFields"] & components["schemas"]["AddBusinessTimeFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ADD_BUSINESS_TIME";
        };
        /** @description Moves forward by exact time that passes only during opening hours: a day with 23 hours has an hour less of it where the gap is in the hours. A duration that ends with a shift ends at its close. Time within one of `pauses` does not count. Nothing moves for a duration of zero. */
        AddBusinessTimeFields: {
            /**
             * @description Adds time that counts only while it is open
             * @constant
             */
            operation: "ADD_BUSINESS_TIME";
            /**
             * @description ISO 8601, of hours and smaller, not negative.
             * @example PT8H
             */
            duration: string;
            /**
             * @description The week, on the clock of the target zone; either this or `calendar` is required. Several entries for a day make split shifts. What runs past midnight belongs to the day on which it opened.
             * @example [
             *       {
             *         "days": [
             *           1,
             *           2,
             *           3,
             *           4,
             *           5
             *         ],
             *         "open": "08:00",
             *         "close": "17:30"
             *       }
             *     ]
             */
            opening_hours?: components["schemas"]["Shift"][];
            /**
             * @description Days that replace the week: closed, or with hours of their own (several entries for a date make split shifts).
             * @default []
             * @example [
             *       "2026-12-25",
             *       {
             *         "date": "2026-12-24",
             *         "open": "08:00",
             *         "close": "12:00",
             *         "reason": "Christmas Eve"
             *       }
             *     ]
             */
            holidays?: (string | components["schemas"]["Holiday"])[];
            /**
             * @description The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.
             * @example uk-support
             */
            calendar?: string;
            /**
             * @description Times that do not count although it is open: a clock that waits for the customer. Each is written as `source_timestamp`.
             * @default []
             */
            pauses?: components["schemas"]["Pause"][];
        };
        /** @description Years, months, weeks and days go by the calendar of the target zone, largest first; hours and smaller units are exact time, added last. A day that the month lacks is settled by `overflow`, a local time in a gap or a fold by `disambiguation`. */
        AddFields: {
            /**
             * @description Adds an ISO 8601 duration
             * @constant
             */
            operation: "ADD";
            /**
             * @description ISO 8601, such as `P1M`, `P1DT12H` or `PT90M`; may be negative.
             * @example P1M
             * @example PT90M
             */
            duration: string;
        };
        /** @description Exact time: the instant moves by that many minutes, whatever the clocks do in between. */
        AddOffset: components["schemas"]["ManipulationFields"] & components["schemas"]["AddOffsetFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ADD_OFFSET";
        };
        /** @description Exact time: the instant moves by that many minutes, whatever the clocks do in between. */
        AddOffsetFields: {
            /**
             * @description Moves the instant forward by minutes
             * @constant
             */
            operation: "ADD_OFFSET";
            /**
             * @description Minutes of exact time; may be negative.
             * @default 0
             * @example 120
             */
            offset_minutes?: number;
        };
        AuditEvent: {
            kind: components["schemas"]["AuditEventKind"];
            /** Format: date-time */
            at: string;
            /** @description For people: how it ended, or what was written. */
            detail: string | null;
        };
        /**
         * @description `dispatched`: the mark that a write may leave is on disk. `attempt`: a write was sent to CXone. `webhook`: a try of the webhook ended.
         * @enum {string}
         */
        AuditEventKind: "accepted" | "computed" | "dispatched" | "attempt" | "outcome" | "webhook";
        AuditHistory: {
            /** @description The request as it was accepted; null for a record of before it was kept. */
            request: {
                [key: string]: unknown;
            } | null;
            /** @description What happened, oldest first. */
            events: components["schemas"]["AuditEvent"][];
        };
        AuditRecord: {
            /** Format: uuid */
            request_id: string;
            /**
             * Format: date-time
             * @description When the manipulation was accepted.
             */
            timestamp: string;
            /** @description Who asked: the id of the API key or the subject of the token. */
            caller: string;
            /** @description The distributed trace, from the caller’s `traceparent`. */
            trace_id: string | null;
            /** @description CXone’s id of the data action; null until it is known. */
            action_id: string | null;
            action_name: string;
            operation: string;
            target_timezone: string;
            /** @description The source as given (an epoch source as its decimal text). */
            input_timestamp: string;
            /** @description The value, in `output_format`. */
            output_timestamp: string | number;
            /** @description The same moment in UTC at `precision_limit`; null for `UNTIL`, which answers a duration. */
            output_instant: string | null;
            resolution: components["schemas"]["Resolution"];
            /** @description The source or the result falls on 29 February in the target zone. */
            leap_day: boolean;
            /** @description What truncation or rounding removed: the exact result minus the written one. */
            discarded_nanoseconds: number;
            /** @description The release of the tz database that decided. */
            tzdb_version: string;
            /** @description The written value, parsed again from its own text by an independent path, is within one unit of `precision_limit` of the exact expected instant. */
            accuracy_valid: boolean;
            /** @description The calendar that decided; of a sequence, that of its last step with one. */
            calendar: components["schemas"]["CalendarRef"] | null;
            /** @description Of a `SEQUENCE`, what each step came to. */
            steps: components["schemas"]["StepResult"][] | null;
            /** @description From acceptance to the outcome, the webhook left out. */
            latency_ms: number;
            /** @description The part of it spent waiting for CXone. */
            upstream_ms: number;
            /** @description Writes (PUT) sent to CXone. */
            attempts: number;
            /** @description The webhook had been delivered when the answer was sent. */
            webhook_triggered: boolean;
            /** @description How far the webhook got, as of now; null when none is configured. */
            webhook: components["schemas"]["WebhookState"] | null;
            status: components["schemas"]["Status"];
            /** @description Why it did not end in `SUCCESS`: the problem’s code and detail. */
            error: components["schemas"]["RecordedError"] | null;
        };
        AuditRecordList: {
            items: components["schemas"]["AuditRecord"][];
            /** @description For the next page; null on the last one. */
            next_cursor: string | null;
        };
        BatchFailure: {
            /** @description The item’s place in the batch, from 0. */
            index: number;
            /** @description The HTTP status that the item alone would have had. */
            status: number;
            problem: components["schemas"]["Problem"];
        };
        BatchLine: components["schemas"]["BatchSuccess"] | components["schemas"]["BatchFailure"] | components["schemas"]["BatchSummary"];
        BatchSuccess: {
            /** @description The item’s place in the batch, from 0. */
            index: number;
            /** @description The HTTP status that the item alone would have had. */
            status: number;
            audit_record: components["schemas"]["AuditRecord"];
        };
        /** @description The last line. */
        BatchSummary: {
            summary: components["schemas"]["BatchTotals"];
        };
        BatchTotals: {
            total: number;
            succeeded: number;
            failed: number;
            elapsed_ms: number;
        };
        /** @description The working days after the source’s date up to and including that of the other moment, both in the target zone (in the calendar’s own, where `calendar` names one): the mirror of `ADD_BUSINESS_DAYS`, which leads there with that number. Negative when the other date is earlier: then those before the source’s date, down to the other. The answer is a number; `output_instant` is null. Between two working days it is the same number as numpy’s `busday_count`, which counts the first date and not the last. */
        BusinessDaysUntil: components["schemas"]["ManipulationFields"] & components["schemas"]["BusinessDaysUntilFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "BUSINESS_DAYS_UNTIL";
        };
        /** @description The working days after the source’s date up to and including that of the other moment, both in the target zone (in the calendar’s own, where `calendar` names one): the mirror of `ADD_BUSINESS_DAYS`, which leads there with that number. Negative when the other date is earlier: then those before the source’s date, down to the other. The answer is a number; `output_instant` is null. Between two working days it is the same number as numpy’s `busday_count`, which counts the first date and not the last. */
        BusinessDaysUntilFields: {
            /**
             * @description How many working days it is to another moment
             * @constant
             */
            operation: "BUSINESS_DAYS_UNTIL";
            /**
             * @description The other moment: RFC 3339, RFC 9557, or a local date-time, read in `source_timezone` as the source would be.
             * @example 2024-03-01T00:00:00Z
             */
            until_timestamp: string;
            /**
             * @description ISO weekdays that are not worked: 1 is Monday, 7 is Sunday.
             * @default [
             *       6,
             *       7
             *     ]
             */
            weekend?: number[];
            /**
             * @description Days that are not worked.
             * @default []
             */
            holidays?: string[];
            /**
             * @description Days that are worked although they are on a weekend or a holiday.
             * @default []
             */
            additional_working_days?: string[];
            /**
             * @description The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.
             * @example uk-support
             */
            calendar?: string;
        };
        /** @description How long it is open between the two, without `pauses`: what a service level counts. Negative when the other moment is earlier. `ADD_BUSINESS_TIME` of a duration, and then this, answers the duration. `duration_format` writes it as text or as a number (a day is 24 open hours then), `output_format` has no part in it, and `output_instant` is null. */
        BusinessTimeUntil: components["schemas"]["ManipulationFields"] & components["schemas"]["BusinessTimeUntilFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "BUSINESS_TIME_UNTIL";
        };
        /** @description How long it is open between the two, without `pauses`: what a service level counts. Negative when the other moment is earlier. `ADD_BUSINESS_TIME` of a duration, and then this, answers the duration. `duration_format` writes it as text or as a number (a day is 24 open hours then), `output_format` has no part in it, and `output_instant` is null. */
        BusinessTimeUntilFields: {
            /**
             * @description The open time from the source to another moment
             * @constant
             */
            operation: "BUSINESS_TIME_UNTIL";
            /**
             * @description The other moment: RFC 3339, RFC 9557, or a local date-time, read in `source_timezone` as the source would be.
             * @example 2024-03-01T00:00:00Z
             */
            until_timestamp: string;
            /**
             * @description The week, on the clock of the target zone; either this or `calendar` is required. Several entries for a day make split shifts. What runs past midnight belongs to the day on which it opened.
             * @example [
             *       {
             *         "days": [
             *           1,
             *           2,
             *           3,
             *           4,
             *           5
             *         ],
             *         "open": "08:00",
             *         "close": "17:30"
             *       }
             *     ]
             */
            opening_hours?: components["schemas"]["Shift"][];
            /**
             * @description Days that replace the week: closed, or with hours of their own (several entries for a date make split shifts).
             * @default []
             * @example [
             *       "2026-12-25",
             *       {
             *         "date": "2026-12-24",
             *         "open": "08:00",
             *         "close": "12:00",
             *         "reason": "Christmas Eve"
             *       }
             *     ]
             */
            holidays?: (string | components["schemas"]["Holiday"])[];
            /**
             * @description The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.
             * @example uk-support
             */
            calendar?: string;
            /**
             * @description Times that do not count although it is open: a clock that waits for the customer. Each is written as `source_timestamp`.
             * @default []
             */
            pauses?: components["schemas"]["Pause"][];
        };
        Calendar: {
            /** @description Where the data is from, and under which licence. */
            attribution?: string;
            /**
             * @description The file’s own name, without `.json`.
             * @example uk-support
             */
            name: string;
            /** @description Another calendar of the folder. What this one does not say, that one says; holidays, additional working days and overrides are added to those of that one, and a holiday of the same date replaces that one’s. */
            extends?: string;
            /** @description The week. Several entries a day make split shifts. */
            opening_hours?: components["schemas"]["Shift"][];
            /** @description ISO weekdays that are not worked; 6 and 7 when it is left out. */
            weekend?: number[];
            holidays?: (string | {
                /**
                 * @description One day.
                 * @example 2026-12-25
                 */
                date: string;
                /**
                 * @description The hours of that day; closed all day without them.
                 * @example 08:00
                 */
                open?: string;
                /**
                 * @description At or before `open`, it is on the next day; `24:00` is the end of the day.
                 * @example 08:00
                 */
                close?: string;
                /**
                 * @description Repeated in answers.
                 * @example Christmas Day
                 */
                reason?: string;
            } | {
                month: number;
                /** @description 29 February is one only in leap years. */
                day: number;
                /**
                 * @description The hours of that day; closed all day without them.
                 * @example 08:00
                 */
                open?: string;
                /**
                 * @description At or before `open`, it is on the next day; `24:00` is the end of the day.
                 * @example 08:00
                 */
                close?: string;
                /**
                 * @description Repeated in answers.
                 * @example Christmas Day
                 */
                reason?: string;
            } | {
                /**
                 * @description RFC 5545, with `FREQ=YEARLY` or `MONTHLY`: its occurrences’ dates.
                 * @example RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO
                 */
                recurrence_rule: string;
                /**
                 * @description The hours of that day; closed all day without them.
                 * @example 08:00
                 */
                open?: string;
                /**
                 * @description At or before `open`, it is on the next day; `24:00` is the end of the day.
                 * @example 08:00
                 */
                close?: string;
                /**
                 * @description Repeated in answers.
                 * @example Christmas Day
                 */
                reason?: string;
            })[];
            /** @description Worked days, with the hours of their weekday, or where that has none, of the nearest weekday before it that has. */
            additional_working_days?: string[];
            /** @description Emergencies and exceptions. Of two that overlap, the later one in the list holds. */
            overrides?: {
                /**
                 * @description A date, or a time on the calendar’s clock, or one with an offset.
                 * @example 2026-06-05T14:00
                 */
                from: string;
                /**
                 * @description A date that is included, or a time at which it ends.
                 * @example 2026-06-05T17:00
                 */
                to: string;
                /** @description Whether it is open then, whatever the hours say. */
                open: boolean;
                /**
                 * @description Repeated in answers.
                 * @example Christmas Day
                 */
                reason?: string;
            }[];
            /**
             * @description The first day that it knows; 1970-01-01 when it is left out.
             * @example 2026-12-25
             */
            valid_from?: string;
            /**
             * @description The last day that it knows; 2099-12-31 when it is left out.
             * @example 2026-12-25
             */
            valid_until?: string;
            timezone: string;
            /** @description SHA-256 (hex) of the whole calendar as canonical JSON (RFC 8785). */
            sha256: string;
            /** @description At `at`; null without opening hours. */
            state: components["schemas"]["OpenState"] | null;
            /** @description The next ten. */
            next_changes: {
                /** @description RFC 3339, on the calendar’s clock. */
                at: string;
                /** @description Whether it opens or closes then. */
                open: boolean;
                reason: string | null;
            }[];
        };
        CalendarFields: {
            /**
             * @description ISO: 1 is Monday, 7 is Sunday.
             * @example 4
             */
            weekday: number;
            /**
             * @description The year that the ISO week belongs to.
             * @example 2024
             */
            iso_year: number;
            /**
             * @description ISO 8601 week, 1 to 53.
             * @example 9
             */
            iso_week: number;
            /**
             * @description 1 to 366.
             * @example 60
             */
            day_of_year: number;
            /**
             * @description `±HH:MM`, with seconds where the zone has them.
             * @example -05:00
             */
            utc_offset: string;
        };
        CalendarList: {
            items: components["schemas"]["CalendarSummary"][];
        };
        CalendarRef: {
            /** @example uk-support */
            name: string;
            /** @description SHA-256 (hex) of the calendar as canonical JSON (RFC 8785), what it extends included. */
            sha256: string;
        };
        CalendarSummary: {
            name: string;
            timezone: string;
            /** @description SHA-256 (hex) of the whole calendar as canonical JSON (RFC 8785). */
            sha256: string;
        };
        /** @description What every request may say, whatever its operation. */
        CommonFields: {
            /**
             * @description RFC 3339 (`2024-02-29T15:30:00.000Z`), RFC 9557 with a zone (`2024-02-29T10:30:00-05:00[America/New_York]`), a local date-time with neither offset nor zone, read in `source_timezone`, or `now`: the moment at which the request was accepted. Other ways to write it are chosen by `source_format`. Either this or `source_epoch` is required.
             * @example 2024-02-29T15:30:00.000Z
             * @example 2024-02-29T10:30:00-05:00[America/New_York]
             * @example 2024-02-29T10:30:00
             * @example now
             */
            source_timestamp?: string;
            /**
             * @description How `source_timestamp` is written: what the service writes, it can read. `cxone_studio` (`02/29/2024 10:30:00 AM`), `ole_automation_date` (days since 30 December 1899, as text: `45351.4375`) and `date` (`2024-02-29`, the first moment of that day) are on the clock of `source_timezone`; `rfc1123` (`Thu, 29 Feb 2024 15:30:00 GMT`) is in GMT.
             * @default rfc3339
             * @enum {string}
             */
            source_format?: "rfc3339" | "cxone_studio" | "rfc1123" | "ole_automation_date" | "date";
            /**
             * @description Time since 1970-01-01T00:00Z. Either this or `source_timestamp` is required.
             * @example {
             *       "value": 1709220600,
             *       "unit": "second"
             *     }
             */
            source_epoch?: {
                /**
                 * @description As decimal text, or as a number where JSON numbers are exact (up to 2^53 - 1).
                 * @example 1709220600000
                 * @example 1709220600000
                 */
                value: string | number;
                unit: components["schemas"]["EpochUnit"];
            };
            /**
             * @description The zone of a local `source_timestamp`; UTC when it is left out. An error beside a source that has an offset or a zone of its own.
             * @example Europe/Berlin
             */
            source_timezone?: string;
            /**
             * @description An IANA id (any letter case, links included), a Windows zone name, or an offset such as `+05:30`.
             * @example America/New_York
             * @example Eastern Standard Time
             * @example +05:30
             */
            target_timezone: string;
            /**
             * @description Decimal places of seconds. CXone takes up to 3.
             * @default 3
             */
            precision_limit?: number;
            /**
             * @description How the digits beyond the limit go, on the time line: `trunc` is towards the past, before 1970 too. Names are those of Temporal.
             * @default trunc
             * @enum {string}
             */
            rounding_mode?: "ceil" | "floor" | "expand" | "trunc" | "halfCeil" | "halfFloor" | "halfExpand" | "halfTrunc" | "halfEven";
            /**
             * @description For a local time that the clocks skip (a gap) or show twice (a fold). `compatible` takes the later in a gap and the earlier in a fold.
             * @default compatible
             * @enum {string}
             */
            disambiguation?: "compatible" | "earlier" | "later" | "reject";
            /**
             * @description When the offset and the `[Zone]` of a timestamp disagree.
             * @default reject
             * @enum {string}
             */
            offset_conflict?: "reject" | "use" | "prefer" | "ignore";
            /**
             * @description For 31 January plus a month: the last day of February, or an error.
             * @default constrain
             * @enum {string}
             */
            overflow?: "constrain" | "reject";
            /**
             * @description What is written. `rfc3339` has the zone’s offset, and `Z` for UTC; `utc` always `Z`; `rfc9557` the `[Zone]` too; the epochs are numbers; `rfc1123` is in GMT; `cxone_studio` (`MM/dd/yyyy hh:mm:ss tt`) and `ole_automation_date` are the local wall clock; `date` (`2024-02-29`) is its date; `pattern` is what `output_pattern` says.
             * @default rfc3339
             * @enum {string}
             */
            output_format?: "rfc3339" | "utc" | "rfc9557" | "epoch_seconds" | "epoch_milliseconds" | "rfc1123" | "cxone_studio" | "ole_automation_date" | "date" | "pattern";
            /**
             * @description With `output_format: pattern`: fields of Unicode (LDML) on the target zone’s clock, a closed set: `y yy yyyy`, `Q`, `M MM MMM MMMM` (`LLL LLLL` standing alone), `d dd`, `D DDD` (day of the year), `E EEE EEEE`, `a`, `h hh H HH`, `m mm`, `s ss`, `S SS SSS`, offsets `X XX XXX x xx xxx O OOOO`, zones `z zzzz VV`. Other letters are refused; text stands in quotes (`'T'`).
             * @example EEEE, d MMMM yyyy, h:mm a
             */
            output_pattern?: string;
            /**
             * @description BCP 47: whose names of months, weekdays and zones `output_pattern` writes. Digits are always 0 to 9.
             * @default en-US
             * @example de-DE
             */
            output_locale?: string;
            /**
             * @description How a length of time is written, where the operation answers one: ISO 8601 text, or a number of hours, minutes, seconds, or days of the target zone’s calendar, with decimals.
             * @default iso8601
             * @enum {string}
             */
            duration_format?: "iso8601" | "hours" | "minutes" | "seconds" | "days";
        };
        /** @description Shows the source’s instant on the clock of the target zone. The instant never changes. */
        Convert: components["schemas"]["ManipulationFields"] & components["schemas"]["ConvertFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "CONVERT";
        };
        /** @description Shows the source’s instant on the clock of the target zone. The instant never changes. */
        ConvertFields: {
            /**
             * @description The same instant in the target zone
             * @constant
             */
            operation: "CONVERT";
        };
        Dependencies: {
            ledger: components["schemas"]["DependencyHealth"];
            cxone: components["schemas"]["DependencyHealth"];
            process: components["schemas"]["DependencyHealth"];
        };
        DependencyHealth: {
            state: components["schemas"]["HealthState"];
            /** @description What is wrong, where something is. */
            detail?: string;
        };
        /**
         * @description Once a manipulation had begun: what became of the write.
         * @enum {string}
         */
        Effect: "none" | "applied" | "unknown";
        /** @description The end of the hour, day, week, month, quarter or year that the source is in, in the target zone: the last instant at the precision, or the start of the next unit. */
        EndOf: components["schemas"]["ManipulationFields"] & components["schemas"]["EndOfFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "END_OF";
        };
        /** @description The end of the hour, day, week, month, quarter or year that the source is in, in the target zone: the last instant at the precision, or the start of the next unit. */
        EndOfFields: {
            /**
             * @description The last instant of a unit
             * @constant
             */
            operation: "END_OF";
            /**
             * @description A unit of the target zone’s clock and calendar. Weeks begin on `week_start`; years, and the quarters of them, with `year_start_month`.
             * @enum {string}
             */
            unit: "hour" | "day" | "week" | "month" | "quarter" | "year";
            /**
             * @description The ISO weekday on which a week begins: 1 is Monday, 7 is Sunday.
             * @default 1
             * @example 7
             */
            week_start?: number;
            /**
             * @description The month with which a year and its quarters begin, for fiscal years: 4 is April.
             * @default 1
             * @example 4
             */
            year_start_month?: number;
            /**
             * @description `inclusive`: the last instant at the precision. `exclusive`: the start of the next unit.
             * @default inclusive
             * @enum {string}
             */
            bound?: "inclusive" | "exclusive";
        };
        /**
         * @description Said by the caller, never guessed from the magnitude.
         * @enum {string}
         */
        EpochUnit: "second" | "millisecond" | "microsecond" | "nanosecond";
        FieldError: {
            /** @description Where in the body, as a JSON Pointer (RFC 6901). */
            path: string;
            /** @description What to do about it. */
            message: string;
        };
        /** @description The state of each dependency. */
        Health: {
            status: components["schemas"]["ReadinessStatus"];
            dependencies: components["schemas"]["Dependencies"];
        };
        /**
         * @description `degraded`: in trouble, and the service goes on without it.
         * @enum {string}
         */
        HealthState: "ok" | "degraded" | "failed";
        Holiday: {
            date: string;
            /**
             * @description The hours of that day; closed all day without them.
             * @example 08:00
             */
            open?: string;
            /**
             * @description At or before `open`, it is on the next day; `24:00` is the end of the day.
             * @example 08:00
             */
            close?: string;
            reason?: string;
        };
        Liveness: {
            status: components["schemas"]["LivenessStatus"];
        };
        /**
         * @description Always.
         * @enum {string}
         */
        LivenessStatus: "alive";
        /** @description The fields of a manipulation. */
        ManipulationFields: components["schemas"]["CommonFields"] & {
            /**
             * @description The exact name of the data action.
             * @example Production_Date_Processor
             */
            action_name: string;
            /**
             * Format: uri
             * @description Where this manipulation is announced, instead of the configured address.
             * @example https://hooks.example.com/dates
             */
            webhook_url?: string;
        };
        /** @description One of the operations, told apart by `operation`. */
        ManipulationRequest: components["schemas"]["Convert"] | components["schemas"]["AddOffset"] | components["schemas"]["SubtractOffset"] | components["schemas"]["Add"] | components["schemas"]["Subtract"] | components["schemas"]["Round"] | components["schemas"]["StartOf"] | components["schemas"]["EndOf"] | components["schemas"]["Until"] | components["schemas"]["AddBusinessDays"] | components["schemas"]["SubtractBusinessDays"] | components["schemas"]["RollToBusinessDay"] | components["schemas"]["BusinessDaysUntil"] | components["schemas"]["NextOpening"] | components["schemas"]["NextClosing"] | components["schemas"]["AddBusinessTime"] | components["schemas"]["SubtractBusinessTime"] | components["schemas"]["BusinessTimeUntil"] | components["schemas"]["NextOccurrence"] | components["schemas"]["Sequence"];
        /** @description Answers the moment at which the centre next closes: the end of the opening that the source lies in, or, when it is closed then, of the next one. Shifts that overlap or touch are one opening. Local times in a gap or a fold are settled by `disambiguation`. */
        NextClosing: components["schemas"]["ManipulationFields"] & components["schemas"]["NextClosingFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "NEXT_CLOSING";
        };
        /** @description Answers the moment at which the centre next closes: the end of the opening that the source lies in, or, when it is closed then, of the next one. Shifts that overlap or touch are one opening. Local times in a gap or a fold are settled by `disambiguation`. */
        NextClosingFields: {
            /**
             * @description The end of the opening that the source is in, or else of the next one
             * @constant
             */
            operation: "NEXT_CLOSING";
            /**
             * @description The week, on the clock of the target zone; either this or `calendar` is required. Several entries for a day make split shifts. What runs past midnight belongs to the day on which it opened.
             * @example [
             *       {
             *         "days": [
             *           1,
             *           2,
             *           3,
             *           4,
             *           5
             *         ],
             *         "open": "08:00",
             *         "close": "17:30"
             *       }
             *     ]
             */
            opening_hours?: components["schemas"]["Shift"][];
            /**
             * @description Days that replace the week: closed, or with hours of their own (several entries for a date make split shifts).
             * @default []
             * @example [
             *       "2026-12-25",
             *       {
             *         "date": "2026-12-24",
             *         "open": "08:00",
             *         "close": "12:00",
             *         "reason": "Christmas Eve"
             *       }
             *     ]
             */
            holidays?: (string | components["schemas"]["Holiday"])[];
            /**
             * @description The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.
             * @example uk-support
             */
            calendar?: string;
        };
        /** @description The first occurrence of a cron expression or of an RFC 5545 recurrence strictly after the source; one of the two is given. A cron expression runs on the clock of the target zone: by exact time when its hour begins with `*`, so that an hour that the clocks show twice is there twice; else on the wall clock. Rules by day and longer run on the clock of their zone: a time that the clocks skip is left out and not counted, or moved behind the gap with `gap_policy: compatible`; one that they show twice occurs once, the first time. Rules by hour and shorter are exact time. */
        NextOccurrence: components["schemas"]["ManipulationFields"] & components["schemas"]["NextOccurrenceFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "NEXT_OCCURRENCE";
        };
        /** @description The first occurrence of a cron expression or of an RFC 5545 recurrence strictly after the source; one of the two is given. A cron expression runs on the clock of the target zone: by exact time when its hour begins with `*`, so that an hour that the clocks show twice is there twice; else on the wall clock. Rules by day and longer run on the clock of their zone: a time that the clocks skip is left out and not counted, or moved behind the gap with `gap_policy: compatible`; one that they show twice occurs once, the first time. Rules by hour and shorter are exact time. */
        NextOccurrenceFields: {
            /**
             * @description The next occurrence of a cron expression or a recurrence rule
             * @constant
             */
            operation: "NEXT_OCCURRENCE";
            /**
             * @description Five fields: minute, hour, day of month, month, day of week. Names (`MON`, `JAN`), ranges, lists and steps; `L` (last day, `L-3`, `FRIL`), `W` (nearest weekday, `15W`, `LW`), `#` (`5#3`, the third Friday). Where both days are named, either will do; where one begins with `*`, both must hold (Vixie).
             * @example 30 8 * * MON-FRI
             * @example 0 9 L * *
             * @example 0 17 * * FRI#3
             */
            cron?: string;
            /**
             * @description One `RRULE`, and `DTSTART`, `RDATE` and `EXDATE` if wanted, a line each. Without `DTSTART` it starts at the source. Times with neither `TZID` nor `Z` are on the clock of the target zone.
             * @example DTSTART;TZID=Europe/Berlin:20260131T090000
             *     RRULE:FREQ=MONTHLY;BYMONTHDAY=-1
             */
            recurrence_rule?: string;
            /**
             * @description For an occurrence that the clocks skip: leave it out (RFC 5545 3.3.10), or move it behind the gap.
             * @default skip
             * @enum {string}
             */
            gap_policy?: "skip" | "compatible";
        };
        /** @description Answers the source itself when the centre is open then, else the moment at which it next opens. The closing time itself is closed. Local times in a gap or a fold are settled by `disambiguation`. */
        NextOpening: components["schemas"]["ManipulationFields"] & components["schemas"]["NextOpeningFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "NEXT_OPENING";
        };
        /** @description Answers the source itself when the centre is open then, else the moment at which it next opens. The closing time itself is closed. Local times in a gap or a fold are settled by `disambiguation`. */
        NextOpeningFields: {
            /**
             * @description The source if it is open then, else the next opening
             * @constant
             */
            operation: "NEXT_OPENING";
            /**
             * @description The week, on the clock of the target zone; either this or `calendar` is required. Several entries for a day make split shifts. What runs past midnight belongs to the day on which it opened.
             * @example [
             *       {
             *         "days": [
             *           1,
             *           2,
             *           3,
             *           4,
             *           5
             *         ],
             *         "open": "08:00",
             *         "close": "17:30"
             *       }
             *     ]
             */
            opening_hours?: components["schemas"]["Shift"][];
            /**
             * @description Days that replace the week: closed, or with hours of their own (several entries for a date make split shifts).
             * @default []
             * @example [
             *       "2026-12-25",
             *       {
             *         "date": "2026-12-24",
             *         "open": "08:00",
             *         "close": "12:00",
             *         "reason": "Christmas Eve"
             *       }
             *     ]
             */
            holidays?: (string | components["schemas"]["Holiday"])[];
            /**
             * @description The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.
             * @example uk-support
             */
            calendar?: string;
        };
        Occurrence: {
            /** @description In `output_format`. */
            output_timestamp: string | number;
            /** @description The same moment in UTC. */
            output_instant: string;
        };
        OpenState: {
            open: boolean;
            /** @description Of the holiday or the override that decides; null for the week’s hours. */
            reason: string | null;
            /** @description When it next opens or closes, RFC 3339; null where no change is within reach. */
            changes_at: string | null;
            /** @description From the moment that was asked about. */
            seconds_until_change: number | null;
        };
        Pause: {
            /**
             * @description The clock stops.
             * @example 2026-06-05T10:00:00+02:00
             */
            from: string;
            /**
             * @description It goes on.
             * @example 2026-06-05T11:30:00+02:00
             */
            to: string;
        };
        Preview: {
            /** @description The value, in `output_format`. */
            output_timestamp: string | number;
            /** @description The same moment in UTC at `precision_limit`; null for `UNTIL`, which answers a duration. */
            output_instant: string | null;
            resolution: components["schemas"]["Resolution"];
            /** @description The source or the result falls on 29 February in the target zone. */
            leap_day: boolean;
            /** @description What truncation or rounding removed: the exact result minus the written one. */
            discarded_nanoseconds: number;
            /** @description The release of the tz database that decided. */
            tzdb_version: string;
            /** @description The written value, parsed again from its own text by an independent path, is within one unit of `precision_limit` of the exact expected instant. */
            accuracy_valid: boolean;
            /** @description The calendar that decided; of a sequence, that of its last step with one. */
            calendar: components["schemas"]["CalendarRef"] | null;
            /** @description Of a `SEQUENCE`, what each step came to. */
            steps: components["schemas"]["StepResult"][] | null;
            /** @description The target zone’s next change of offset after the result, or null when none is known. */
            next_transition: components["schemas"]["Transition"] | null;
            /** @description The target zone’s last change of offset up to the result, or null when none is known. */
            previous_transition: components["schemas"]["Transition"] | null;
            /** @description The result on the target zone’s calendar; null for a length or a count. */
            fields: components["schemas"]["CalendarFields"] | null;
            /** @description As many as `occurrences` asked for, the result first; fewer when it ends before. */
            occurrences?: components["schemas"]["Occurrence"][];
            /** @description The result in each zone of `also_in`; none of a length or a count. */
            also_in?: components["schemas"]["TimeElsewhere"][];
            /** @description Where opening hours or a calendar are given: whether it is open at the source. Null of a calendar without hours. */
            state?: components["schemas"]["OpenState"] | null;
            /** @description What is legal but a trap. */
            warnings: components["schemas"]["Warning"][];
        };
        /** @description Years, months, weeks and days go by the calendar of the target zone, largest first; hours and smaller units are exact time, added last. A day that the month lacks is settled by `overflow`, a local time in a gap or a fold by `disambiguation`. */
        PreviewAdd: components["schemas"]["PreviewFields"] & components["schemas"]["AddFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ADD";
        };
        /** @description Moves forward by working days of the target zone (of the calendar’s own zone, where `calendar` names one) and keeps the time of day. A start on a day that is not worked counts from there: Saturday plus one is Monday. Nothing moves for 0 days. */
        PreviewAddBusinessDays: components["schemas"]["PreviewFields"] & components["schemas"]["AddBusinessDaysFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ADD_BUSINESS_DAYS";
        };
        /** @description Moves forward by exact time that passes only during opening hours: a day with 23 hours has an hour less of it where the gap is in the hours. A duration that ends with a shift ends at its close. Time within one of `pauses` does not count. Nothing moves for a duration of zero. */
        PreviewAddBusinessTime: components["schemas"]["PreviewFields"] & components["schemas"]["AddBusinessTimeFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ADD_BUSINESS_TIME";
        };
        /** @description Exact time: the instant moves by that many minutes, whatever the clocks do in between. */
        PreviewAddOffset: components["schemas"]["PreviewFields"] & components["schemas"]["AddOffsetFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ADD_OFFSET";
        };
        /** @description The working days after the source’s date up to and including that of the other moment, both in the target zone (in the calendar’s own, where `calendar` names one): the mirror of `ADD_BUSINESS_DAYS`, which leads there with that number. Negative when the other date is earlier: then those before the source’s date, down to the other. The answer is a number; `output_instant` is null. Between two working days it is the same number as numpy’s `busday_count`, which counts the first date and not the last. */
        PreviewBusinessDaysUntil: components["schemas"]["PreviewFields"] & components["schemas"]["BusinessDaysUntilFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "BUSINESS_DAYS_UNTIL";
        };
        /** @description How long it is open between the two, without `pauses`: what a service level counts. Negative when the other moment is earlier. `ADD_BUSINESS_TIME` of a duration, and then this, answers the duration. `duration_format` writes it as text or as a number (a day is 24 open hours then), `output_format` has no part in it, and `output_instant` is null. */
        PreviewBusinessTimeUntil: components["schemas"]["PreviewFields"] & components["schemas"]["BusinessTimeUntilFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "BUSINESS_TIME_UNTIL";
        };
        /** @description Shows the source’s instant on the clock of the target zone. The instant never changes. */
        PreviewConvert: components["schemas"]["PreviewFields"] & components["schemas"]["ConvertFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "CONVERT";
        };
        /** @description The end of the hour, day, week, month, quarter or year that the source is in, in the target zone: the last instant at the precision, or the start of the next unit. */
        PreviewEndOf: components["schemas"]["PreviewFields"] & components["schemas"]["EndOfFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "END_OF";
        };
        /** @description The fields of a preview. */
        PreviewFields: components["schemas"]["CommonFields"] & {
            /**
             * @description The exact name of the data action.
             * @example Production_Date_Processor
             */
            action_name?: string;
            /**
             * Format: uri
             * @description Where this manipulation is announced, instead of the configured address.
             * @example https://hooks.example.com/dates
             */
            webhook_url?: string;
            /**
             * @description With `NEXT_OCCURRENCE`: how many occurrences to list.
             * @example 5
             */
            occurrences?: number;
            /**
             * @description Zones in which to tell the result, too.
             * @example [
             *       "Asia/Kolkata",
             *       "America/Los_Angeles"
             *     ]
             */
            also_in?: string[];
        };
        /** @description Answers the moment at which the centre next closes: the end of the opening that the source lies in, or, when it is closed then, of the next one. Shifts that overlap or touch are one opening. Local times in a gap or a fold are settled by `disambiguation`. */
        PreviewNextClosing: components["schemas"]["PreviewFields"] & components["schemas"]["NextClosingFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "NEXT_CLOSING";
        };
        /** @description The first occurrence of a cron expression or of an RFC 5545 recurrence strictly after the source; one of the two is given. A cron expression runs on the clock of the target zone: by exact time when its hour begins with `*`, so that an hour that the clocks show twice is there twice; else on the wall clock. Rules by day and longer run on the clock of their zone: a time that the clocks skip is left out and not counted, or moved behind the gap with `gap_policy: compatible`; one that they show twice occurs once, the first time. Rules by hour and shorter are exact time. */
        PreviewNextOccurrence: components["schemas"]["PreviewFields"] & components["schemas"]["NextOccurrenceFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "NEXT_OCCURRENCE";
        };
        /** @description Answers the source itself when the centre is open then, else the moment at which it next opens. The closing time itself is closed. Local times in a gap or a fold are settled by `disambiguation`. */
        PreviewNextOpening: components["schemas"]["PreviewFields"] & components["schemas"]["NextOpeningFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "NEXT_OPENING";
        };
        /** @description One of the operations, told apart by `operation`. */
        PreviewRequest: components["schemas"]["PreviewConvert"] | components["schemas"]["PreviewAddOffset"] | components["schemas"]["PreviewSubtractOffset"] | components["schemas"]["PreviewAdd"] | components["schemas"]["PreviewSubtract"] | components["schemas"]["PreviewRound"] | components["schemas"]["PreviewStartOf"] | components["schemas"]["PreviewEndOf"] | components["schemas"]["PreviewUntil"] | components["schemas"]["PreviewAddBusinessDays"] | components["schemas"]["PreviewSubtractBusinessDays"] | components["schemas"]["PreviewRollToBusinessDay"] | components["schemas"]["PreviewBusinessDaysUntil"] | components["schemas"]["PreviewNextOpening"] | components["schemas"]["PreviewNextClosing"] | components["schemas"]["PreviewAddBusinessTime"] | components["schemas"]["PreviewSubtractBusinessTime"] | components["schemas"]["PreviewBusinessTimeUntil"] | components["schemas"]["PreviewNextOccurrence"] | components["schemas"]["PreviewSequence"];
        /** @description Answers the source itself when its date is worked in the target zone (in the calendar’s own, where `calendar` names one), else the same time of the working day that `roll` names. */
        PreviewRollToBusinessDay: components["schemas"]["PreviewFields"] & components["schemas"]["RollToBusinessDayFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ROLL_TO_BUSINESS_DAY";
        };
        /** @description Rounds the local time of the target zone to a multiple of `smallest_unit` since its midnight. A day is as long as it is there: 23 hours when the clocks go forward. A rounded local time that occurs twice keeps the source’s offset if it can, and is settled by `disambiguation` if not. */
        PreviewRound: components["schemas"]["PreviewFields"] & components["schemas"]["RoundFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ROUND";
        };
        /** @description Runs 2 to 8 operations and writes the last result once. The common fields hold for every step; nothing is rounded to the precision between them. `steps` in the answer has the value of each. */
        PreviewSequence: components["schemas"]["PreviewFields"] & components["schemas"]["SequenceFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SEQUENCE";
        };
        /** @description The first instant of the hour, day, week, month, quarter or year that the source is in, in the target zone. A day does not always begin at 00:00. */
        PreviewStartOf: components["schemas"]["PreviewFields"] & components["schemas"]["StartOfFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "START_OF";
        };
        /** @description The same as `ADD` with the sign of the duration changed: date units by the calendar of the target zone, largest first, then exact time. */
        PreviewSubtract: components["schemas"]["PreviewFields"] & components["schemas"]["SubtractFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SUBTRACT";
        };
        /** @description The mirror of `ADD_BUSINESS_DAYS`: moves back by working days of the target zone and keeps the time of day. Sunday minus one is Friday. */
        PreviewSubtractBusinessDays: components["schemas"]["PreviewFields"] & components["schemas"]["SubtractBusinessDaysFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SUBTRACT_BUSINESS_DAYS";
        };
        /** @description The mirror of `ADD_BUSINESS_TIME`: it undoes it wherever the source is open. A duration that ends with a shift ends at its opening. Nothing moves for a duration of zero. */
        PreviewSubtractBusinessTime: components["schemas"]["PreviewFields"] & components["schemas"]["SubtractBusinessTimeFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SUBTRACT_BUSINESS_TIME";
        };
        /** @description Exact time: the instant moves back by that many minutes, whatever the clocks do in between. */
        PreviewSubtractOffset: components["schemas"]["PreviewFields"] & components["schemas"]["SubtractOffsetFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SUBTRACT_OFFSET";
        };
        /** @description The ISO 8601 duration between the two, counted in the target zone: date units by its calendar, time units exact. Negative when the other moment is earlier. Adding it to the source leads to the other moment. It is rounded to the precision; `duration_format` writes it as text or as a number, `output_format` has no part in it, and `output_instant` is null. */
        PreviewUntil: components["schemas"]["PreviewFields"] & components["schemas"]["UntilFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "UNTIL";
        };
        Problem: {
            /** @description A URL, relative to the service, that opens: what this kind of problem means and what to do. */
            type: string;
            /** @description The kind of problem, in words. */
            title: string;
            /** @description The HTTP status, again. */
            status: number;
            /** @description What was wrong here, and what to do about it. */
            detail: string;
            /** @description The path that was asked for. */
            instance: string;
            code: components["schemas"]["ProblemCode"];
            /** @description The `x-request-id` of this answer. */
            request_id: string;
            /** @description The places in the body that do not fit. */
            errors?: components["schemas"]["FieldError"][];
            effect?: components["schemas"]["Effect"];
            audit_record?: components["schemas"]["AuditRecord"];
        };
        /**
         * @description What to switch on.
         * @enum {string}
         */
        ProblemCode: "VALIDATION_FAILED" | "INVALID_TIMESTAMP" | "UNKNOWN_TIME_ZONE" | "INVALID_DURATION" | "INVALID_RECURRENCE_RULE" | "INVALID_CRON_EXPRESSION" | "INVALID_CALENDAR" | "UNSUPPORTED_CRITICAL_ANNOTATION" | "WEBHOOK_URL_REFUSED" | "UNAUTHENTICATED" | "FORBIDDEN" | "METHOD_NOT_ALLOWED" | "CALENDAR_NOT_FOUND" | "ACTION_NOT_FOUND" | "AUDIT_RECORD_NOT_FOUND" | "ROUTE_NOT_FOUND" | "ACTION_AMBIGUOUS" | "ACTION_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "OFFSET_MISMATCH" | "LOCAL_TIME_AMBIGUOUS" | "LOCAL_TIME_NONEXISTENT" | "DATE_OVERFLOW" | "OUT_OF_RANGE" | "NO_OCCURRENCE" | "IDEMPOTENCY_KEY_REUSED" | "RATE_LIMITED" | "INTERNAL_ERROR" | "OUTCOME_UNKNOWN" | "UPSTREAM_UNAUTHORIZED" | "UPSTREAM_REJECTED" | "UPSTREAM_INVALID_RESPONSE" | "AUTHENTICATION_UNAVAILABLE" | "UPSTREAM_RATE_LIMITED" | "UPSTREAM_UNAVAILABLE" | "CIRCUIT_OPEN" | "OVERLOADED" | "LEDGER_UNAVAILABLE" | "SHUTTING_DOWN" | "UPSTREAM_TIMEOUT";
        /**
         * @description Whether a manipulation could be taken.
         * @enum {string}
         */
        ReadinessStatus: "ready" | "not_ready";
        RecordedError: {
            code: string;
            detail: string;
        };
        /**
         * @description How a local time was settled: `gap_shifted` when the clocks skip it, `fold_earlier` or `fold_later` when it occurs twice.
         * @enum {string}
         */
        Resolution: "exact" | "gap_shifted" | "fold_earlier" | "fold_later";
        /** @description Answers the source itself when its date is worked in the target zone (in the calendar’s own, where `calendar` names one), else the same time of the working day that `roll` names. */
        RollToBusinessDay: components["schemas"]["ManipulationFields"] & components["schemas"]["RollToBusinessDayFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ROLL_TO_BUSINESS_DAY";
        };
        /** @description Answers the source itself when its date is worked in the target zone (in the calendar’s own, where `calendar` names one), else the same time of the working day that `roll` names. */
        RollToBusinessDayFields: {
            /**
             * @description The source on a working day, else the working day before or after
             * @constant
             */
            operation: "ROLL_TO_BUSINESS_DAY";
            /**
             * @description Which working day: the next, or the one before. A modified roll goes the other way rather than into another month (the names are those of financial calendars).
             * @enum {string}
             */
            roll: "following" | "preceding" | "modified_following" | "modified_preceding";
            /**
             * @description ISO weekdays that are not worked: 1 is Monday, 7 is Sunday.
             * @default [
             *       6,
             *       7
             *     ]
             */
            weekend?: number[];
            /**
             * @description Days that are not worked.
             * @default []
             */
            holidays?: string[];
            /**
             * @description Days that are worked although they are on a weekend or a holiday.
             * @default []
             */
            additional_working_days?: string[];
            /**
             * @description The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.
             * @example uk-support
             */
            calendar?: string;
        };
        /** @description Rounds the local time of the target zone to a multiple of `smallest_unit` since its midnight. A day is as long as it is there: 23 hours when the clocks go forward. A rounded local time that occurs twice keeps the source’s offset if it can, and is settled by `disambiguation` if not. */
        Round: components["schemas"]["ManipulationFields"] & components["schemas"]["RoundFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "ROUND";
        };
        /** @description Rounds the local time of the target zone to a multiple of `smallest_unit` since its midnight. A day is as long as it is there: 23 hours when the clocks go forward. A rounded local time that occurs twice keeps the source’s offset if it can, and is settled by `disambiguation` if not. */
        RoundFields: {
            /**
             * @description Rounds on the clock of the target zone
             * @constant
             */
            operation: "ROUND";
            /**
             * @description The unit to round to.
             * @enum {string}
             */
            smallest_unit: "day" | "hour" | "minute" | "second" | "millisecond" | "microsecond" | "nanosecond";
            /**
             * @description How many of them. It divides the next larger unit and is smaller than it: 1 for `day`, up to 12 for `hour`, up to 30 for `minute` and `second`.
             * @default 1
             * @example 15
             */
            rounding_increment?: number;
            /**
             * @description How the digits beyond the limit go, on the time line: `trunc` is towards the past, before 1970 too. Names are those of Temporal.
             * @default halfExpand
             * @enum {string}
             */
            rounding_mode?: "ceil" | "floor" | "expand" | "trunc" | "halfCeil" | "halfFloor" | "halfExpand" | "halfTrunc" | "halfEven";
        };
        /** @description Runs 2 to 8 operations and writes the last result once. The common fields hold for every step; nothing is rounded to the precision between them. `steps` in the answer has the value of each. */
        Sequence: components["schemas"]["ManipulationFields"] & components["schemas"]["SequenceFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SEQUENCE";
        };
        /** @description Runs 2 to 8 operations and writes the last result once. The common fields hold for every step; nothing is rounded to the precision between them. `steps` in the answer has the value of each. */
        SequenceFields: {
            /**
             * @description Several operations, each on the result of the one before
             * @constant
             */
            operation: "SEQUENCE";
            /**
             * @description Operations with their own fields, in order; each works on the exact result of the one before. Only the last may answer a length or a number.
             * @example [
             *       {
             *         "operation": "ADD",
             *         "duration": "P1M"
             *       },
             *       {
             *         "operation": "ROLL_TO_BUSINESS_DAY",
             *         "roll": "following"
             *       }
             *     ]
             */
            steps: (components["schemas"]["ConvertFields"] | components["schemas"]["AddOffsetFields"] | components["schemas"]["SubtractOffsetFields"] | components["schemas"]["AddFields"] | components["schemas"]["SubtractFields"] | components["schemas"]["RoundFields"] | components["schemas"]["StartOfFields"] | components["schemas"]["EndOfFields"] | components["schemas"]["UntilFields"] | components["schemas"]["AddBusinessDaysFields"] | components["schemas"]["SubtractBusinessDaysFields"] | components["schemas"]["RollToBusinessDayFields"] | components["schemas"]["BusinessDaysUntilFields"] | components["schemas"]["NextOpeningFields"] | components["schemas"]["NextClosingFields"] | components["schemas"]["AddBusinessTimeFields"] | components["schemas"]["SubtractBusinessTimeFields"] | components["schemas"]["BusinessTimeUntilFields"] | components["schemas"]["NextOccurrenceFields"])[];
        };
        Shift: {
            /**
             * @description ISO weekdays on which it opens: 1 is Monday, 7 is Sunday.
             * @example [
             *       1,
             *       2,
             *       3,
             *       4,
             *       5
             *     ]
             */
            days: number[];
            /**
             * @description On the clock of the zone of the hours, `HH:MM` or `HH:MM:SS`.
             * @example 08:00
             */
            open: string;
            /**
             * @description At or before `open`, it is on the next day; `24:00` is the end of the day.
             * @example 08:00
             */
            close: string;
        };
        /** @description The first instant of the hour, day, week, month, quarter or year that the source is in, in the target zone. A day does not always begin at 00:00. */
        StartOf: components["schemas"]["ManipulationFields"] & components["schemas"]["StartOfFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "START_OF";
        };
        /** @description The first instant of the hour, day, week, month, quarter or year that the source is in, in the target zone. A day does not always begin at 00:00. */
        StartOfFields: {
            /**
             * @description The first instant of a unit
             * @constant
             */
            operation: "START_OF";
            /**
             * @description A unit of the target zone’s clock and calendar. Weeks begin on `week_start`; years, and the quarters of them, with `year_start_month`.
             * @enum {string}
             */
            unit: "hour" | "day" | "week" | "month" | "quarter" | "year";
            /**
             * @description The ISO weekday on which a week begins: 1 is Monday, 7 is Sunday.
             * @default 1
             * @example 7
             */
            week_start?: number;
            /**
             * @description The month with which a year and its quarters begin, for fiscal years: 4 is April.
             * @default 1
             * @example 4
             */
            year_start_month?: number;
        };
        /**
         * @description `PROCESSING`: accepted, not ended. `SUCCESS`: the data action holds the value. `FAILED`: it was not written. `UNKNOWN`: the connection was lost and it cannot be told.
         * @example SUCCESS
         * @enum {string}
         */
        Status: "PROCESSING" | "SUCCESS" | "FAILED" | "UNKNOWN";
        StepResult: {
            operation: string;
            /** @description As the whole’s. */
            output_timestamp: string | number;
            /** @description The calendar that decided this step. */
            calendar: components["schemas"]["CalendarRef"] | null;
        };
        /** @description The same as `ADD` with the sign of the duration changed: date units by the calendar of the target zone, largest first, then exact time. */
        Subtract: components["schemas"]["ManipulationFields"] & components["schemas"]["SubtractFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SUBTRACT";
        };
        /** @description The mirror of `ADD_BUSINESS_DAYS`: moves back by working days of the target zone and keeps the time of day. Sunday minus one is Friday. */
        SubtractBusinessDays: components["schemas"]["ManipulationFields"] & components["schemas"]["SubtractBusinessDaysFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SUBTRACT_BUSINESS_DAYS";
        };
        /** @description The mirror of `ADD_BUSINESS_DAYS`: moves back by working days of the target zone and keeps the time of day. Sunday minus one is Friday. */
        SubtractBusinessDaysFields: {
            /**
             * @description Takes working days away
             * @constant
             */
            operation: "SUBTRACT_BUSINESS_DAYS";
            /**
             * @description How many working days.
             * @example 5
             */
            days: number;
            /**
             * @description ISO weekdays that are not worked: 1 is Monday, 7 is Sunday.
             * @default [
             *       6,
             *       7
             *     ]
             */
            weekend?: number[];
            /**
             * @description Days that are not worked.
             * @default []
             */
            holidays?: string[];
            /**
             * @description Days that are worked although they are on a weekend or a holiday.
             * @default []
             */
            additional_working_days?: string[];
            /**
             * @description The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.
             * @example uk-support
             */
            calendar?: string;
        };
        /** @description The mirror of `ADD_BUSINESS_TIME`: it undoes it wherever the source is open. A duration that ends with a shift ends at its opening. Nothing moves for a duration of zero. */
        SubtractBusinessTime: components["schemas"]["ManipulationFields"] & components["schemas"]["SubtractBusinessTimeFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SUBTRACT_BUSINESS_TIME";
        };
        /** @description The mirror of `ADD_BUSINESS_TIME`: it undoes it wherever the source is open. A duration that ends with a shift ends at its opening. Nothing moves for a duration of zero. */
        SubtractBusinessTimeFields: {
            /**
             * @description Goes back by time that counts only while it is open
             * @constant
             */
            operation: "SUBTRACT_BUSINESS_TIME";
            /**
             * @description ISO 8601, of hours and smaller, not negative.
             * @example PT8H
             */
            duration: string;
            /**
             * @description The week, on the clock of the target zone; either this or `calendar` is required. Several entries for a day make split shifts. What runs past midnight belongs to the day on which it opened.
             * @example [
             *       {
             *         "days": [
             *           1,
             *           2,
             *           3,
             *           4,
             *           5
             *         ],
             *         "open": "08:00",
             *         "close": "17:30"
             *       }
             *     ]
             */
            opening_hours?: components["schemas"]["Shift"][];
            /**
             * @description Days that replace the week: closed, or with hours of their own (several entries for a date make split shifts).
             * @default []
             * @example [
             *       "2026-12-25",
             *       {
             *         "date": "2026-12-24",
             *         "open": "08:00",
             *         "close": "12:00",
             *         "reason": "Christmas Eve"
             *       }
             *     ]
             */
            holidays?: (string | components["schemas"]["Holiday"])[];
            /**
             * @description The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.
             * @example uk-support
             */
            calendar?: string;
            /**
             * @description Times that do not count although it is open: a clock that waits for the customer. Each is written as `source_timestamp`.
             * @default []
             */
            pauses?: components["schemas"]["Pause"][];
        };
        /** @description The same as `ADD` with the sign of the duration changed: date units by the calendar of the target zone, largest first, then exact time. */
        SubtractFields: {
            /**
             * @description Takes an ISO 8601 duration away
             * @constant
             */
            operation: "SUBTRACT";
            /**
             * @description ISO 8601, such as `P1M`, `P1DT12H` or `PT90M`; may be negative.
             * @example P1M
             * @example PT90M
             */
            duration: string;
        };
        /** @description Exact time: the instant moves back by that many minutes, whatever the clocks do in between. */
        SubtractOffset: components["schemas"]["ManipulationFields"] & components["schemas"]["SubtractOffsetFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "SUBTRACT_OFFSET";
        };
        /** @description Exact time: the instant moves back by that many minutes, whatever the clocks do in between. */
        SubtractOffsetFields: {
            /**
             * @description Moves the instant back by minutes
             * @constant
             */
            operation: "SUBTRACT_OFFSET";
            /**
             * @description Minutes of exact time; may be negative.
             * @default 0
             * @example 120
             */
            offset_minutes?: number;
        };
        TimeElsewhere: {
            /** @example Asia/Kolkata */
            timezone: string;
            /** @description In `output_format`. */
            output_timestamp: string | number;
        };
        Transition: {
            /**
             * Format: date-time
             * @description The first moment of the new offset, in UTC.
             * @example 2024-03-10T07:00:00Z
             */
            instant: string;
            /**
             * @description Offset until then, `±HH:MM`, with seconds where the zone has them.
             * @example -05:00
             */
            offset_before: string;
            /**
             * @description Offset from then on.
             * @example -04:00
             */
            offset_after: string;
        };
        /** @description The ISO 8601 duration between the two, counted in the target zone: date units by its calendar, time units exact. Negative when the other moment is earlier. Adding it to the source leads to the other moment. It is rounded to the precision; `duration_format` writes it as text or as a number, `output_format` has no part in it, and `output_instant` is null. */
        Until: components["schemas"]["ManipulationFields"] & components["schemas"]["UntilFields"] & {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            operation: "UNTIL";
        };
        /** @description The ISO 8601 duration between the two, counted in the target zone: date units by its calendar, time units exact. Negative when the other moment is earlier. Adding it to the source leads to the other moment. It is rounded to the precision; `duration_format` writes it as text or as a number, `output_format` has no part in it, and `output_instant` is null. */
        UntilFields: {
            /**
             * @description The duration from the source to another moment
             * @constant
             */
            operation: "UNTIL";
            /**
             * @description The other moment: RFC 3339, RFC 9557, or a local date-time, read in `source_timezone` as the source would be.
             * @example 2024-03-01T00:00:00Z
             */
            until_timestamp: string;
            /**
             * @description The largest unit of the answer. Days and larger follow the zone’s calendar.
             * @default hour
             * @enum {string}
             */
            largest_unit?: "year" | "month" | "week" | "day" | "hour" | "minute" | "second";
        };
        Warning: {
            code: components["schemas"]["WarningCode"];
            detail: string;
        };
        /** @enum {string} */
        WarningCode: "FIXED_ZONE" | "REVERSED_ZONE" | "OLD_TZDB" | "SHORT_MONTHS_LEFT_OUT" | "EVERY_MONTH" | "WEEKS_OVER_NEW_YEAR" | "BOTH_DAYS" | "OCCURRENCES_GIVEN_UP";
        WebhookData: {
            audit_record: components["schemas"]["AuditRecord"];
            /** @description CXone’s id of the data action. */
            action_id: string | null;
        };
        /** @description The body of a webhook. */
        WebhookEvent: {
            type: components["schemas"]["WebhookEventType"];
            /** Format: date-time */
            timestamp: string;
            data: components["schemas"]["WebhookData"];
        };
        /** @enum {string} */
        WebhookEventType: "manipulation.completed" | "manipulation.failed";
        WebhookState: {
            id: string;
            status: components["schemas"]["WebhookStatus"];
            attempts: number;
        };
        /**
         * @description Of the delivery.
         * @enum {string}
         */
        WebhookStatus: "delivered" | "pending" | "failed";
    };
    responses: {
        /** @description `AUDIT_RECORD_NOT_FOUND`: No such audit record. */
        AuditRecordNotFound: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `CALENDAR_NOT_FOUND`: No calendar has that name. */
        CalendarNotFound: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `FORBIDDEN`: The credentials lack a scope. */
        Forbidden: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `INTERNAL_ERROR`: The service failed. */
        InternalError: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `PAYLOAD_TOO_LARGE`: The body is too large. */
        PayloadTooLarge: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `VALIDATION_FAILED`: The request does not fit the schema. `INVALID_TIMESTAMP`: The timestamp is not RFC 3339 or RFC 9557. `UNKNOWN_TIME_ZONE`: The time zone is not known. `INVALID_DURATION`: The duration is not ISO 8601. `INVALID_RECURRENCE_RULE`: The recurrence rule is not RFC 5545. `INVALID_CRON_EXPRESSION`: The cron expression cannot be read. `INVALID_CALENDAR`: The calendar cannot be used. `UNSUPPORTED_CRITICAL_ANNOTATION`: A critical annotation is not supported. `WEBHOOK_URL_REFUSED`: The webhook URL is not allowed. */
        Problems400: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `AUTHENTICATION_UNAVAILABLE`: Tokens cannot be checked now. `OVERLOADED`: Too much is under way. `SHUTTING_DOWN`: The service is stopping. */
        Problems503: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `AUTHENTICATION_UNAVAILABLE`: Tokens cannot be checked now. `LEDGER_UNAVAILABLE`: The ledger cannot be written. `OVERLOADED`: Too much is under way. `SHUTTING_DOWN`: The service is stopping. */
        Problems503_2: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `RATE_LIMITED`: This caller sends too much. */
        RateLimited: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `UNAUTHENTICATED`: Credentials are missing or not valid. */
        Unauthenticated: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `UNSUPPORTED_MEDIA_TYPE`: The media type is not supported. */
        UnsupportedMediaType: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `VALIDATION_FAILED`: The request does not fit the schema. */
        ValidationFailed: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The caller’s own, or a new UUID. */
        RequestId: string;
        /** @description Seconds to wait before a retry makes sense. */
        RetryAfter: number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getOpenApiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        openapi: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus text format. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            500: components["responses"]["InternalError"];
        };
    };
    createManipulation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1 to 255 visible ASCII characters, bare or in quotes. The same key with the same body answers with the first outcome.
                 * @example nightly-2024-02-29
                 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ManipulationRequest"];
            };
        };
        responses: {
            /** @description Written. The audit record. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    /** @description `true` when an earlier request with the same key did the work. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRecord"];
                };
            };
            400: components["responses"]["Problems400"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `CALENDAR_NOT_FOUND`: No calendar has that name. `ACTION_NOT_FOUND`: No data action has that name. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ACTION_AMBIGUOUS`: Several data actions have that name. `ACTION_CONFLICT`: The data action kept changing. `IDEMPOTENCY_IN_PROGRESS`: The first request with this key is still running. */
            409: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description `OFFSET_MISMATCH`: The offset and the zone disagree. `LOCAL_TIME_AMBIGUOUS`: The local time occurs twice. `LOCAL_TIME_NONEXISTENT`: The local time does not occur. `DATE_OVERFLOW`: The day does not exist in that month. `OUT_OF_RANGE`: The result is outside the years 0000 to 9999. `NO_OCCURRENCE`: There is no such moment. `IDEMPOTENCY_KEY_REUSED`: The key was used with another body. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["RateLimited"];
            /** @description `INTERNAL_ERROR`: The service failed. `OUTCOME_UNKNOWN`: It cannot be told whether the write was applied. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `UPSTREAM_UNAUTHORIZED`: CXone refused our credentials. `UPSTREAM_REJECTED`: CXone rejected the write. `UPSTREAM_INVALID_RESPONSE`: CXone sent an answer that cannot be used. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `AUTHENTICATION_UNAVAILABLE`: Tokens cannot be checked now. `OVERLOADED`: Too much is under way. `SHUTTING_DOWN`: The service is stopping. `UPSTREAM_RATE_LIMITED`: CXone limits our requests. `UPSTREAM_UNAVAILABLE`: CXone is not available. `CIRCUIT_OPEN`: CXone is failing and is left alone for a while. `LEDGER_UNAVAILABLE`: The ledger cannot be written. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `UPSTREAM_TIMEOUT`: CXone did not answer in time. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    previewManipulation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            /** @description What a manipulation would write. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            400: components["responses"]["Problems400"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["CalendarNotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description `OFFSET_MISMATCH`: The offset and the zone disagree. `LOCAL_TIME_AMBIGUOUS`: The local time occurs twice. `LOCAL_TIME_NONEXISTENT`: The local time does not occur. `DATE_OVERFLOW`: The day does not exist in that month. `OUT_OF_RANGE`: The result is outside the years 0000 to 9999. `NO_OCCURRENCE`: There is no such moment. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Problems503"];
        };
    };
    createManipulationBatch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example [
                 *       {
                 *         "action_name": "Production_Date_Processor",
                 *         "source_timestamp": "2024-02-29T15:30:00.000Z",
                 *         "target_timezone": "America/New_York",
                 *         "operation": "ADD_OFFSET",
                 *         "offset_minutes": 120
                 *       }
                 *     ]
                 */
                "application/json": components["schemas"]["ManipulationRequest"][];
                "application/x-ndjson": components["schemas"]["ManipulationRequest"];
            };
        };
        responses: {
            /** @description A line per item as it finishes, then the summary. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["BatchLine"];
                };
            };
            400: components["responses"]["ValidationFailed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Problems503"];
        };
    };
    listAuditRecords: {
        parameters: {
            query?: {
                /** @example Production_Date_Processor */
                action_name?: string;
                /**
                 * @description `PROCESSING`: accepted, not ended. `SUCCESS`: the data action holds the value. `FAILED`: it was not written. `UNKNOWN`: the connection was lost and it cannot be told.
                 * @example SUCCESS
                 */
                status?: "PROCESSING" | "SUCCESS" | "FAILED" | "UNKNOWN";
                /**
                 * @description Made under this `Idempotency-Key`: one record for each try that wrote nothing, and the last one.
                 * @example nightly-2024-02-29
                 */
                idempotency_key?: string;
                /**
                 * @description Announced by the webhook of this `webhook-id`.
                 * @example msg_5f0c1c1e-8a53-4b0e-9f0e-2f6f3a1f6a54
                 */
                webhook_id?: string;
                /**
                 * @description Accepted at or after.
                 * @example 2024-02-29T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Accepted before.
                 * @example 2024-03-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description Records a page; 50 when left out.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description `next_cursor` of the page before.
                 * @example WyIyMDI0LTAyLTI5Il0
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRecordList"];
                    "application/x-ndjson": components["schemas"]["AuditRecord"];
                };
            };
            400: components["responses"]["ValidationFailed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Problems503_2"];
        };
    };
    getAuditRecord: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 5f0c1c1e-8a53-4b0e-9f0e-2f6f3a1f6a54 */
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRecord"];
                };
            };
            400: components["responses"]["ValidationFailed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["AuditRecordNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Problems503_2"];
        };
    };
    getAuditHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 5f0c1c1e-8a53-4b0e-9f0e-2f6f3a1f6a54 */
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The history. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditHistory"];
                };
            };
            400: components["responses"]["ValidationFailed"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["AuditRecordNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Problems503_2"];
        };
    };
    listCalendars: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By name. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarList"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Problems503"];
        };
    };
    getCalendar: {
        parameters: {
            query?: {
                /**
                 * @description RFC 3339; now when it is left out.
                 * @example 2026-12-24T12:00:00Z
                 */
                at?: string;
            };
            header?: never;
            path: {
                /** @example uk-support */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The calendar. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calendar"];
                };
            };
            /** @description `VALIDATION_FAILED`: The request does not fit the schema. `INVALID_CALENDAR`: The calendar cannot be used. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["CalendarNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Problems503"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Not ready. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    manipulationCompleted: {
        parameters: {
            query?: never;
            header: {
                /** @description The same on every try of one event. */
                "webhook-id": string;
                /** @description Of the try, in Unix seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the HMAC-SHA256 in base64; several with a space between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEvent"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Send this address no more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    manipulationFailed: {
        parameters: {
            query?: never;
            header: {
                /** @description The same on every try of one event. */
                "webhook-id": string;
                /** @description Of the try, in Unix seconds. */
                "webhook-timestamp": string;
                /** @description `v1,` and the HMAC-SHA256 in base64; several with a space between. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEvent"];
            };
        };
        responses: {
            /** @description Taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Send this address no more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
