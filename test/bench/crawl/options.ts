/** What the crawl benchmark is told on its command line. */
export interface CrawlBenchOptions {
  /** Of revisits; first visits take as long as they take. */
  readonly seconds: number;
  readonly hosts: number;
  /** Of each host. */
  readonly items: number;
  /** The library that speaks HTTP. */
  readonly client: 'got-scraping' | 'undici';
}

const DEFAULTS: CrawlBenchOptions = {
  seconds: 300,
  hosts: 400,
  items: 20,
  client: 'got-scraping',
};

/** Null where the arguments are not understood. */
export function crawlOptions(args: readonly string[]): CrawlBenchOptions | null {
  let options = DEFAULTS;
  for (let at = 0; at < args.length; at += 2) {
    const [name, value] = [args[at]?.slice(2), args[at + 1]];
    if (value === undefined) return null;
    if (name === 'client' && (value === 'undici' || value === 'got-scraping'))
      options = { ...options, client: value };
    else if (name === 'seconds' || name === 'hosts' || name === 'items') {
      if (!/^[1-9]\d{0,3}$/.test(value)) return null;
      options = { ...options, [name]: Number(value) };
    } else return null;
  }
  return options;
}
