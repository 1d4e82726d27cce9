/** A judgement in words and tables: what card, report and command share. */
import { unreachable } from '../../domain/errors.js';
import type { DcganEpoch } from './progress.js';
import type { DiversityReport } from './diversity.js';
import type { DcganJudgement } from './judge.js';

export function verdictLine({ diversity: { verdict } }: DcganJudgement): string {
  switch (verdict.kind) {
    case 'diverse':
      return `the generator has not collapsed: ${verdict.reason}`;
    case 'collapsed':
      return `the generator has collapsed: ${verdict.reason}`;
    case 'copies':
      return `the generator learnt pictures by heart: ${verdict.reason}`;
    default:
      return unreachable(verdict.kind);
  }
}

export function encoderLine({ codesFound, redrawn, meanPicture, heldOut }: DcganJudgement): string {
  const which = heldOut ? 'pictures that it was not shown' : 'its training pictures, as none were held out';
  return (
    `the encoder finds ${(100 * codesFound).toFixed(1)} % of the variance of codes again; ${which}, drawn again, are ` +
    `off by ${redrawn.toFixed(3)} of the range (root mean square; the mean training picture by ${meanPicture.toFixed(3)})`
  );
}

export const DIVERSITY_HEAD = ['', 'samples', 'real pictures'] as const;

export function diversityRows({ samples, real }: DiversityReport): string[][] {
  const row = (name: string, of: keyof typeof samples): string[] => [
    name,
    samples[of].toFixed(4),
    real[of].toFixed(4),
  ];
  return [
    row('mean distance of pairs', 'pairDistance'),
    row('median distance to the nearest other', 'nearestDistance'),
    row('mean MS-SSIM of pairs', 'similarity'),
    row('median distance to the nearest training picture', 'trainingDistance'),
  ];
}

/** Of one pass, for people. */
export function passLine({ phase, epoch, figures, picturesPerSecond, elapsedMs }: DcganEpoch): string {
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(3)}`);
  return (
    `${phase} epoch ${epoch}  ${shown.join('  ')}  ${Math.round(picturesPerSecond)} pictures/s  ` +
    `${(elapsedMs / 1000).toFixed(1)} s`
  );
}

/** How long it was trained: passes and minutes of each phase. */
export function trainedLine(history: readonly DcganEpoch[]): string {
  const part = (name: DcganEpoch['phase']): string => {
    const own = history.filter(({ phase }) => phase === name);
    const steps = own.reduce((sum, one) => sum + one.steps, 0);
    const minutes = own.reduce((sum, one) => sum + one.elapsedMs, 0) / 60_000;
    return `${steps} steps in ${own.length} passes, ${minutes.toFixed(1)} minutes`;
  };
  return `generator and discriminator ${part('adversarial')}; encoder ${part('encoder')}`;
}
