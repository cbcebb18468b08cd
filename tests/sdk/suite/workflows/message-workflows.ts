import {
  allHandlersFinished,
  condition,
  currentUpdateInfo,
  defineQuery,
  defineSignal,
  defineUpdate,
  setDefaultQueryHandler,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
  sleep,
} from "../../../../sdk/workflow/index.ts";
import { ApplicationFailure, type HandlerUnfinishedPolicy } from "../../../../sdk/common/index.ts";
import { remote } from "./proxies.ts";
import { finish } from "./child-workflows.ts";

export const add = defineSignal<[unknown]>("add");
export const items = defineQuery<unknown[]>("items");
export const slow = defineSignal<[number]>("slow");

/** Collects what is signaled, until told to finish. */
export async function collects(): Promise<unknown[]> {
  const seen: unknown[] = [];
  let isOver = false;
  setHandler(add, (value) => void seen.push(value));
  setHandler(finish, () => void (isOver = true));
  setHandler(items, () => seen);
  await condition(() => isOver);
  return seen;
}

/** Handlers are there only after some time: what came before is not lost. */
export async function collectsLate(): Promise<unknown[]> {
  const seen: unknown[] = [];
  await sleep(30);
  setHandler(add, (value) => void seen.push(value));
  let isOver = false;
  setHandler(finish, () => void (isOver = true));
  await condition(() => isOver);
  return seen;
}

export async function collectsUnknown(): Promise<unknown[]> {
  const seen: unknown[] = [];
  setDefaultSignalHandler((name, ...args) => void seen.push([name, ...args]));
  await condition(() => seen.some((each) => (each as unknown[])[0] === "finish"));
  return seen;
}

export async function replacesHandler(): Promise<string[]> {
  const seen: string[] = [];
  setHandler(add, (value) => {
    seen.push(`first ${String(value)}`);
    setHandler(add, (later) => void seen.push(`second ${String(later)}`));
  });
  await condition(() => seen.length === 2);
  return seen;
}

export async function slowHandlers(): Promise<string[]> {
  const seen: string[] = [];
  setHandler(slow, async (ms) => {
    seen.push(`begin ${ms}`);
    await sleep(ms);
    seen.push(`end ${ms}`);
  });
  await condition(() => seen.length > 0);
  await condition(allHandlersFinished);
  return seen;
}

export async function handlerCallsActivity(): Promise<unknown> {
  let result: unknown;
  setHandler(add, async (value) => {
    result = await remote().echo(value);
  });
  await condition(() => result !== undefined);
  return result;
}

export async function handlerFails(): Promise<void> {
  setHandler(add, () => {
    throw ApplicationFailure.nonRetryable("bad signal", "BadSignal");
  });
  await condition(() => false);
}

export async function endsWithUnfinishedHandler(unfinishedPolicy: HandlerUnfinishedPolicy): Promise<string> {
  let began = false;
  setHandler(
    slow,
    async (ms) => {
      began = true;
      await sleep(ms);
    },
    { unfinishedPolicy },
  );
  await condition(() => began);
  return "ended";
}

export const value = defineQuery<number>("value");
export const plus = defineQuery<number, [number]>("plus");
export const failing = defineQuery<number>("failing");

export async function answers(start: number): Promise<number> {
  let current = start;
  setHandler(value, () => current);
  setHandler(plus, (more) => current + more);
  setHandler(failing, () => {
    throw new RangeError("cannot tell");
  });
  setHandler(add, (more) => void (current += more as number));
  let isOver = false;
  setHandler(finish, () => void (isOver = true));
  await condition(() => isOver);
  return current;
}

export async function answersAnything(): Promise<void> {
  setDefaultQueryHandler((name, ...args) => ({ name, args }));
  setHandler(finish, () => {});
  await condition(() => false, "1 day");
}

export async function asyncQuery(): Promise<void> {
  setHandler(value, (async () => 1) as never);
  await condition(() => false, "1 day");
}

export async function failsAfterHandlers(): Promise<void> {
  setHandler(value, () => 7);
  throw ApplicationFailure.nonRetryable("on purpose");
}

export const increase = defineUpdate<number, [number]>("increase");
export const slowly = defineUpdate<string, [number]>("slowly");
export const stop = defineUpdate<string>("stop");
export const who = defineUpdate<unknown>("who");

export async function updates(): Promise<number> {
  let total = 0;
  let isOver = false;
  setHandler(
    increase,
    (by) => {
      if (by === 13) throw ApplicationFailure.nonRetryable("unlucky", "Unlucky", { by });
      total += by;
      return total;
    },
    {
      validator: (by) => {
        if (by < 0) throw new RangeError("only upwards");
      },
    },
  );
  setHandler(slowly, async (ms) => {
    await sleep(ms);
    total += 1;
    return `slept ${ms}`;
  });
  setHandler(who, () => currentUpdateInfo());
  setHandler(stop, () => {
    isOver = true;
    return "stopped";
  });
  setHandler(finish, () => void (isOver = true));
  setHandler(value, () => total);
  await condition(() => isOver);
  await condition(allHandlersFinished);
  return total;
}

export async function updateWithActivity(): Promise<unknown> {
  const seen: unknown[] = [];
  setHandler(increase, async (by) => {
    const back = await remote().echo(by);
    seen.push(back);
    return back * 2;
  });
  await condition(() => seen.length > 0);
  await condition(allHandlersFinished);
  return seen;
}

export async function dynamicUpdates(): Promise<unknown[]> {
  const seen: unknown[] = [];
  setDefaultUpdateHandler((name, ...args) => {
    seen.push([name, ...args]);
    return `did ${name}`;
  });
  await condition(() => seen.length > 0);
  return seen;
}

export async function updateThenReturn(): Promise<string> {
  let isOver = false;
  setHandler(stop, () => {
    isOver = true;
    return "stopped in its last task";
  });
  await condition(() => isOver);
  return "over";
}

export async function noHandlers(): Promise<void> {
  let isOver = false;
  setHandler(finish, () => void (isOver = true));
  await condition(() => isOver);
}
