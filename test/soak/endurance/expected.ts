/** What a daemon's log may say at warn or above in an endurance run. */
import type { OpenShops } from './shops-process.js';

/** Of any shop, and of none: what full speed explains. */
const OF_ANY: ReadonlySet<string> = new Set(['daemon.loop_slow', 'schedule.skipped']);

/** Of the hostile shop alone, whose runs may also end because nothing of it comes any more. */
const OF_HOSTILE: ReadonlySet<string> = new Set([
  'robots.delay_capped',
  'robots.unreachable',
  'run.failed',
  'run.unhealthy',
  'sitemap.skipped',
]);

/** Whether `event` is in order, by the fields that name its shop or its origin. */
export function isExpected(
  { hosts }: OpenShops['hostile'],
  event: string,
  { shop, origin }: Readonly<Record<string, unknown>>,
): boolean {
  if (OF_ANY.has(event)) return true;
  const isHostile =
    shop === 'hostile' || hosts.some((host) => origin === `http://${host}` || origin === `https://${host}`);
  return OF_HOSTILE.has(event) && isHostile;
}
