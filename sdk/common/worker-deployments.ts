import { makeProtoEnumConverters } from "./proto-enum.ts";

/** The version of a worker deployment. */
export interface WorkerDeploymentVersion {
  readonly buildId: string;
  readonly deploymentName: string;
}

/** `deploymentName.buildId`. */
export function toCanonicalString(version: WorkerDeploymentVersion): string {
  return `${version.deploymentName}.${version.buildId}`;
}

/** When a workflow moves from one version of its worker deployment to another. */
export const VersioningBehavior = {
  /** Stays on the version it started on, unless moved by hand. */
  PINNED: "PINNED",
  /** Moves to the current version with its next workflow task. */
  AUTO_UPGRADE: "AUTO_UPGRADE",
} as const;
export type VersioningBehavior = (typeof VersioningBehavior)[keyof typeof VersioningBehavior];

/** From the name that users give to the number that is sent, and back. */
export const [encodeVersioningBehavior, decodeVersioningBehavior] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, PINNED: 1, AUTO_UPGRADE: 2 },
  "VERSIONING_BEHAVIOR_",
);

/** Overrides the versioning behavior of one execution. */
export type VersioningOverride = PinnedVersioningOverride | AutoUpgradeVersioningOverride;

/** The execution stays on this version, whatever its workflow says. */
export interface PinnedVersioningOverride {
  /** The version to which the workflow is pinned. */
  pinnedTo: WorkerDeploymentVersion;
}

/** The execution moves to the current version of its deployment, whatever its workflow says. */
export type AutoUpgradeVersioningOverride = "AUTO_UPGRADE";

/** The versioning behavior of a new run's first task after continue-as-new. */
export const InitialVersioningBehavior = {
  /** The target version of the task queue when the run starts. */
  AUTO_UPGRADE: "AUTO_UPGRADE",
  /** The ramping version of the task queue when the run starts, whatever the target. */
  USE_RAMPING_VERSION: "USE_RAMPING_VERSION",
} as const;
export type InitialVersioningBehavior = (typeof InitialVersioningBehavior)[keyof typeof InitialVersioningBehavior];

/** From the name that users give to the number that is sent, and back. */
export const [encodeInitialVersioningBehavior, decodeInitialVersioningBehavior] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, AUTO_UPGRADE: 1, USE_RAMPING_VERSION: 2 },
  "CONTINUE_AS_NEW_VERSIONING_BEHAVIOR_",
);

/** undefined when the build id is empty or absent. */
export function convertDeploymentVersion(
  version: { buildId?: string | null; deploymentName?: string | null } | null | undefined,
): WorkerDeploymentVersion | undefined {
  if (!version?.buildId) return undefined;
  return { buildId: version.buildId, deploymentName: version.deploymentName ?? "" };
}
