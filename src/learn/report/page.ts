/** A whole page, which needs nothing beside itself and runs no script. */
import { escaped } from './markup.js';

const STYLE = `
body { font: 15px/1.5 sans-serif; max-width: 1000px; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 1em 0; font-size: 13px }
th, td { border-bottom: 1px solid #ddd; padding: 3px 10px 3px 0; text-align: left; font-weight: normal }
thead th { font-weight: bold }
svg { max-width: 100%; height: auto }
.pictures { display: flex; flex-wrap: wrap; gap: 12px }
figure { margin: 0; width: 110px; font-size: 12px; line-height: 1.3 }
`;

/** `body`: parts in HTML. */
export function htmlPage(title: string, body: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body>`,
    ...body,
    '</body></html>',
    '',
  ].join('\n');
}
