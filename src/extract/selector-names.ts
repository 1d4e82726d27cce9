/** Names of an element that a selector may rest on, and those that a build step made up and the next will change. */
import { Element } from 'domhandler';
import { visibleText } from './dom-text.js';
import { attribute } from './html.js';

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_-]*$/;
const FOR_MACHINES = [
  'itemprop',
  'property',
  'data-testid',
  'data-test',
  'data-qa',
  'data-role',
  'data-hook',
  'name',
];
const LONGEST_LABEL = 24;

/** Simple selectors for the element alone, without its tag where a name says enough. */
export function namesOf(element: Element): string[] {
  const names: string[] = [];
  const id = attribute(element, 'id');
  if (id !== null && isGiven(id)) names.push(`#${id}`);
  for (const name of FOR_MACHINES) {
    const value = attribute(element, name);
    if (value !== null && /^[\w:.-]{1,60}$/.test(value)) names.push(`${element.name}[${name}="${value}"]`);
  }
  const classes = (attribute(element, 'class') ?? '').split(/\s+/).filter(isGiven).slice(0, 6);
  names.push(...classes.map((name) => `.${name}`), ...classes.map((name) => `${element.name}.${name}`));
  if (classes.length > 1) names.push(`.${classes.join('.')}`);
  return names;
}

/** `css-1x2y3z`, `sc-bdVaJa`, `Price_root__3kd9F` and ids with long numbers are made up. */
function isGiven(name: string): boolean {
  if (!IDENTIFIER.test(name) || name.length > 50) return false;
  if (/^(?:css|sc|jsx|jss|svelte|emotion|chakra)-/.test(name) || /\d{3,}/.test(name)) return false;
  return !/__[A-Za-z0-9]*\d[A-Za-z0-9]*$/.test(name) && !/^[a-z]+[A-Z][a-z]?[A-Z]/.test(name);
}

/** The cell beside a label: `th:contains("品番") + td`. */
export function rowSelector(element: Element): string | null {
  let before = element.prev;
  while (before !== null && !(before instanceof Element)) before = before.prev;
  if (before === null) return null;
  const label = visibleText(before, LONGEST_LABEL + 1).replace(/[\s::]+$/u, '');
  if (label === '' || label.length > LONGEST_LABEL || /["\\]/.test(label)) return null;
  return `${before.name}:contains("${label}") + ${element.name}`;
}
