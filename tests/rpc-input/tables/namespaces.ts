import { Code } from "../../../api/errors.ts";
import { invalid, LONG_ID, namespaceRefusals } from "../refusal.ts";
import type { Fields, Refusal, RefusalTable } from "../refusal.ts";

const day = { seconds: 86_400, nanos: 0 };
const register: Fields = { namespace: "new", workflowExecutionRetentionPeriod: day };
const ELEVEN = Array.from({ length: 11 }, (_, index) => `binary-${index}`);
const RETENTION = "A valid retention period is not set on request.";
const retention = (because: string, period: unknown): Refusal =>
  invalid(because, { ...register, workflowExecutionRetentionPeriod: period }, RETENTION);

const taken = (name: string): Refusal => ({
  because: `${name} is taken`,
  request: { ...register, namespace: name },
  code: Code.ALREADY_EXISTS,
  message: `Namespace "${name}" already exists`,
  detail: "NamespaceAlreadyExistsFailure",
});

const named = (): Refusal[] => [
  invalid("no name", { namespace: "" }, "Namespace not set on request."),
  invalid("name too long", { namespace: LONG_ID }, "Namespace length exceeds limit."),
  {
    because: "unknown name",
    request: { namespace: "nowhere" },
    code: Code.NOT_FOUND,
    message: "Namespace nowhere is not found.",
    detail: "NamespaceNotFoundFailure",
  },
];

const list: Fields = { namespace: "default" };
const refusedQuery = (query: string, message: string): Refusal =>
  invalid(`query ${query}`, { ...list, query }, message);
const listed = (): Refusal[] => [
  ...namespaceRefusals(list),
  refusedQuery("nonsense", "invalid query: invalid expression: incomplete expression"),
  refusedQuery("NoSuch = 1", "invalid query: invalid search attribute: NoSuch"),
  refusedQuery("WorkflowId = 'a' LIMIT 3", "invalid query: operation is not supported: 'LIMIT' clause"),
];
const badToken = (base: Fields): Refusal =>
  invalid(
    "token that is none",
    { ...base, nextPageToken: Buffer.from("nonsense") },
    "unable to decode next page token",
  );

const timed: Fields = { ...list, startTimeFilter: {} };
const upsideDown = { earliestTime: { seconds: 2, nanos: 0 }, latestTime: { seconds: 1, nanos: 0 } };
const filtered = (): Refusal[] => [
  ...namespaceRefusals(timed),
  invalid(
    "times upside down",
    { ...list, startTimeFilter: upsideDown },
    "EarliestTime in StartTimeFilter should not be larger than LatestTime.",
  ),
  badToken(timed),
];

export const namespaces: RefusalTable = {
  RegisterNamespace: [
    ...named().slice(0, 2),
    retention("no retention", undefined),
    retention("negative retention", { seconds: -1, nanos: 0 }),
    retention("retention below an hour", { seconds: 3599, nanos: 0 }),
    invalid("unknown cluster", { ...register, activeClusterName: "nowhere" }, "Invalid cluster name: nowhere"),
    invalid("global", { ...register, isGlobalNamespace: true }, "Cannot register global namespace when not enabled"),
    taken("default"),
    taken("temporal-system"),
  ],
  DescribeNamespace: [
    ...named(),
    invalid(
      "both name and id",
      { namespace: "default", id: "11111111-1111-4111-8111-111111111111" },
      "GetNamespace operation failed. Both ID and Name specified in request.",
    ),
    {
      because: "unknown id",
      request: { id: "no-id" },
      code: Code.NOT_FOUND,
      message: "Namespace no-id is not found.",
      detail: "NamespaceNotFoundFailure",
    },
  ],
  UpdateNamespace: [
    ...named(),
    invalid(
      "retention below an hour",
      { namespace: "default", config: { workflowExecutionRetentionTtl: { seconds: 1, nanos: 0 } } },
      RETENTION,
    ),
    invalid(
      "eleven bad binaries",
      {
        namespace: "default",
        config: { badBinaries: { binaries: Object.fromEntries(ELEVEN.map((name) => [name, { reason: "r" }])) } },
      },
      "Total resetBinaries cannot exceed the max limit: 10",
    ),
  ],
  DeprecateNamespace: named(),
  DeleteNamespace: [
    ...named(),
    {
      because: "unknown id",
      request: { namespaceId: "no-id" },
      code: Code.NOT_FOUND,
      message: "Namespace no-id is not found.",
      detail: "NamespaceNotFoundFailure",
    },
    invalid(
      "both name and id",
      { namespace: "default", namespaceId: "11111111-1111-4111-8111-111111111111" },
      "Only one of namespace name or Id should be set on request.",
    ),
    {
      because: "the server's own",
      request: { namespace: "temporal-system" },
      code: Code.FAILED_PRECONDITION,
      message: "unable to delete system namespace",
    },
  ],
  ListNamespaces: [invalid("token that is none", { nextPageToken: Buffer.from("nonsense") }, "Invalid NextPageToken.")],
  ListWorkflowExecutions: [...listed(), badToken(list)],
  ScanWorkflowExecutions: [...listed(), badToken(list)],
  CountWorkflowExecutions: [
    ...listed(),
    refusedQuery(
      "GROUP BY WorkflowId",
      "invalid query: operation is not supported: 'GROUP BY' clause is not supported for search attribute WorkflowId",
    ),
  ],
  ListOpenWorkflowExecutions: filtered(),
  ListClosedWorkflowExecutions: [
    ...filtered(),
    invalid(
      "status that is open",
      { ...timed, statusFilter: { status: 1 } },
      "StatusFilter must be specified and must be not Running.",
    ),
  ],
  ListArchivedWorkflowExecutions: [
    ...namespaceRefusals(list),
    invalid("nothing is archived", list, "Cluster is not configured for visibility archival."),
  ],
  AddSearchAttributes: [
    ...namespaceRefusals({ namespace: "default", searchAttributes: { Colour: 2 } }),
    invalid("none", list, "SearchAttributes are not set on request."),
    invalid(
      "of no type",
      { ...list, searchAttributes: { Colour: 0 } },
      "Unable to create search attributes: cannot have more than 0 search attribute of type Unspecified.",
    ),
    invalid(
      "of the system",
      { ...list, searchAttributes: { WorkflowId: 2 } },
      "Search attribute WorkflowId is reserved by system.",
    ),
  ],
  RemoveSearchAttributes: [
    ...namespaceRefusals({ namespace: "default", searchAttributes: ["Colour"] }),
    invalid("none", list, "SearchAttributes are not set on request."),
    invalid(
      "of the system",
      { ...list, searchAttributes: ["WorkflowId"] },
      "Unable to remove non-custom search attributes: WorkflowId.",
    ),
  ],
  ListSearchAttributes: namespaceRefusals(list),
};
