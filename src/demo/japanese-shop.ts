/** Routes of the Japanese shop: EUC-JP pages and query strings, Last-Modified only, no sitemap. */
import type { DemoCatalogue, DemoDay, DemoItem } from './catalogue.js';
import { FIRST_DAY, itemOn, SECOND_DAY } from './catalogue.js';
import { decorationNamed } from './decorations.js';
import { eucJpBytes, eucJpUnescaped } from './euc-jp.js';
import { detailPage, detailPath, notePage, photoPath, sectionPage, topPage } from './japanese-pages.js';
import type { JapaneseContext } from './japanese-pages.js';
import { PageCache, pagesOf } from './site.js';
import type { PictureBytes, Resource, Site } from './site.js';

const NOTES: Readonly<Record<string, string>> = {
  '/guide.html': 'ご利用案内',
  '/mail.html': 'お問い合わせ',
  '/cart.cgi': '買い物かご',
};

export function japaneseSite(catalogue: DemoCatalogue, bytesOf: PictureBytes): Site {
  const context: JapaneseContext = { sections: catalogue.sections, items: catalogue.items };
  const byTarget = new Map(catalogue.items.map((item) => [detailPath(item), item]));
  const photos = photosOf(catalogue, bytesOf);
  const cache = new PageCache();
  return {
    resource: (target, day) =>
      photos.get(target) ??
      withoutTag(decorationNamed(target.replace('/img/', ''))) ??
      cache.get(`${day} ${target}`, () => pageAt(target, day, catalogue, context, byTarget)),
  };
}

function pageAt(
  target: string,
  day: DemoDay,
  catalogue: DemoCatalogue,
  context: JapaneseContext,
  byTarget: ReadonlyMap<string, DemoItem>,
): Resource | null {
  const known = byTarget.get(target);
  if (known !== undefined) {
    const item = itemOn(known, day);
    return item === null ? null : page(detailPage(item, context), item.updatedAt);
  }
  const note = NOTES[target];
  if (note !== undefined) return page(notePage(note, context), FIRST_DAY);
  if (target === '/' || target === '/index.html') return page(topPage(context), FIRST_DAY);
  if (target === '/robots.txt') {
    return sent(Buffer.from('User-agent: *\nDisallow: /cart.cgi\n'), 'text/plain', FIRST_DAY);
  }
  return target.startsWith('/list.cgi?') ? section(target, day, catalogue, context) : null;
}

function section(
  target: string,
  day: DemoDay,
  catalogue: DemoCatalogue,
  context: JapaneseContext,
): Resource | null {
  const fields = new Map(
    target
      .slice('/list.cgi?'.length)
      .split('&')
      .map((field): [string, string] => {
        const [name = '', value = ''] = field.split('=', 2);
        return [name, value];
      }),
  );
  const name = eucJpUnescaped(fields.get('cat') ?? '');
  const number = Number(fields.get('page') ?? '1');
  const places = pagesOf(catalogue.items.filter((item) => item.section === name));
  const place = places[number - 1];
  if (place === undefined) return null;
  const shown = place.map((item) => itemOn(item, day)).filter((item) => item !== null);
  const changed = day === 2 && place.some((item) => item.change !== null);
  return page(sectionPage(name, shown, number, places.length, context), changed ? SECOND_DAY : FIRST_DAY);
}

function page(text: string, lastModified: number): Resource {
  return sent(eucJpBytes(text), 'text/html; charset=EUC-JP', lastModified);
}

function sent(bytes: Uint8Array, contentType: string, lastModified: number): Resource {
  return { contentType, body: () => Promise.resolve(bytes), etag: null, lastModified };
}

function withoutTag(resource: Resource | null): Resource | null {
  return resource === null ? null : { ...resource, etag: null };
}

function photosOf(catalogue: DemoCatalogue, bytesOf: PictureBytes): Map<string, Resource> {
  const photos = new Map<string, Resource>();
  for (const item of catalogue.items) {
    for (const [index, picture] of item.pictures.entries()) {
      photos.set(photoPath(item, index), {
        contentType: picture.from === 'file' ? picture.contentType : 'image/jpeg',
        body: () => bytesOf(picture),
        etag: null,
        lastModified: FIRST_DAY,
      });
    }
  }
  return photos;
}
