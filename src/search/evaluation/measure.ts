/**
 * Retrieval figures. Each query looks for the other pictures of its group among the whole gallery but itself.
 *
 * recall@k: share of the queries that have one of their group among the first k (the in-shop protocol of Liu et al.
 * 2016). mAP: mean over the queries of the average precision over all ranks. Same-category rate: share of the first
 * ten answers that are of the query's category.
 */
import type { Method } from './methods.js';
import type { PartRow } from './part-rows.js';
import type { TruthPicture } from './truth.js';

export const RECALL_AT = [1, 5, 10] as const;
const SHOWN = 10;

export interface MethodFigures {
  readonly method: string;
  readonly what: string;
  readonly queries: number;
  readonly gallery: number;
  /** In the order of RECALL_AT. */
  readonly recall: readonly number[];
  readonly meanAveragePrecision: number;
  /** Null where no category is known. */
  readonly sameCategory: number | null;
  /** Milliseconds to score and sort the gallery, mean of the queries; the parts' cosines, which all share, are not in it. */
  readonly rankMs: number;
}

/** The first answers to one query, best first, as places in the gallery. */
interface Answers {
  readonly query: number;
  readonly ranked: readonly number[];
}

/** Sums of one method over queries. */
export class Measure {
  readonly method: Method;
  readonly answers: Answers[] = [];
  #queries = 0;
  readonly #hits = RECALL_AT.map(() => 0);
  #precision = 0;
  #same = 0;
  #compared = 0;
  #ms = 0;

  constructor(method: Method) {
    this.method = method;
  }

  /** `gallery`: the pictures in the order of the row; `query`: a place in the truth; `self`: its place in the gallery. */
  add(
    query: number,
    asked: TruthPicture,
    self: number,
    gallery: readonly TruthPicture[],
    row: PartRow,
  ): void {
    const started = performance.now();
    const scores = this.method.score(row);
    const order = rankedBy(scores, self);
    this.#ms += performance.now() - started;
    this.#queries += 1;
    let found = 0;
    let sum = 0;
    let first = -1;
    for (const [rank, at] of order.entries()) {
      if (gallery[at]?.group !== asked.group) continue;
      if (first < 0) first = rank;
      found += 1;
      sum += found / (rank + 1);
    }
    for (const [index, k] of RECALL_AT.entries()) {
      if (first >= 0 && first < k) this.#hits[index] = (this.#hits[index] ?? 0) + 1;
    }
    this.#precision += found === 0 ? 0 : sum / found;
    const shown = [...order.subarray(0, SHOWN)];
    this.answers.push({ query, ranked: shown });
    for (const at of shown) {
      const category = gallery[at]?.category ?? null;
      if (category === null || asked.category === null) continue;
      this.#compared += 1;
      if (category === asked.category) this.#same += 1;
    }
  }

  figures(gallery: number): MethodFigures {
    const queries = this.#queries;
    return {
      method: this.method.name,
      what: this.method.what,
      queries,
      gallery,
      recall: this.#hits.map((hits) => hits / queries),
      meanAveragePrecision: this.#precision / queries,
      sameCategory: this.#compared === 0 ? null : this.#same / this.#compared,
      rankMs: this.#ms / queries,
    };
  }
}

/** Best first, without `self`; equal scores by place. */
function rankedBy(scores: Float32Array, self: number): Uint32Array {
  const order = Uint32Array.from(scores.keys()).filter((at) => at !== self);
  return order.sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0) || one - other);
}
