/** The page's style sheet, script and icon: read once, named by their content, so that browsers keep them for good. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../config/assets.js';
import { sha256Hex } from '../../platform/fingerprint.js';

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Assets {
  readonly all: readonly Asset[];
  readonly css: string;
  readonly js: string;
}

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' } as const;
/** By parts of the page, in the order of the cascade; sent as one, so that a page waits for one answer. */
const SHEETS = ['frame', 'forms', 'cards', 'item', 'lookalikes', 'panels', 'review', 'screens'].map(
  (part) => `${part}.css`,
);
const FOLDER = join(packageRoot, 'src', 'api', 'assets');

export async function loadAssets(): Promise<Assets> {
  const named = async (kind: keyof typeof TYPES, files: readonly string[]): Promise<Asset> => {
    const bytes = Buffer.concat(await Promise.all(files.map((file) => readFile(join(FOLDER, file)))));
    return { path: `/assets/page.${sha256Hex(bytes).slice(0, 12)}.${kind}`, type: TYPES[kind], bytes };
  };
  const [css, js] = await Promise.all([named('css', SHEETS), named('js', ['page.js'])]);
  const icon = {
    path: '/assets/icon.svg',
    type: 'image/svg+xml',
    bytes: await readFile(join(FOLDER, 'icon.svg')),
  };
  return { all: [css, js, icon], css: css.path, js: js.path };
}
