/** Reads a daemon's log as it comes, and remembers of it only what went wrong. */

interface LogReport {
  /** How often each event came at warn or above. */
  readonly warned: ReadonlyMap<string, number>;
  /** What nobody expected: other events at warn or above, stacks, lines that are no JSON. For people, shortened. */
  readonly unexpected: readonly string[];
}

export interface LogWatch extends LogReport {
  /** Any piece of the output. */
  take(text: string): void;
}

const WARN = 40;
const SHOWN = 600;
/** More of the same say nothing new. */
const KEPT = 50;
/** A frame of a stack: an error that nobody caught where it could be named. */
const STACK = /\\n\s+at .+:\d+/;

/** `isExpected`: of an event at warn or above. `onEvent` hears of every event. */
export function watchLog(
  isExpected: (event: string, fields: Readonly<Record<string, unknown>>) => boolean,
  onEvent: (event: string, fields: Readonly<Record<string, unknown>>) => void = () => undefined,
): LogWatch {
  const warned = new Map<string, number>();
  const unexpected: string[] = [];
  let rest = '';
  const object = (line: string): void => {
    if (unexpected.length < KEPT) unexpected.push(line.slice(0, SHOWN));
  };
  const read = (line: string): void => {
    const fields = parsed(line);
    if (fields === null) return object(line);
    const event = String(fields['event']);
    const isWarning = Number(fields['level']) >= WARN;
    if (isWarning) warned.set(event, (warned.get(event) ?? 0) + 1);
    if (STACK.test(line) || (isWarning && !isExpected(event, fields))) object(line);
    onEvent(event, fields);
  };
  return {
    warned,
    unexpected,
    take: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') read(line);
    },
  };
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
