/** What tests of workflows and activities import. */
export { TimeSkippingClient, TimeSkippingWorkflowClient } from "./time-skipping-client.ts";
export type { ClientOptionsForTestEnv } from "./time-skipping-client.ts";
export type { DevServerConfig, EphemeralServerExecutable, TimeSkippingServerConfig } from "./server-config.ts";
export { defaultActivityInfo, MockActivityEnvironment } from "./mock-activity-environment.ts";
export type { MockActivityEnvironmentOptions } from "./mock-activity-environment.ts";
export { mockActivities } from "./mock-activities.ts";
export type { ActivityMocks, MockedCall } from "./mock-activities.ts";
export { mockChildWorkflows } from "./mock-child-workflows.ts";
export type { ChildWorkflowMocks } from "./mock-child-workflows.ts";
export { TestWorkflowEnvironment } from "./test-workflow-environment.ts";
export type * from "./environment-options.ts";
export { workflowInterceptorModules } from "./workflow-interceptor-modules.ts";
