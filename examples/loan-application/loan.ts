/** The words that the workflow, its activities and the web share. */
export interface Application {
  readonly id: string;
  readonly applicant: string;
  readonly euros: number;
  readonly incomeEuros: number;
}

export interface Decision {
  readonly isApproved: boolean;
  readonly reviewer: string;
  readonly reason: string;
}

export type Phase = "scoring" | "waiting for review" | "paying out" | "paid out" | "declined" | "expired";

export interface LoanState {
  readonly application: Application;
  readonly phase: Phase;
  readonly score?: number;
  readonly remindersSent: number;
  readonly decision?: Decision;
}
