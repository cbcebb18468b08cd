import { expect } from "vitest";
import type { Area } from "./define.ts";
export const activities: Area = () => { void expect; };
