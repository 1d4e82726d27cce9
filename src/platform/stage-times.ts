/** How often each stage ran and how long it took, summed over everything that ran beside each other. */

export interface StageTime {
  readonly stage: string;
  readonly count: number;
  readonly totalMs: number;
}

export class StageTimes {
  readonly #stages = new Map<string, { count: number; totalMs: number }>();

  /** Runs `work` and books its time, whether it succeeds or not. */
  async measure<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      const entry = this.#stages.get(stage) ?? { count: 0, totalMs: 0 };
      entry.count += 1;
      entry.totalMs += performance.now() - startedAt;
      this.#stages.set(stage, entry);
    }
  }

  list(): StageTime[] {
    return [...this.#stages].map(([stage, { count, totalMs }]) => ({ stage, count, totalMs }));
  }
}
