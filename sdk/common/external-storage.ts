import { ValueError } from "./errors.ts";
import type { Payload } from "./payload.ts";

/** What a driver needs to find a payload again. */
export class StorageDriverClaim {
  readonly claimData: Record<string, string>;

  constructor(claimData: Record<string, string>) {
    this.claimData = claimData;
  }
}

/** The workflow whose payloads are stored. */
export interface StorageDriverWorkflowInfo {
  readonly kind: "workflow";
  readonly namespace: string;
  readonly id?: string;
  readonly runId?: string;
  readonly type?: string;
}

/** The activity whose payloads are stored. */
export interface StorageDriverActivityInfo {
  readonly kind: "activity";
  readonly namespace: string;
  readonly id?: string;
  readonly runId?: string;
  readonly type?: string;
}

/** Whose payloads are stored. */
export type StorageDriverTargetInfo = StorageDriverWorkflowInfo | StorageDriverActivityInfo;

/** What a storage driver is told when it stores. */
export interface StorageDriverStoreContext {
  abortSignal?: AbortSignal;
  target?: StorageDriverTargetInfo;
}

/** What is known when a storage driver is chosen. */
export interface StorageDriverSelectContext {
  abortSignal?: AbortSignal;
  target?: StorageDriverTargetInfo;
}

/** What a storage driver is told when it retrieves. */
export interface StorageDriverRetrieveContext {
  abortSignal?: AbortSignal;
}

/** A place for payloads. `name` goes onto the wire and finds the driver again; `type` tells what kind it is. */
export interface StorageDriver {
  readonly name: string;
  readonly type: string;
  store(context: StorageDriverStoreContext, payloads: Payload[]): Promise<StorageDriverClaim[]>;
  retrieve(context: StorageDriverRetrieveContext, claims: StorageDriverClaim[]): Promise<Payload[]>;
}

/** Picks the driver of a payload; null keeps it inline. */
export type StorageDriverSelector = (context: StorageDriverSelectContext, payload: Payload) => StorageDriver | null;

const DEFAULT_THRESHOLD_BYTES = 256 * 1024;

/** The drivers, and which payloads go to them. */
export class ExternalStorage {
  readonly drivers: StorageDriver[];
  readonly driverSelector: StorageDriverSelector;
  readonly payloadSizeThreshold: number;
  readonly #driversByName = new Map<string, StorageDriver>();

  constructor(options: {
    drivers: StorageDriver[];
    /** Required when there is more than one driver. */
    driverSelector?: StorageDriverSelector;
    /** Default 256 KiB; 0 asks the selector about every payload. */
    payloadSizeThreshold?: number;
  }) {
    const { drivers, driverSelector, payloadSizeThreshold = DEFAULT_THRESHOLD_BYTES } = options;
    const [first] = drivers;
    if (first === undefined) throw new ValueError("ExternalStorage requires at least one driver");
    for (const driver of drivers) {
      if (typeof driver.name !== "string" || driver.name === "") {
        throw new ValueError("Storage driver 'name' must be a non-empty string");
      }
      if (this.#driversByName.has(driver.name)) throw new ValueError(`Duplicate storage driver name: '${driver.name}'`);
      this.#driversByName.set(driver.name, driver);
    }
    if (drivers.length > 1 && driverSelector === undefined) {
      throw new ValueError("ExternalStorage.driverSelector is required when more than one driver is registered");
    }
    if (!Number.isFinite(payloadSizeThreshold) || payloadSizeThreshold < 0) {
      throw new ValueError(
        `ExternalStorage.payloadSizeThreshold must be a non-negative finite number, got ${payloadSizeThreshold}`,
      );
    }
    this.drivers = drivers;
    this.driverSelector = driverSelector ?? (() => first);
    this.payloadSizeThreshold = payloadSizeThreshold;
  }

  /** The driver of this name, or null. */
  getDriver(name: string): StorageDriver | null {
    return this.#driversByName.get(name) ?? null;
  }
}
