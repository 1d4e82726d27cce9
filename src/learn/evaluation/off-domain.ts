/** Pictures of nothing that the model was taught: every one that it accepts is a mistake. */
import { bestOf } from './decisions.js';
import { share } from './share.js';
import type { Share } from './share.js';

export interface OffDomainPictures {
  /** size x size x 3 bytes a picture, in the order of `entries`. */
  readonly pixels: Uint8Array;
  readonly entries: readonly { readonly path: string; readonly group: string }[];
  /** Files that could not be decoded. */
  readonly undecodable: number;
  /** Folders that hold a class of the model, which are therefore not off-domain. */
  readonly leftOut: readonly string[];
}

export interface OffDomainReport {
  readonly pictures: number;
  readonly undecodable: number;
  readonly leftOut: readonly string[];
  /** Share whose probability is above the threshold. */
  readonly accepted: Share;
  readonly byGroup: readonly { readonly group: string; readonly accepted: Share }[];
  /** What the accepted are taken for, the surest first. */
  readonly worst: readonly { readonly path: string; readonly named: string; readonly probability: number }[];
}

const SHOWN = 20;

/** `probabilities`: [pictures, labels]. */
export function offDomainReport(
  { entries, undecodable, leftOut }: OffDomainPictures,
  probabilities: Float32Array,
  labels: readonly string[],
  threshold: number,
): OffDomainReport {
  const rows = entries.map(({ path, group }, row) => {
    const { named, probability } = bestOf(probabilities, labels.length, row);
    return { path, group, named: labels[named] ?? '', probability, accepted: probability > threshold };
  });
  const acceptedOf = (some: readonly { readonly accepted: boolean }[]): Share =>
    share(some.filter(({ accepted }) => accepted).length, some.length);
  const groups = [...new Set(entries.map(({ group }) => group))];
  return {
    pictures: entries.length,
    undecodable,
    leftOut,
    accepted: acceptedOf(rows),
    byGroup: groups.map((group) => ({
      group,
      accepted: acceptedOf(rows.filter((row) => row.group === group)),
    })),
    worst: rows
      .filter(({ accepted }) => accepted)
      .sort((a, b) => b.probability - a.probability)
      .slice(0, SHOWN)
      .map(({ path, named, probability }) => ({ path, named, probability })),
  };
}
