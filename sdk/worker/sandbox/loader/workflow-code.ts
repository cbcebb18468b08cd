/** Workflow code ready to be evaluated, as data: what the loader makes and what a bundle holds. */

/** What an import of a module leads to. */
export type Target =
  | { readonly module: string }
  /** A module of the library, of which a sandbox has one copy: its path below `sdk/`, without ending. */
  | { readonly library: string }
  /** Importing it fails with this text. */
  | { readonly problem: string }
  /** Listed in `ignoreModules`: importing succeeds, using it fails with this text. */
  | { readonly ignored: string };

export interface CodeModule {
  readonly id: string;
  /** The file as stack traces show it. */
  readonly file: string;
  /** Body of a function of `exports`, `require` and `module`. */
  readonly code: string;
  readonly targets: Readonly<Record<string, Target>>;
  /** When lines of `code` are not those of the sources. */
  readonly sourceMap?: string | undefined;
}

export interface WorkflowCode {
  readonly modules: readonly CodeModule[];
  /** Ids of modules. */
  readonly entry: string;
  readonly interceptors: readonly string[];
  readonly payloadConverter: string | undefined;
  readonly failureConverter: string | undefined;
  /** Evaluated once and shared by all runs. */
  readonly preload: readonly string[];
}
