/** How fashiond names itself to shops: product token, version, and where to reach its operator. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './assets.js';

interface PackageFile {
  readonly version: string;
}

/** The version in package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as PackageFile).version;
}

/** `fashiond/0.1.0 (+https://example.org/bot)`; without a contact only loopback shops are crawled. */
export function userAgent(contact: string | null): string {
  return `fashiond/${packageVersion()}${contact === null ? '' : ` (+${contact})`}`;
}
