/** Work whose outcome many ask for at a time. */

/**
 * Who asks gets an outcome of work that was begun after the question; those who ask while it is done share the next one. So
 * at most one is being done and one waits, however many ask.
 */
export function shared<Outcome>(work: () => Promise<Outcome>): () => Promise<Outcome> {
  let current: Promise<Outcome> | null = null;
  let next: Promise<Outcome> | null = null;
  const begin = async (): Promise<Outcome> => {
    next = null;
    const begun = work();
    current = begun;
    try {
      return await begun;
    } finally {
      if (current === begun) current = null;
    }
  };
  const beginAfter = async (before: Promise<unknown>): Promise<Outcome> => {
    await before.catch(() => undefined);
    return begin();
  };
  return () => {
    if (next !== null) return next;
    if (current === null) return begin();
    next = beginAfter(current);
    return next;
  };
}
