/** What the web shows: plain HTML. Everything that a user typed is escaped. */
import type { LoanState } from "./loan.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export interface Row {
  readonly id: string;
  readonly phase: string;
}

export function listPage(rows: readonly Row[]): string {
  const items = rows.map(
    ({ id, phase }) =>
      html`<tr>
        <td><a href="/applications/${id}">${id}</a></td>
        <td>${phase}</td>
      </tr>`,
  );
  return page(
    "Loans",
    `<table><tr><th>application</th><th>state</th></tr>${items.join("")}</table>
    <h2>Apply</h2>
    <form method="post" action="/applications">
      <label>Name <input name="applicant" required></label>
      <label>Amount in € <input name="euros" type="number" min="1" required></label>
      <label>Yearly income in € <input name="incomeEuros" type="number" min="0" required></label>
      <button>Apply</button>
    </form>`,
  );
}

/** `token` makes the decision one, however often its form is sent. */
export function applicationPage(
  { application, phase, score, decision, remindersSent }: LoanState,
  token: string,
): string {
  const { id, applicant, euros } = application;
  const facts = html`<p>${applicant} would like to have ${euros} €. Score: ${score ?? "not known yet"}.</p>
    <p>State: <strong>${phase}</strong>, ${remindersSent} reminders</p>`;
  const form = html`<form method="post" action="/applications/${id}/decision">
    <input type="hidden" name="token" value="${token}" />
    <label>Your name <input name="reviewer" required /></label>
    <label>Reason <input name="reason" /></label>
    <button name="verdict" value="approve">Approve</button>
    <button name="verdict" value="decline">Decline</button>
  </form>`;
  const made = html`<p>Decided by ${decision?.reviewer ?? "nobody"}.</p>`;
  return page(id, facts + (phase === "waiting for review" ? form : made));
}

export function errorPage(message: string): string {
  return page("Not done", html`<p>${message}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><h1>${escape(title)}</h1>${body}</html>`;
}

function html(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce((text, part, i) => text + escape(String(values[i - 1])) + part);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
