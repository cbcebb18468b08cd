/** The words that the workflows, their activities and their callers share. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly vatNumber: string;
  readonly products: readonly string[];
}

/** Handed over in person: access to it waits for a key. */
export const PRODUCT_WITH_KEY = "vault";

export type Onboarded = { readonly kind: "welcome" } | { readonly kind: "turned away"; readonly reason: string };
