/** Availability out of schema.org terms, feed words, and what shops write beside their cart button. */
import type { Availability } from '../domain/product.js';

const TERMS: Readonly<Record<string, Availability>> = {
  instock: 'in-stock',
  instoreonly: 'in-stock',
  onlineonly: 'in-stock',
  available: 'in-stock',
  availablefororder: 'in-stock',
  madetoorder: 'back-order',
  limitedavailability: 'low-stock',
  lowstock: 'low-stock',
  backorder: 'back-order',
  backordered: 'back-order',
  preorder: 'pre-order',
  presale: 'pre-order',
  outofstock: 'sold-out',
  oos: 'sold-out',
  soldout: 'sold-out',
  unavailable: 'sold-out',
  reserved: 'sold-out',
  pending: 'sold-out',
  discontinued: 'discontinued',
};

/** A schema.org ItemAvailability (URL or name) or a word of a product feed; null when it is neither. */
export function availabilityOfTerm(text: string | null): Availability | null {
  const name = (text ?? '').trim().replace(/^.*[/#:]/, '');
  const key = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  return TERMS[key] ?? availabilityOfWords(text ?? '');
}

/** The first that matches wins: what forbids an order stands before what allows it. */
const WORDS: readonly (readonly [Availability, RegExp])[] = [
  ['discontinued', /販売(?:を)?終了|廃番|廃盤|生産終了|取扱い?終了|discontinued|no longer available/i],
  [
    'sold-out',
    /売り?切れ?(?!る|次第)|完売|在庫切れ?|品切れ?|在庫(?:が|は)?(?:なし|無し|ありません|ございません|ゼロ)|入荷待ち|再入荷(?:のお知らせ|通知|お知らせ|リクエスト)|sold[ -]?out|out[ -]of[ -]stock|not in stock|(?:currently|temporarily) unavailable|notify me when|not available|ausverkauft|vergriffen|nicht (?:mehr )?(?:auf lager|verfügbar|vorrätig|lieferbar|erhältlich)|épuisé|rupture de stock|indisponible|(?:non|no) disponib|(?:sin|fuera de) (?:existencias|stock)|agotado|esaurito|esgotado|indisponível|(?:niet|ikke|inte|ej|slut) (?:op voorraad|på lager|i lager)|uitverkocht|slutsåld|udsolgt|utsolgt|brak w magazynie|niedostępn|wyprzedan|품절|售罄|缺货/i,
  ],
  [
    'pre-order',
    /予約(?:受付|販売|商品|注文|する|で購入)|(?:先行|ご)予約|入荷予定|pre-?order|vorbestell|précommande/i,
  ],
  ['back-order', /取り?寄せ|受注(?:生産|販売)|back-?order/i],
  [
    'low-stock',
    /残り?(?:わずか|僅か|少|[1-9]点|[1-9]個|[1-9]着|[1-9]枚|あと|[1-5](?!\d))|在庫(?:わずか|僅少|残少)|ラスト\s?1|low (?:in )?stock|only \d+ (?:left|remaining)|few left|last (?:one|item|piece|chance)|almost gone|selling fast|nur noch \d|plus que \d/i,
  ],
  [
    'in-stock',
    /在庫(?:が|は)?(?:あり|有り?|ございます)|即納|即日発送|販売中|in[ -]stock|available now|auf lager|vorrätig|lieferbar|sofort verfügbar|en stock|disponibile|em estoque|op voorraad|(?:i|på) lager|na magazynie|w magazynie|재고 있음|有货/i,
  ],
];

/** Text of a status, a badge or a button; null when it says nothing of stock. */
export function availabilityOfWords(text: string): Availability | null {
  const plain = text.normalize('NFKC');
  for (const [availability, words] of WORDS) if (words.test(plain)) return availability;
  return null;
}

/** What stands in a row labelled "stock": a mark, a number or words. */
export function availabilityOfStockValue(text: string): Availability | null {
  const plain = text.normalize('NFKC').trim();
  const words = availabilityOfWords(plain);
  if (words !== null) return words;
  if (/^[○◯◎〇⭕]|^(?:あり|有り?|yes|available)/i.test(plain)) return 'in-stock';
  if (/^[△▲]/.test(plain)) return 'low-stock';
  if (/^[×✕xX✖](?!\w)|^(?:なし|無し?|no$|none)/i.test(plain)) return 'sold-out';
  const count = /^(\d{1,6})(?!\d|[.,/年月])/.exec(plain)?.[1];
  if (count === undefined) return null;
  return Number(count) === 0 ? 'sold-out' : 'in-stock';
}

/** A control that puts the item into a cart. Links that show the cart are not meant. */
export const BUY_WORDS =
  /(?:カート|カゴ|かご|バッグ)に(?:入れ|いれ|追加|商品を)|買い物(?:かご|カゴ)(?:に|へ)|カートへ(?!進)|カートイン|購入(?:する|手続き)|今すぐ(?:購入|買)|注文する|予約する|予約注文|add (?:item )?to (?:my )?(?:cart|bag|basket|trolley)|buy (?:it )?now|pre-?order(?: now)?$|in den (?:warenkorb|einkaufswagen)|ajouter au panier|(?:añadir|agregar) a(?:l carrito| la cesta)|aggiungi al carrello|in winkelwagen|lägg i varukorg|do koszyka|加入购物车|加入購物車|立即购买|장바구니|구매하기|바로구매|jetzt kaufen|in den (?:einkaufs)?korb|acheter|comprar(?: ahora)?|añadir al carro|aggiungi|acquista|toevoegen aan|bestellen|köp nu|legg i handle|læg i kurv|kup teraz|do koš[ií]k[au]|sepete ekle|в корзину|купить|ajouter à mon panier|ship it/i;

/** The same as names for machines have it: classes, ids, test ids, and where a form leads. */
export const BUY_NAMES =
  /add[-_]?(?:item[-_]?)?to[-_]?(?:cart|bag|basket|trolley)|buy[-_]?now|(?:cart|basket)[-_]?(?:in|add|submit)(?:$|[-_\s])|(?:btn|button)[-_]?(?:cart|buy|purchase)(?:$|[-_\s])|purchase[-_]?button|single_add/i;
export const BUY_ACTION = /\/(?:cart|basket|bag)\/add|add[-_]?to[-_]?(?:cart|basket)|\/cart\/?(?:\?|$)/i;

const BEST_FIRST: readonly Availability[] = [
  'in-stock',
  'low-stock',
  'back-order',
  'pre-order',
  'sold-out',
  'discontinued',
];

/** Of an item with variants: what can be ordered decides. Null when nothing is known. */
export function bestAvailability(all: readonly (Availability | null)[]): Availability | null {
  return BEST_FIRST.find((availability) => all.includes(availability)) ?? null;
}
