/**
 * The slots of one kind of task, whoever supplies them.
 *
 * 1. A slot is reserved before a poll, used when a task came, and released exactly once.
 * 2. Who waits for a slot waits in order.
 */
import { systemClock, systemTimers } from "../../../base/index.ts";
import type { Clock, Timers } from "../../../base/index.ts";
import { msToNumber } from "../../common/index.ts";
import { ResourceBasedController } from "./resource-controller.ts";
import type {
  CustomSlotSupplier,
  ResourceBasedSlotsForType,
  SlotInfo,
  SlotPermit,
  SlotReserveContext,
  SlotSupplier,
} from "./slot-supplier.ts";

export interface Slot<SI extends SlotInfo> {
  use(info: SI): void;
  release(): void;
}

export interface SlotsOptions<SI extends SlotInfo> {
  readonly supplier: SlotSupplier<SI>;
  readonly context: Omit<SlotReserveContext, "isSticky">;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** Told of errors that a supplier of the user's throws. */
  readonly onSupplierError: (error: unknown) => void;
  /** Hears how many are in use, and how many there are where that is known. */
  readonly onChange?: ((inUse: number, total: number | undefined) => void) | undefined;
}

export class Slots<SI extends SlotInfo> {
  readonly #supplier: CustomSlotSupplier<SI>;
  readonly #options: SlotsOptions<SI>;
  #inUse = 0;
  #reserved = 0;
  #processed = 0;

  constructor(options: SlotsOptions<SI>) {
    this.#options = options;
    this.#supplier = asCustom(options);
    this.#changed();
  }

  /** How many tasks run. */
  get inUse(): number {
    return this.#inUse;
  }

  /** How many tasks have ended. */
  get processed(): number {
    return this.#processed;
  }

  /** undefined where nobody knows how many there may be. */
  get total(): number | undefined {
    const { supplier } = this.#options;
    return supplier.type === "fixed-size" ? supplier.numSlots : undefined;
  }

  /** What workers' heartbeats call the supplier. */
  get kind(): string {
    return KINDS[this.#options.supplier.type];
  }

  /** How many slots wait for a task. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Resolves to undefined once `signal` fires. */
  async reserve(signal: AbortSignal, isSticky = false): Promise<Slot<SI> | undefined> {
    while (!signal.aborted) {
      try {
        return this.#slot(await this.#supplier.reserveSlot({ ...this.#options.context, isSticky }, signal));
      } catch (error) {
        if (signal.aborted) break;
        this.#options.onSupplierError(error);
        // A supplier that fails at once must not keep the process busy.
        await new Promise<void>((resolve) => (this.#options.timers ?? systemTimers).set(SUPPLIER_PAUSE_MS, resolve));
      }
    }
    return undefined;
  }

  tryReserve(isSticky = false): Slot<SI> | undefined {
    try {
      const permit = this.#supplier.tryReserveSlot({ ...this.#options.context, isSticky });
      return permit === null || permit === undefined ? undefined : this.#slot(permit);
    } catch (error) {
      this.#options.onSupplierError(error);
      return undefined;
    }
  }

  #slot(permit: SlotPermit): Slot<SI> {
    let slotInfo: SI | undefined;
    let isReleased = false;
    this.#reserved++;
    return {
      use: (info) => {
        slotInfo = info;
        this.#reserved--;
        this.#inUse++;
        this.#changed();
        this.#guard(() => this.#supplier.markSlotUsed({ slotInfo: info, permit }));
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        if (slotInfo === undefined) this.#reserved--;
        else {
          this.#inUse--;
          this.#processed++;
        }
        this.#changed();
        this.#guard(() => this.#supplier.releaseSlot(slotInfo === undefined ? { permit } : { slotInfo, permit }));
      },
    };
  }

  #changed(): void {
    this.#options.onChange?.(this.#inUse, this.total);
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.onSupplierError(error);
    }
  }
}

const KINDS = { "fixed-size": "Fixed", "resource-based": "ResourceBased", custom: "Custom" } as const;
const SUPPLIER_PAUSE_MS = 1_000;
const permitOfCount: SlotPermit = {};

function asCustom<SI extends SlotInfo>(options: SlotsOptions<SI>): CustomSlotSupplier<SI> {
  const { supplier } = options;
  if (supplier.type === "custom") return supplier;
  if (supplier.type === "fixed-size") return new CountedSlots({ hasRoom: (used) => used < supplier.numSlots });
  return resourceSlots(supplier, options);
}

function resourceSlots<SI extends SlotInfo>(
  supplier: ResourceBasedSlotsForType,
  { context, clock = systemClock, timers }: SlotsOptions<SI>,
): CustomSlotSupplier<SI> {
  const isWorkflow = context.slotType === "workflow";
  const { minimumSlots = isWorkflow ? 2 : 1, maximumSlots = isWorkflow ? 1_000 : 2_000 } = supplier;
  const throttleMs = msToNumber(supplier.rampThrottle ?? (isWorkflow ? 10 : 50));
  const controller = supplier.controller ?? ResourceBasedController.create(supplier.tunerOptions);
  let lastAt = Number.NEGATIVE_INFINITY;
  return new CountedSlots({
    hasRoom(used) {
      if (used < minimumSlots) return true;
      if (used >= maximumSlots || clock.now() - lastAt < throttleMs || !controller.hasRoom) return false;
      lastAt = clock.now();
      return true;
    },
    lookAgainMs: Math.max(throttleMs, 10),
    timers,
  });
}

interface CountedSlotsOptions {
  /** Whether one more may be given when `used` are out. */
  readonly hasRoom: (used: number) => boolean;
  /** Room may come by itself, not only by a release. */
  readonly lookAgainMs?: number;
  readonly timers?: Timers | undefined;
}

/** Slots that differ in nothing: a count and a line of those who wait. */
class CountedSlots<SI extends SlotInfo> implements CustomSlotSupplier<SI> {
  readonly type = "custom";
  readonly #options: CountedSlotsOptions;
  readonly #waiting = new Set<(permit: SlotPermit) => void>();
  #used = 0;
  #isLooking = false;

  constructor(options: CountedSlotsOptions) {
    this.#options = options;
  }

  reserveSlot(_: SlotReserveContext, signal: AbortSignal): Promise<SlotPermit> {
    if (this.#waiting.size === 0 && this.#take()) return Promise.resolve(permitOfCount);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(give);
        reject(signal.reason as Error);
      };
      const give = (permit: SlotPermit): void => {
        signal.removeEventListener("abort", onAbort);
        resolve(permit);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(give);
      this.#lookAgain();
    });
  }

  tryReserveSlot(): SlotPermit | null {
    return this.#waiting.size === 0 && this.#take() ? permitOfCount : null;
  }

  markSlotUsed(): void {}

  releaseSlot(): void {
    this.#used--;
    this.#serve();
  }

  #take(): boolean {
    if (!this.#options.hasRoom(this.#used)) return false;
    this.#used++;
    return true;
  }

  #serve(): void {
    for (const give of this.#waiting) {
      if (!this.#take()) break;
      this.#waiting.delete(give);
      give(permitOfCount);
    }
    this.#lookAgain();
  }

  #lookAgain(): void {
    const { lookAgainMs, timers = systemTimers } = this.#options;
    if (lookAgainMs === undefined || this.#isLooking || this.#waiting.size === 0) return;
    this.#isLooking = true;
    timers.set(lookAgainMs, () => {
      this.#isLooking = false;
      this.#serve();
    });
  }
}
