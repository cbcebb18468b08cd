import { invalidArgument } from "../../../api/errors.ts";
import type { Input } from "../../../api/codec.ts";
import type { BadBinaries, NamespaceConfig } from "../../../api/gen/messages.js";
import { timestamp } from "../../../api/timestamp.ts";
import { frontendSettings } from "../../dynamic-config/index.ts";
import type { Frontend } from "../frontend.ts";

/**
 * Binaries that were once marked as bad, for resets of everything that they did. As in Temporal, the reply to their
 * change shows them and nothing keeps them: versioning of workers took their place.
 */
export function toldBadBinaries({ config, clock }: Frontend, changed: NamespaceConfig | undefined): Input<BadBinaries> {
  const binaries = Object.entries(changed?.badBinaries?.binaries ?? {});
  const most = config.get(frontendSettings.badBinariesMax);
  if (binaries.length > most) throw invalidArgument(`Total resetBinaries cannot exceed the max limit: ${most}`);
  const createTime = timestamp(clock.now());
  return { binaries: Object.fromEntries(binaries.map(([checksum, binary]) => [checksum, { ...binary, createTime }])) };
}
