/** Work whose outcome many ask for at a time. */

/**
 * Who asks gets an outcome of work that was begun after the question; those who ask while it is done share the next one. So
 * at most one is being done and one waits, however many ask.
 */
export function shared<Outcome>(work: () => Promise<Outcome>): () => Promise<Outcome> {
  let current: Promise<unknown> | null = null;
  let next: Promise<Outcome> | null = null;
  const begin = (): Promise<Outcome> => {
    next = null;
    const begun = work();
    const over = begun.then(
      () => undefined,
      () => undefined,
    );
    current = over;
    void over.then(() => {
      if (current === over) current = null;
    });
    return begun;
  };
  return () => {
    if (current === null && next === null) return begin();
    next ??= (current ?? Promise.resolve()).then(begin);
    return next;
  };
}
