/** How often each stage ran, for how long at least one of its calls was under way, and whether it gets on. */

export interface StageTime {
  readonly stage: string;
  readonly count: number;
  /** Wall time in which the stage was at work; calls beside each other count once. */
  readonly activeMs: number;
}

interface Stage {
  count: number;
  activeMs: number;
  underWay: number;
  since: number;
  /** When a call ended last, or the first of those under way began. */
  progressAt: number;
}

export class StageTimes {
  readonly #stages = new Map<string, Stage>();

  /** Runs `work` and books its time, whether it succeeds or not. */
  async measure<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const entry = this.#stages.get(stage) ?? { count: 0, activeMs: 0, underWay: 0, since: 0, progressAt: 0 };
    this.#stages.set(stage, entry);
    if (entry.underWay === 0) entry.since = entry.progressAt = performance.now();
    entry.underWay += 1;
    try {
      return await work();
    } finally {
      entry.count += 1;
      entry.underWay -= 1;
      entry.progressAt = performance.now();
      if (entry.underWay === 0) entry.activeMs += performance.now() - entry.since;
    }
  }

  /** Those of the stages that have work under way and have ended none of it for so long. */
  stalled(stages: readonly string[], forMs: number): string[] {
    return stages.filter((stage) => {
      const entry = this.#stages.get(stage);
      return entry !== undefined && entry.underWay > 0 && performance.now() - entry.progressAt > forMs;
    });
  }

  list(): StageTime[] {
    return [...this.#stages].map(([stage, { count, activeMs }]) => ({ stage, count, activeMs }));
  }
}
