/** Asks so many times, one after the other, and says how it was answered. */
export async function readTimes(
  times: number,
  ask: (time: number) => Promise<Response>,
): Promise<{ statuses: number[]; p99Ms: number }> {
  const [statuses, took]: [number[], number[]] = [[], []];
  for (let time = 0; time < times; time += 1) {
    const startedAt = performance.now();
    const response = await ask(time);
    await response.arrayBuffer();
    took.push(performance.now() - startedAt);
    statuses.push(response.status);
  }
  return { statuses, p99Ms: took.toSorted((a, b) => a - b)[Math.floor(times * 0.99)] ?? 0 };
}
