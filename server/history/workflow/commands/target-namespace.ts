import { namespaceNotFound } from "../../../../api/errors.ts";
import type { Namespace } from "../../env.ts";
import { bad } from "./attributes.ts";
import type { AttributeChecks } from "./attributes.ts";
import type { CommandContext } from "./command.ts";

const SYSTEM_NAMESPACE = "temporal-system";

/** The namespace that a command names, the run's own by default. Another one is refused, an unknown one fails the call. */
export function targetNamespace({ run, namespace }: CommandContext, checks: AttributeChecks, name: string): Namespace {
  if (name === "" || name === namespace.name) return namespace;
  if (name !== SYSTEM_NAMESPACE && run.env.namespaces.byName(name) === undefined) throw namespaceNotFound(name);
  throw bad(checks, "cross namespace commands are not allowed");
}
