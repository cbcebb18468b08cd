/** Which attribute a name in a query means. */
import type { AttributeType, VisibilityField } from "../store/visibility.ts";
import { PREDEFINED_ATTRIBUTES, SYSTEM_ATTRIBUTES, TEMPORAL_PREFIX } from "./attribute-tables.ts";
import type { LiteralTarget } from "./literal.ts";

/** The custom attributes of a namespace. */
export interface AttributeRegistry {
  typeOf(name: string): AttributeType | undefined;
  /** The field that rows are indexed by; without this, the name itself. */
  fieldOf?(name: string): string;
}

/** `type` is the attribute's own, also where the stored field has another one. */
export interface NamedField extends LiteralTarget {
  readonly field: VisibilityField;
}

/**
 * A name means itself before it is an alias: `TemporalWorkflowId` is WorkflowId, and `ScheduledById` is
 * TemporalScheduledById unless the namespace has an attribute of that name.
 */
export function fieldNamed(name: string, registry: AttributeRegistry): NamedField | undefined {
  const own = fixedField(name, name) ?? customField(name, registry);
  if (own !== undefined) return own;
  if (!name.startsWith(TEMPORAL_PREFIX)) return fixedField(`${TEMPORAL_PREFIX}${name}`, name);
  return fixedField(name.slice(TEMPORAL_PREFIX.length), name);
}

function fixedField(target: string, name: string): NamedField | undefined {
  const system = SYSTEM_ATTRIBUTES.get(target);
  if (system !== undefined) {
    const { column, type } = system;
    const form = column === "status" ? "status" : column === "executionDurationNs" ? "duration" : "plain";
    return { name, type, form, field: { kind: "system", column, type: form === "status" ? "Int" : type } };
  }
  const predefined = PREDEFINED_ATTRIBUTES.get(target);
  return predefined === undefined ? undefined : attributeField(target, name, predefined.type);
}

function customField(name: string, registry: AttributeRegistry): NamedField | undefined {
  const type = registry.typeOf(name);
  return type === undefined ? undefined : attributeField(registry.fieldOf?.(name) ?? name, name, type);
}

function attributeField(target: string, name: string, type: AttributeType): NamedField {
  return { name, type, form: "plain", field: { kind: "attribute", name: target, type } };
}
