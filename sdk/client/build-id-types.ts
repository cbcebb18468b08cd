/** @deprecated Use worker deployments. */
export type BuildIdOperation =
  | AddNewIdInNewDefaultSet
  | AddNewCompatibleVersion
  | PromoteSetByBuildId
  | PromoteBuildIdWithinSet
  | MergeSets;

/** Adds a build id in a set of its own, which becomes the queue's default. */
export interface AddNewIdInNewDefaultSet {
  operation: "addNewIdInNewDefaultSet";
  buildId: string;
}

/** Adds a build id to the set of another. */
export interface AddNewCompatibleVersion {
  operation: "addNewCompatibleVersion";
  buildId: string;
  existingCompatibleBuildId: string;
  promoteSet?: boolean;
}

/** Makes the set of a build id the queue's default. */
export interface PromoteSetByBuildId {
  operation: "promoteSetByBuildId";
  buildId: string;
}

/** Makes a build id the default of its set. */
export interface PromoteBuildIdWithinSet {
  operation: "promoteBuildIdWithinSet";
  buildId: string;
}

/** Makes two sets one. */
export interface MergeSets {
  operation: "mergeSets";
  primaryBuildId: string;
  secondaryBuildId: string;
}

/** The sets of a task queue, the default one last. */
export interface WorkerBuildIdVersionSets {
  readonly versionSets: BuildIdVersionSet[];
  defaultSet: BuildIdVersionSet;
  defaultBuildId: string;
}

/** Build ids that are compatible with each other; the last is the default of the set. */
export interface BuildIdVersionSet {
  readonly buildIds: string[];
  readonly default: string;
}
