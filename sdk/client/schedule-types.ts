import type { DescribeScheduleResponse } from "../../api/gen/messages.js";
import type { Duration } from "../common/duration.ts";
import type { Workflow } from "../common/interfaces.ts";
import { makeProtoEnumConverters } from "../common/proto-enum.ts";
import type { SearchAttributePair, SearchAttributes, TypedSearchAttributes } from "../common/search-attributes.ts";
import type { Replace } from "../common/type-helpers.ts";
import type { WorkflowStartOptions } from "./workflow-options.ts";

/** What to do, when, and how. */
export interface ScheduleOptions<A extends ScheduleOptionsAction = ScheduleOptionsAction> {
  scheduleId: string;
  /** When. */
  spec: ScheduleSpec;
  /** What. */
  action: A;
  policies?: {
    /** When the last action still runs; default `SKIP`. */
    overlap?: ScheduleOverlapPolicy;
    /** Actions missed while the server was away are made up for, if they are this young. Default one year. */
    catchupWindow?: Duration;
    /** Pauses the schedule when an action fails. */
    pauseOnFailure?: boolean;
  };
  /** Values kept with the schedule, not indexed. */
  memo?: Record<string, unknown>;
  /** @deprecated Use {@link typedSearchAttributes}. */
  searchAttributes?: SearchAttributes;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes;
  state?: {
    paused?: boolean;
    note?: string;
    /** The schedule ends after so many actions. */
    remainingActions?: number;
    /** One action at once. */
    triggerImmediately?: boolean;
    /** Actions of the past. */
    backfill?: Backfill[];
  };
}

/** Options of a new schedule with defaults filled in. */
export type CompiledScheduleOptions = Replace<ScheduleOptions, { action: CompiledScheduleAction }>;

/** A schedule as it is to be after an update. */
export type ScheduleUpdateOptions<A extends ScheduleOptionsAction = ScheduleOptionsAction> = Replace<
  Omit<ScheduleOptions, "scheduleId" | "memo">,
  { action: A; state: Omit<ScheduleOptions["state"], "triggerImmediately" | "backfill"> }
>;

/** A changed schedule with defaults filled in. */
export type CompiledScheduleUpdateOptions = Replace<ScheduleUpdateOptions, { action: CompiledScheduleAction }>;

/** A schedule in a list. */
export interface ScheduleSummary {
  scheduleId: string;
  spec?: ScheduleSpecDescription;
  action?: ScheduleSummaryAction;
  memo?: Record<string, unknown>;
  searchAttributes?: SearchAttributes;
  typedSearchAttributes?: TypedSearchAttributes;
  state: { paused: boolean; note?: string };
  info: { recentActions: ScheduleExecutionResult[]; nextActionTimes: Date[] };
}

/** An action of a schedule: when it was due, when it was taken, what came of it. */
export interface ScheduleExecutionResult {
  scheduledAt: Date;
  takenAt: Date;
  action: ScheduleExecutionActionResult;
}

/** What came of an action of a schedule. */
export type ScheduleExecutionActionResult = ScheduleExecutionStartWorkflowActionResult;

/** The workflow that a schedule has started. */
export interface ScheduleExecutionStartWorkflowActionResult {
  type: "startWorkflow";
  workflow: { workflowId: string; firstExecutionRunId: string };
}

/** A schedule: when it starts what, and what it has started. */
export type ScheduleDescription = {
  scheduleId: string;
  spec: ScheduleSpecDescription;
  action: ScheduleDescriptionAction;
  policies: { overlap: ScheduleOverlapPolicy; catchupWindow: number; pauseOnFailure: boolean };
  memo?: Record<string, unknown>;
  searchAttributes: SearchAttributes;
  typedSearchAttributes: TypedSearchAttributes;
  state: { paused: boolean; note?: string; remainingActions?: number };
  info: {
    recentActions: ScheduleExecutionResult[];
    nextActionTimes: Date[];
    numActionsTaken: number;
    numActionsMissedCatchupWindow: number;
    numActionsSkippedOverlap: number;
    createdAt: Date;
    lastUpdatedAt: Date | undefined;
    runningActions: ScheduleExecutionActionResult[];
  };
  /** The message itself; its payloads are encoded. */
  raw: DescribeScheduleResponse;
};

/** Times: the union of calendars, intervals and cron expressions, without those of `skip`. */
export interface ScheduleSpec {
  calendars?: CalendarSpec[];
  intervals?: IntervalSpec[];
  /** Such as `"0 12 * * MON-FRI"`; also `@daily`, `@every 5m`, and `CRON_TZ=…` before. */
  cronExpressions?: string[];
  skip?: CalendarSpec[];
  startAt?: Date;
  endAt?: Date;
  /** Each action is late by a random time up to this. */
  jitter?: Duration;
  /** A name of the time zone database; default UTC. */
  timezone?: string;
}

/** When a schedule is due, as the server tells it. */
export type ScheduleSpecDescription = Omit<
  ScheduleSpec,
  "calendars" | "intervals" | "cronExpressions" | "skip" | "jitter"
> & {
  calendars?: CalendarSpecDescription[];
  intervals?: IntervalSpecDescription[];
  skip?: CalendarSpecDescription[];
  jitter?: number;
};

/** Times that match all fields. Seconds, minutes and hours are 0 unless given, the others any. */
export interface CalendarSpec {
  second?: LooseRange<number> | LooseRange<number>[] | "*";
  minute?: LooseRange<number> | LooseRange<number>[] | "*";
  hour?: LooseRange<number> | LooseRange<number>[] | "*";
  dayOfMonth?: LooseRange<number> | LooseRange<number>[] | "*";
  month?: LooseRange<Month> | LooseRange<Month>[] | "*";
  year?: LooseRange<number> | LooseRange<number>[] | "*";
  dayOfWeek?: LooseRange<DayOfWeek> | LooseRange<DayOfWeek>[] | "*";
  comment?: string;
}

/** A calendar's times, as the server tells them: all ranges filled in. */
export interface CalendarSpecDescription {
  second: Range<number>[];
  minute: Range<number>[];
  hour: Range<number>[];
  dayOfMonth: Range<number>[];
  month: Range<Month>[];
  year: Range<number>[];
  dayOfWeek: Range<DayOfWeek>[];
  comment?: string;
}

/** `n × every + offset` since the epoch. */
export interface IntervalSpec {
  every: Duration;
  offset?: Duration;
}

/** In milliseconds. */
export interface IntervalSpecDescription {
  every: number;
  offset: number;
}

/** Values from `start` to `end`, every `step`. */
export interface Range<Unit> {
  start: Unit;
  end: Unit;
  step: number;
}

/** Values of a calendar's field: one, a range, several, or all. */
export type LooseRange<Unit> =
  | Range<Unit>
  | { start: Range<Unit>["start"]; end?: Range<Unit>["end"]; step?: never }
  | Unit;

/** The months, as schedules call them. */
export const MONTHS = [
  "JANUARY",
  "FEBRUARY",
  "MARCH",
  "APRIL",
  "MAY",
  "JUNE",
  "JULY",
  "AUGUST",
  "SEPTEMBER",
  "OCTOBER",
  "NOVEMBER",
  "DECEMBER",
] as const;
/** A month, as schedules call it. */
export type Month = (typeof MONTHS)[number];

/** The days, as schedules call them. */
export const DAYS_OF_WEEK = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"] as const;
/** A day, as schedules call it. */
export type DayOfWeek = (typeof DAYS_OF_WEEK)[number];

/** What a schedule does when it is due. */
export type ScheduleOptionsAction = ScheduleOptionsStartWorkflowAction<Workflow>;

/** The workflow that a schedule starts, with its options. */
export type ScheduleOptionsStartWorkflowAction<W extends Workflow> = {
  type: "startWorkflow";
  workflowType: string | W;
} & Pick<
  WorkflowStartOptions<W>,
  | "taskQueue"
  | "args"
  | "memo"
  | "searchAttributes"
  | "typedSearchAttributes"
  | "retry"
  | "workflowExecutionTimeout"
  | "workflowRunTimeout"
  | "workflowTaskTimeout"
  | "staticDetails"
  | "staticSummary"
> & {
    /** The server adds the time of each action; default from the schedule's id. */
    workflowId?: string;
  };

/** What a schedule of a list does. */
export type ScheduleSummaryAction = ScheduleSummaryStartWorkflowAction;

/** The workflow that a schedule of a list starts. */
export interface ScheduleSummaryStartWorkflowAction {
  type: "startWorkflow";
  workflowType: string;
}

/** What a schedule does, as the server tells it. */
export type ScheduleDescriptionAction = ScheduleDescriptionStartWorkflowAction;

/** The workflow that a schedule starts, as the server tells it. */
export type ScheduleDescriptionStartWorkflowAction = ScheduleSummaryStartWorkflowAction &
  Pick<
    WorkflowStartOptions<Workflow>,
    | "taskQueue"
    | "workflowId"
    | "args"
    | "memo"
    | "searchAttributes"
    | "typedSearchAttributes"
    | "retry"
    | "workflowExecutionTimeout"
    | "workflowRunTimeout"
    | "workflowTaskTimeout"
    | "staticSummary"
    | "staticDetails"
    | "priority"
  >;

/** A schedule's action with the type and the arguments filled in. */
export type CompiledScheduleAction = Replace<ScheduleDescriptionAction, { workflowType: string; args: unknown[] }>;

/** What happens when an action is due and the last one still runs. */
export const ScheduleOverlapPolicy = {
  /** The new one is not made; the default. */
  SKIP: "SKIP",
  /** The new one comes after; one waits at most. */
  BUFFER_ONE: "BUFFER_ONE",
  /** All come one after the other. */
  BUFFER_ALL: "BUFFER_ALL",
  /** The one that runs is cancelled, and then comes the new one. */
  CANCEL_OTHER: "CANCEL_OTHER",
  /** The one that runs is terminated. */
  TERMINATE_OTHER: "TERMINATE_OTHER",
  /** They run side by side. */
  ALLOW_ALL: "ALLOW_ALL",
  /** @deprecated Use `undefined`. */
  UNSPECIFIED: undefined,
} as const;
export type ScheduleOverlapPolicy = (typeof ScheduleOverlapPolicy)[keyof typeof ScheduleOverlapPolicy];

/** From the name that users give to the number that is sent, and back. */
export const [encodeScheduleOverlapPolicy, decodeScheduleOverlapPolicy] = makeProtoEnumConverters(
  {
    UNSPECIFIED: 0,
    SKIP: 1,
    BUFFER_ONE: 2,
    BUFFER_ALL: 3,
    CANCEL_OTHER: 4,
    TERMINATE_OTHER: 5,
    ALLOW_ALL: 6,
  },
  "SCHEDULE_OVERLAP_POLICY_",
);

/** Actions of a past time. */
export interface Backfill {
  start: Date;
  end: Date;
  overlap?: ScheduleOverlapPolicy;
}
