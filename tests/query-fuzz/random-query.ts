/** A query's text together with what it means, made side by side. */
import type { Random } from "../../base/index.ts";
import { durationLiteral, numberLiteral, statusLiteral, textLiteral, timeLiteral } from "./literals.ts";
import type { Execution, Value } from "./random-rows.ts";
import { chance, DOUBLES, DURATIONS, NUMBERS, pick, STATUSES, TEXTS, TIMES, UUIDS, WORDS } from "./random-rows.ts";
import type { Truth } from "./truth.ts";
import { and, not, or } from "./truth.ts";

export interface Meant {
  readonly text: string;
  test(execution: Execution): Truth;
}

export interface Sorting {
  readonly name: string;
  readonly descending: boolean;
}

export interface RandomQuery {
  readonly text: string;
  test(execution: Execution): Truth;
  readonly sort: Sorting | undefined;
  readonly groupBy: string | undefined;
}

type Scalar = string | number | boolean;

interface Field {
  readonly name: string;
  readonly kind: "text" | "status" | "number" | "double" | "time" | "duration" | "bool" | "words" | "list" | "run";
  readonly values: readonly Scalar[];
}

const field = (kind: Field["kind"], values: readonly Scalar[], ...names: string[]): Field[] =>
  names.map((name) => ({ name, kind, values }));

const FIELDS: readonly Field[] = [
  ...field("text", TEXTS, "WorkflowId", "WorkflowType", "TaskQueue", "ParentWorkflowId", "RootWorkflowId", "CKeyword"),
  ...field("text", ["x", "y", "z", ""], "TemporalNamespaceDivision"),
  ...field("run", [...UUIDS, "01a1", "g", ""], "RunId"),
  ...field("status", STATUSES, "ExecutionStatus"),
  ...field(
    "number",
    [...NUMBERS, 2.5, -0.5, 1e18],
    "HistoryLength",
    "HistorySizeBytes",
    "StateTransitionCount",
    "CInt",
  ),
  ...field("double", [...DOUBLES, 7], "CDouble"),
  ...field("time", TIMES, "StartTime", "ExecutionTime", "CloseTime", "CDate"),
  ...field("duration", DURATIONS, "ExecutionDuration"),
  ...field("bool", [true, false], "CBool"),
  ...field("words", WORDS, "CText"),
  ...field("list", TEXTS, "CList"),
];

const ALIASES: Readonly<Record<string, string>> = {
  TemporalNamespaceDivision: "NamespaceDivision",
  WorkflowId: "TemporalWorkflowId",
  ExecutionStatus: "TemporalExecutionStatus",
};

const SORTED = FIELDS.filter(({ kind }) => kind !== "words" && kind !== "list" && kind !== "status");
const GROUPED = ["ExecutionStatus", "WorkflowType", "TaskQueue", "CKeyword", "CBool", "CInt"];

export function randomQuery(random: Random): RandomQuery {
  const where = chance(random, 0.05) ? undefined : condition(random, 3);
  const grouped = chance(random, 0.15) ? pick(random, GROUPED) : undefined;
  const sorted = grouped === undefined && chance(random, 0.2) ? pick(random, SORTED).name : undefined;
  const sort = sorted === undefined ? undefined : { name: sorted, descending: chance(random, 0.5) };
  const direction = sort?.descending ? word(random, " desc") : pick(random, ["", word(random, " asc")]);
  const text = [
    where?.text ?? "",
    grouped === undefined ? "" : `${word(random, "group by")} ${grouped}`,
    sort === undefined ? "" : `${word(random, "order by")} ${nameOf(random, sort.name)}${direction}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
  const mentions = text.includes("NamespaceDivision");
  return {
    text,
    sort,
    groupBy: grouped,
    test(execution) {
      const inDivision = mentions || execution.values["TemporalNamespaceDivision"] === undefined;
      return and(inDivision, where === undefined ? true : where.test(execution));
    },
  };
}

/** A text like a query's, with something wrong or merely odd. */
export function brokenText(random: Random): string {
  const { text } = randomQuery(random);
  const at = Math.floor(random.next() * (text.length + 1));
  const to = at + Math.floor(random.next() * 6);
  const odd = [
    "'",
    '"',
    "(",
    ")",
    ",",
    " AND ",
    " NOT ",
    "`",
    "\\",
    ";",
    "=",
    "!",
    " IN ",
    "\0",
    "é",
    "--",
    "1e",
    " LIMIT 3",
  ];
  switch (Math.floor(random.next() * 4)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + pick(random, odd) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at, to).split("").toReversed().join("") + text.slice(to);
    default:
      return text.slice(0, at) + randomQuery(random).text.slice(at);
  }
}

function condition(random: Random, depth: number): Meant {
  if (depth === 0 || chance(random, 0.35)) return leaf(random);
  const inner = condition(random, depth - 1);
  if (chance(random, 0.25)) {
    return { text: `${word(random, "not")} (${inner.text})`, test: (execution) => not(inner.test(execution)) };
  }
  if (chance(random, 0.15)) return { ...inner, text: `(${inner.text})` };
  const other = condition(random, depth - 1);
  const isAnd = chance(random, 0.5);
  const operator = isAnd ? pick(random, [word(random, "and"), "&&"]) : pick(random, [word(random, "or"), "||"]);
  return {
    text: `(${inner.text}) ${operator} (${other.text})`,
    test: (execution) => (isAnd ? and : or)(inner.test(execution), other.test(execution)),
  };
}

function leaf(random: Random): Meant {
  const on = pick(random, FIELDS);
  const name = nameOf(random, on.name);
  const read = (execution: Execution): Value => execution.values[on.name];
  if (chance(random, 0.12)) {
    const isNegated = chance(random, 0.5);
    const text = `${name} ${word(random, "is")}${isNegated ? word(random, " not") : ""} ${word(random, "null")}`;
    return { text, test: (execution) => (read(execution) === undefined) !== isNegated };
  }
  const isSet = on.kind === "words" || on.kind === "list";
  return isSet ? membership(random, { on, name, read }) : comparison(random, { on, name, read });
}

interface Place {
  readonly on: Field;
  readonly name: string;
  readonly read: (execution: Execution) => Value;
}

/** Sets are asked for a member; an absent one has none. */
function membership(random: Random, { on, name, read }: Place): Meant {
  const values = (on.kind === "list" && chance(random, 0.4) ? [1, 2, 3] : [1]).map(
    () => pick(random, on.values) as string,
  );
  const has = (execution: Execution): boolean =>
    values.some((value) => ((read(execution) ?? []) as readonly string[]).includes(value));
  const isNegated = chance(random, 0.4);
  const isList = on.kind === "list" && (values.length > 1 || chance(random, 0.2));
  const literals = values.map((value) => textLiteral(random, on.kind === "words" ? anyCase(random, value) : value));
  const text = isList
    ? `${name} ${isNegated ? word(random, "not ") : ""}${word(random, "in")} (${literals.join(", ")})`
    : `${name} ${isNegated ? pick(random, ["!=", "<>"]) : "="} ${literals[0]}`;
  return { text, test: (execution) => has(execution) !== isNegated };
}

function comparison(random: Random, place: Place): Meant {
  const { on, name, read } = place;
  const value = (): Scalar => pick(random, on.values);
  const of = (execution: Execution, test: (order: (to: Scalar) => number) => boolean): Truth => {
    const left = read(execution) as Scalar | undefined;
    return left === undefined ? undefined : test((to) => order(ranked(on, left), ranked(on, to)));
  };
  const isNegated = chance(random, 0.4);
  const negation = isNegated ? word(random, "not ") : "";
  const form = random.next();
  if (form < 0.2) {
    const values = [value(), value(), value()].slice(0, 1 + Math.floor(random.next() * 3));
    const list = values.map((one) => literal(random, on, one)).join(", ");
    return {
      text: `${name} ${negation}${word(random, "in")} (${list})`,
      test: (execution) => of(execution, (to) => values.some((one) => to(one) === 0) !== isNegated),
    };
  }
  if (form < 0.35 && on.kind !== "bool") {
    const [low, high] = [value(), value()];
    return {
      text: `${name} ${negation}${word(random, "between")} ${literal(random, on, low)} ${word(random, "and")} ${literal(random, on, high)}`,
      test: (execution) => of(execution, (to) => (to(low) >= 0 && to(high) <= 0) !== isNegated),
    };
  }
  if (form < 0.5 && (on.kind === "text" || on.kind === "run")) return prefix(random, place, isNegated);
  return ordered(random, place, { value: value(), of });
}

function prefix(random: Random, { on, name, read }: Place, isNegated: boolean): Meant {
  const start = (pick(random, on.values) as string).slice(0, Math.floor(random.next() * 4));
  const well = start.toWellFormed() === start ? start : "";
  return {
    text: `${name} ${isNegated ? word(random, "not ") : ""}${word(random, "starts_with")} ${textLiteral(random, well)}`,
    test(execution) {
      const value = read(execution) as string | undefined;
      return value === undefined ? undefined : value.startsWith(well) !== isNegated;
    },
  };
}

type Of = (execution: Execution, test: (order: (to: Scalar) => number) => boolean) => Truth;

function ordered(random: Random, { on, name }: Place, { value, of }: { value: Scalar; of: Of }): Meant {
  const tests: Readonly<Record<string, (order: number) => boolean>> = {
    "=": (order) => order === 0,
    "!=": (order) => order !== 0,
    "<>": (order) => order !== 0,
    "<": (order) => order < 0,
    "<=": (order) => order <= 0,
    ">": (order) => order > 0,
    ">=": (order) => order >= 0,
  };
  const operator = pick(random, Object.keys(tests));
  const test = tests[operator] as (order: number) => boolean;
  return {
    text: `${name} ${operator} ${literal(random, on, value)}`,
    test: (execution) => of(execution, (to) => test(to(value))),
  };
}

/** A status is compared by its number. */
function ranked({ kind }: Field, value: Scalar): string | number {
  if (kind === "status") return STATUSES.indexOf(value as string) + 1;
  return typeof value === "boolean" ? Number(value) : value;
}

/** Texts by their UTF-8 bytes. */
export function order(left: string | number, right: string | number): number {
  if (typeof left === "string" || typeof right === "string") {
    return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
  }
  return left - right;
}

function literal(random: Random, { kind }: Field, value: Scalar): string {
  switch (kind) {
    case "status":
      return statusLiteral(random, value as string);
    case "number":
    case "double":
      return numberLiteral(random, value as number);
    case "time":
      return timeLiteral(random, value as number);
    case "duration":
      return durationLiteral(random, value as number);
    case "bool":
      return word(random, String(value));
    default:
      return textLiteral(random, value as string);
  }
}

function nameOf(random: Random, name: string): string {
  const shown = chance(random, 0.15) ? (ALIASES[name] ?? name) : name;
  return chance(random, 0.1) ? `\`${shown}\`` : shown;
}

/** Words of the grammar may be written in any case. */
function word(random: Random, text: string): string {
  return pick(random, [text, text.toUpperCase()]);
}

function anyCase(random: Random, text: string): string {
  return pick(random, [text, text.toUpperCase(), ` ${text} `, `${text}, ${text}!`]);
}
