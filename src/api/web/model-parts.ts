/** Parts of the page of models: what is under way, what the gate said, and what was done. */
import type { ModelChange, ModelControl } from '../../domain/model-change.js';
import type { GateReport, ModelEvent } from '../../domain/model-registry.js';
import { html } from './html.js';
import type { Html } from './html.js';
import { gateText, quoted, wordOf } from './said.js';
import type { View } from './view.js';

/** The latest change and the renewal; read again while the page is open. */
export function changeState(view: View, models: ModelControl): Html {
  const { words } = view;
  const [change] = models.changes();
  const renewal = models.renewal();
  const isRenewing = renewal !== null && renewal.endedAt === null && renewal.total > 0;
  return html`${
    change !== undefined &&
    html`<p class="${change.problem === null ? 'note' : 'problem'}">
      ${change.kind === 'promotion' ? words.promote : words.rollBack}
      <code>${change.model.slice(0, 12)}</code>:
      <strong>${words[`step_${change.step}`]}</strong
      >${change.problem !== null && html` – ${whyNot(view, change, change.problem)}`}
    </p>`
  }
  ${
    isRenewing &&
    html`<p class="note">
      ${words.renewing}: ${view.number(Math.min(renewal.done, renewal.total))} / ${view.number(renewal.total)}
      <progress
        aria-label="${words.renewing}"
        max="${renewal.total}"
        value="${Math.min(renewal.done, renewal.total)}"
      ></progress>
      ${renewal.from !== renewal.model && words.searchedBefore}
    </p>`
  }`;
}

/** What the gate is against stands in its report; anything else is said once, in one language. */
function whyNot(view: View, { step, gate }: ModelChange, problem: string): Html {
  const against = step === 'refused' ? (gate?.checks.filter(({ passed }) => !passed) ?? []) : [];
  if (against.length === 0) return quoted(view, problem);
  return html`${view.words.gate}: ${view.words.notPassed}
  ${against.map((check) => html`<br />${gateText(view, check).says}`)}`;
}

export function gateTable(view: View, gate: GateReport): Html {
  const { words } = view;
  const figure = (value: number | null): string =>
    value === null ? '–' : String(Math.round(value * 1000) / 1000);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.gate}">
    <table>
      <caption>
        ${words.gate}:
        <span class="badge ${gate.passed ? 'green' : 'red'}"
          >${gate.passed ? words.passed : words.notPassed}</span
        >
        ${gate.data}, ${view.number(gate.pictures)} ${words.gatePictures}
      </caption>
      <thead>
        <tr>
          <th scope="col">${words.gateCheck}</th>
          <th scope="col">${words.gateCandidate}</th>
          <th scope="col">${words.gateRequired}</th>
          <th scope="col">${words.status}</th>
        </tr>
      </thead>
      <tbody>
        ${gate.checks.map((check) => {
          const { passed, candidate, required } = check;
          const { name, says } = gateText(view, check);
          return html`<tr>
            <th scope="row">${name}<br /><small>${says}</small></th>
            <td>${figure(candidate)}</td>
            <td>${figure(required)}</td>
            <td>
              <span class="badge ${passed ? 'green' : 'red'}"
                >${passed ? words.passed : words.notPassed}</span
              >
            </td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** Newest first. */
export function eventTable(view: View, events: readonly ModelEvent[]): Html {
  const { words } = view;
  return html`<h2>${words.modelHistory}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="${words.modelHistory}">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.when}</th>
            <th scope="col">${words.models}</th>
            <th scope="col">${words.what}</th>
            <th scope="col">${words.byWhom}</th>
            <th scope="col">${words.changeNote}</th>
          </tr>
        </thead>
        <tbody>
          ${events.map(
            ({ at, name, model, step, by, note }) =>
              html`<tr>
                <td>${view.date(at)}</td>
                <td>${name} <code>${model.slice(0, 12)}</code></td>
                <td>${words[`event_${step}`]}</td>
                <td>${wordOf(view.codes.actor, by) ?? by}</td>
                <td class="wide">${note !== null && noteOf(view, by, note)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** A person's own words; what the daemon notes is in English. */
function noteOf(view: View, by: string, note: string): Html {
  return wordOf(view.codes.actor, by) === null ? html`${note}` : quoted(view, note);
}
