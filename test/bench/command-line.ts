/** What `npm run bench --` is told: see main.ts. */

export interface WantedBench {
  readonly name: string;
  /** What it takes itself. */
  readonly args: readonly string[];
}

export interface BenchCommand {
  readonly wanted: readonly WantedBench[];
  /** Whether each runs in a process of its own and its part of RESULTS.md is written anew. */
  readonly isRecorded: boolean;
  /** How many times of its bar a measurement may miss; null where no bar is required. */
  readonly within: number | null;
  /** Where the bars are written for the process that asked for them, or null. */
  readonly barsFile: string | null;
}

/** `names`: of every benchmark. Null where it is not understood; what a benchmark takes itself is not looked at. */
export function benchCommand(given: readonly string[], names: readonly string[]): BenchCommand | null {
  const rest: string[] = [];
  let [isRecorded, within, barsFile]: [boolean, number | null, string | null] = [false, null, null];
  for (let at = 0; at < given.length; at += 1) {
    const argument = given[at]!;
    const factor = /^--require(?:=(\d+))?$/.exec(argument);
    if (factor !== null) within = Number(factor[1] ?? 1);
    else if (argument === '--record') isRecorded = true;
    else if (argument === '--bars') {
      at += 1;
      barsFile = given[at] ?? null;
    } else rest.push(argument);
  }
  if (within === 0) return null;
  const [first, ...args] = rest;
  const isOfNames = rest.every((one) => names.includes(one));
  if (first !== undefined && !names.includes(first)) return null;
  const wanted = first === undefined ? names : isOfNames ? rest : null;
  return {
    wanted: wanted === null ? [{ name: first!, args }] : wanted.map((name) => ({ name, args: [] })),
    isRecorded: isRecorded || (wanted ?? []).length > 1,
    within,
    barsFile,
  };
}
