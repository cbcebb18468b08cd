/** What a program needs of its process. */
export interface ProgramHost {
  /** One line to the standard output. */
  out(text: string): void;
  err(text: string): void;
  /** The server answers: what only cost time before may be done now. */
  onServing?(): void;
  /** The listener runs at each signal that asks the program to stop. */
  onStopSignal(listener: () => void): void;
  /** Ends the process now, whatever is going on. */
  exit(code: number): void;
}

/** Exit codes of programs. */
export const EXIT = { ok: 0, refused: 1, usage: 2, interrupted: 130 } as const;
