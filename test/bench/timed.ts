/** What a call takes: the median over several, by the processor's time and by the clock. */
import { median } from './rounds.js';

/** Below this, in milliseconds, a figure is noise of the clock. */
export const LEAST_MS = 0.05;

export interface Times {
  readonly cpuMs: number;
  readonly wallMs: number;
}

export function timed(times: number, work: (round: number) => unknown): Times {
  const [cpu, wall]: [number[], number[]] = [[], []];
  for (let round = 0; round < times; round += 1) {
    const [before, began] = [process.cpuUsage(), performance.now()];
    work(round);
    wall.push(performance.now() - began);
    cpu.push(cpuMsSince(before));
  }
  return { cpuMs: median(cpu), wallMs: median(wall) };
}

export function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
