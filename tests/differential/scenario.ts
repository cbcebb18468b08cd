import type { Conversation } from "./conversation.ts";
import type { SettingsName } from "./settings.ts";

export interface Scenario {
  /** `section/what happens`. */
  name: string;
  settings: SettingsName;
  /** Takes more than about five seconds, because it waits for a time-out that cannot be made shorter. */
  slow: boolean;
  run(t: Conversation): Promise<void>;
}

export interface ScenarioOptions {
  settings?: SettingsName;
  slow?: boolean;
}

export function scenario(
  name: string,
  run: (t: Conversation) => Promise<void>,
  options: ScenarioOptions = {},
): Scenario {
  return { name, run, settings: options.settings ?? "default", slow: options.slow ?? false };
}
