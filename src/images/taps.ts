/**
 * Where the project's one resampling filter reads, and how much each source position weighs.
 *
 * The filter is a tent of radius max(1, scale) source pixels: linear interpolation when enlarging, and an
 * antialiased weighted mean when reducing. Beyond an edge the edge pixel repeats. It is symmetric, so mirroring a
 * picture and resampling it commute.
 */

/** Each output position is the weighted mean of `count` neighbouring source positions from `starts[out]` on. */
export interface Taps {
  readonly outLength: number;
  readonly count: number;
  /** Never falling; all of an output's source positions exist. */
  readonly starts: Int32Array;
  /** [outLength, count]; each row adds up to 1. */
  readonly weights: Float32Array;
}

/** Of a part of a row or a column of `sourceLength` pixels, which may begin before it and end behind it. */
export function tapsOf(start: number, length: number, outLength: number, sourceLength: number): Taps {
  const scale = length / outLength;
  const radius = Math.max(1, scale);
  const reach = Math.ceil(2 * radius) + 1;
  const count = Math.min(reach, sourceLength);
  const starts = new Int32Array(outLength);
  const weights = new Float32Array(outLength * count);
  const tent = new Float64Array(reach);
  for (let out = 0; out < outLength; out += 1) {
    const centre = start + (out + 0.5) * scale;
    const first = Math.floor(centre - radius);
    let sum = 0;
    for (let tap = 0; tap < reach; tap += 1) {
      const weight = Math.max(0, 1 - Math.abs(first + tap + 0.5 - centre) / radius);
      tent[tap] = weight;
      sum += weight;
    }
    // What lies beyond the edge is given to the edge pixel, so that the inner loops need no bounds.
    const from = Math.min(sourceLength - count, Math.max(0, first));
    starts[out] = from;
    for (let tap = 0; tap < reach; tap += 1) {
      const at = Math.min(sourceLength - 1, Math.max(0, first + tap)) - from;
      if (at < count) weights[out * count + at] = (weights[out * count + at] ?? 0) + (tent[tap] ?? 0) / sum;
    }
  }
  return withoutIdle({ outLength, count, starts, weights }, sourceLength);
}

/** The same with fewer taps, where each output has some at its ends that weigh nothing. */
function withoutIdle({ outLength, count, starts, weights }: Taps, sourceLength: number): Taps {
  const firsts = new Int32Array(outLength);
  let needed = 1;
  for (let out = 0; out < outLength; out += 1) {
    let first = out * count;
    let end = first + count;
    while (first < end - 1 && weights[first] === 0) first += 1;
    while (end > first + 1 && weights[end - 1] === 0) end -= 1;
    firsts[out] = (starts[out] ?? 0) + first - out * count;
    needed = Math.max(needed, end - first);
  }
  if (needed === count) return { outLength, count, starts, weights };
  const fewer = new Float32Array(outLength * needed);
  for (let out = 0; out < outLength; out += 1) {
    const from = Math.min(firsts[out] ?? 0, sourceLength - needed);
    const skipped = from - (starts[out] ?? 0);
    for (let tap = 0; tap < needed; tap += 1) {
      const at = skipped + tap;
      if (at >= 0 && at < count) fewer[out * needed + tap] = weights[out * count + at] ?? 0;
    }
    firsts[out] = from;
  }
  return { outLength, count: needed, starts: firsts, weights: fewer };
}
