/** Pages of the Japanese shop: no structured data of any kind, only what a person reads. */
import { unreachable } from '../domain/errors.js';
import type { Money } from '../domain/money.js';
import { Random, seedOf } from '../platform/random.js';
import type { DemoItem } from './catalogue.js';
import { extensionOf } from './english-pages.js';
import { chat, sectionHref, SHOP_NAME, specification, tablePage } from './japanese-layout.js';
import { escapeHtml } from './site.js';

export interface JapaneseContext {
  readonly sections: readonly string[];
  /** As on the first day; see the English shop. */
  readonly items: readonly DemoItem[];
}

export function detailPath(item: DemoItem): string {
  return `/goods/detail.cgi?no=${item.sku}`;
}

export function photoPath(item: DemoItem, index: number): string {
  const picture = item.pictures[index];
  const extension = picture?.from === 'file' ? extensionOf(picture.path) : 'jpg';
  return `/goods/photo/${item.sku.toLowerCase()}_${index + 1}.${extension}`;
}

function yen(money: Money): string {
  return money.minor.toLocaleString('en-US');
}

/** Half the pages name the price without tax beside the one with it; the ways of writing vary with the item. */
function priceLine(item: DemoItem): string {
  const price = yen(item.price);
  const before = Math.round(item.price.minor / 1.1).toLocaleString('en-US');
  switch (item.number % 4) {
    case 0:
      return `<SPAN class="price">${price}円（税込）</SPAN>`;
    case 1:
      return `<SPAN class="price">${price}円（税込）</SPAN>　<SPAN class="caption">税抜 ${before}円</SPAN>`;
    case 2:
      return `<SPAN class="caption">税抜 ${before}円</SPAN>　<SPAN class="price">税込 ${price}円</SPAN>`;
    default:
      return `<SPAN class="price">￥${price}</SPAN>（税込）`;
  }
}

function listPriceLine(item: DemoItem): string {
  return item.listPrice === null ? '' : `通常価格 <S class="old">${yen(item.listPrice)}円（税込）</S><BR>\n`;
}

function stockWords(availability: DemoItem['availability']): string {
  switch (availability) {
    case 'in-stock':
      return '在庫あり';
    case 'low-stock':
      return '残りわずか';
    case 'sold-out':
      return '<FONT color="#cc0000">売り切れ</FONT>';
    default:
      return unreachable(availability);
  }
}

export function detailPage(item: DemoItem, context: JapaneseContext): string {
  const random = new Random(seedOf(item.sku, item.title));
  const title = escapeHtml(item.title);
  const photos = item.pictures.map((_, index) => photoPath(item, index));
  const [main = ''] = photos;
  const thumbs = photos
    .slice(1)
    .map((photo) => `<BR><IMG src="${photo}" width="300" height="300" alt="${title}">`);
  const order =
    item.availability === 'sold-out'
      ? '申し訳ございません。ただいま品切れ中です。'
      : '<FORM action="/cart.cgi" method="post" onSubmit="return checkForm(this)">数量 <INPUT type="text" name="num" size="3" value="1"> <INPUT type="image" src="/img/btn_cart.png" alt="買い物かごに入れる"></FORM>';
  const body = `<H1 class="goods_name">${title}</H1>
<TABLE width="620" border="0" cellspacing="0" cellpadding="4"><TR valign="top">
<TD width="310"><IMG src="${main}" name="main" width="300" height="300" border="0" alt="${title}">${thumbs.join('')}</TD>
<TD width="310">
商品番号：${item.sku}<BR>
${item.listPrice === null ? '' : '<IMG src="/img/icon_new.png" width="32" height="16" alt="SALE"> '}${listPriceLine(item)}${item.listPrice === null ? '価格' : 'セール価格'} ${priceLine(item)}<BR>
在庫：${stockWords(item.availability)}<BR>
<BR>
${order}
</TD></TR></TABLE>
<P>${escapeHtml(item.description)}</P>
${specification(specificationRows(item, random))}
${chat(random)}
${neighbours(item, context, random)}
<DIV align="right"><A href="#top">▲ページの先頭へ</A></DIV>`;
  const topicPath = `<A href="/">TOP</A> &gt; <A href="${sectionHref(item.section)}">${item.section}</A> &gt; ${title}`;
  return tablePage({ title: item.title, topicPath, sections: context.sections, body });
}

function specificationRows(item: DemoItem, random: Random): [string, string][] {
  const rows: [string, string][] = [
    ['ブランド', escapeHtml(item.brand)],
    ['サイズ', random.pick(['S・M・L', 'フリー', 'M・L・LL'])],
    ['生産国', random.pick(['日本', 'ベトナム', 'イタリア'])],
    ['ご注意', '色は画面によって実物と異なって見えることがあります。'],
  ];
  return item.colour === '' ? rows : [['カラー', item.colour], ...rows];
}

/** Other items, without prices, with small pictures that belong to them. */
function neighbours(item: DemoItem, { items }: JapaneseContext, random: Random): string {
  const others = Array.from({ length: 5 }, () => random.pick(items)).filter(
    (other) => other.sku !== item.sku,
  );
  const cells = others.map(
    (other) =>
      `<TD width="124" valign="top" class="caption"><A href="${detailPath(other)}"><IMG src="${photoPath(other, 0)}" width="100" height="100" border="0" alt="${escapeHtml(other.title)}"></A><BR><A href="${detailPath(other)}">${escapeHtml(other.title)}</A></TD>`,
  );
  return `<TABLE width="620" border="0" cellspacing="0" cellpadding="2"><TR><TD colspan="5" bgcolor="#efe6d5"><B>この商品を見た人はこんな商品も見ています</B></TD></TR><TR>${cells.join('\n')}</TR></TABLE>`;
}

export function sectionPage(
  section: string,
  items: readonly DemoItem[],
  page: number,
  pages: number,
  context: JapaneseContext,
): string {
  const rows: string[] = [];
  for (let start = 0; start < items.length; start += 4) {
    rows.push(
      `<TR valign="top">${items
        .slice(start, start + 4)
        .map(cell)
        .join('\n')}</TR>`,
    );
  }
  const links = [
    page > 1 ? `<A href="${sectionHref(section, page - 1)}">&lt;&lt; 前へ</A>` : '',
    `${page} / ${pages} ページ`,
    page < pages ? `<A href="${sectionHref(section, page + 1)}">次へ &gt;&gt;</A>` : '',
  ];
  const body = `<H2>${section}</H2>
<TABLE width="620" border="0" cellspacing="0" cellpadding="4">
${rows.join('\n')}
</TABLE>
<P align="center">${links.join('　')}</P>`;
  const topicPath = `<A href="/">TOP</A> &gt; ${section}`;
  return tablePage({ title: section, topicPath, sections: context.sections, body });
}

function cell(item: DemoItem): string {
  const title = escapeHtml(item.title);
  return `<TD width="155"><A href="${detailPath(item)}"><IMG src="${photoPath(item, 0)}" width="140" height="140" border="0" alt="${title}"></A><BR>
<A href="${detailPath(item)}">${title}</A><BR>
${listPriceLine(item)}${priceLine(item)}<BR>
${stockWords(item.availability)}</TD>`;
}

export function topPage(context: JapaneseContext): string {
  const list = context.sections.map(
    (section) => `<LI><A href="${sectionHref(section)}">${section}</A>の商品を見る</LI>`,
  );
  const body = `<H1>${SHOP_NAME}</H1>
<IMG src="/img/banner.png" width="600" height="200" alt="冬のニット特集">
<P>ようこそ、つむぎ通りへ。手編みのようなぬくもりのある品を集めています。</P>
<UL>${list.join('\n')}</UL>
${chat(new Random(seedOf('top')))}`;
  return tablePage({ title: 'ニットと布小物の通販', topicPath: 'TOP', sections: context.sections, body });
}

export function notePage(title: string, context: JapaneseContext): string {
  const body = `<H1>${title}</H1>${chat(new Random(seedOf(title)))}`;
  return tablePage({
    title,
    topicPath: `<A href="/">TOP</A> &gt; ${title}`,
    sections: context.sections,
    body,
  });
}
