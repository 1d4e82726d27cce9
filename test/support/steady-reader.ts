/** Asks again and again until the work is done, at most `most` times, and says how it was answered. */
export async function readUntil(
  work: Promise<unknown>,
  ask: () => Promise<Response>,
  most: number,
): Promise<{ statuses: number[]; p99Ms: number }> {
  const end = new AbortController();
  void work.finally(() => end.abort());
  const [statuses, times]: [number[], number[]] = [[], []];
  do {
    const startedAt = performance.now();
    const response = await ask();
    await response.arrayBuffer();
    times.push(performance.now() - startedAt);
    statuses.push(response.status);
    await new Promise((resolve) => setTimeout(resolve, 20));
  } while (!end.signal.aborted && statuses.length < most);
  return { statuses, p99Ms: times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0 };
}
