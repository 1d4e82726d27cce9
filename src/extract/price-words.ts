/**
 * Words beside an amount that say what it is. All are matched against text in NFKC; those that look back are
 * anchored to the amount's start, those that look ahead to its end.
 */

const NOT_WORD = '(?![a-z])';

export const TAX_INCLUDED = new RegExp(
  [
    '税込',
    '税こみ',
    '内税',
    '消費税込',
    'tax(?:es)?[- ]incl',
    'incl(?:uding|usive|\\.)?(?: of)?(?: all)? ?(?:vat|tax|gst)',
    '(?:vat|gst) incl',
    'inkl\\.? ?(?:\\d+ ?% ?)?(?:ges(?:etzl)?\\.? ?)?(?:mwst|ust|moms|mehrwertsteuer)',
    'inc\\.? ?(?:vat|gst|tax)',
    `(?<![a-z])ttc${NOT_WORD}`,
    'iva incl',
    'incl\\.? btw',
    '含税',
    '부가세 ?포함',
  ].join('|'),
  'i',
);

export const TAX_EXCLUDED = new RegExp(
  [
    '税抜',
    '税ぬき',
    '税別',
    '外税',
    '本体',
    '\\+ ?消?費?税',
    '税金別',
    'excl(?:uding|usive|\\.)?(?: of)? ?(?:vat|tax|gst)',
    'ex\\.? ?(?:vat|gst)',
    '(?:\\+|plus) ?(?:tax|vat|gst|iva)',
    '(?:tax|vat) excl',
    'before tax',
    '(?:zzgl|exkl)\\.? ?(?:\\d+ ?% ?)?(?:ges(?:etzl)?\\.? ?)?(?:mwst|ust|moms|mehrwertsteuer)',
    `(?<![a-z])ht${NOT_WORD}`,
    'iva no incl',
  ].join('|'),
  'i',
);

/** The price before a reduction. */
export const LIST_PRICE = new RegExp(
  [
    '定価',
    '通常(?!購入|配送)',
    'メーカー希望',
    '希望小売',
    '参考価格',
    '参考上代',
    '上代',
    '元値',
    '元の価格',
    '旧価格',
    'プロパー',
    'セール前',
    '値下げ前',
    '市場価格',
    `(?<![a-z])(?:was|rrp|msrp|srp|list(?: price)?|reg(?:ular)?\\.?(?: price)?|orig(?:inal(?:ly)?)?\\.?(?: price|:| ?[$€£¥])|retail(?: price| value)?|comp(?:are|arable)d?(?: at| to| value)?|old price|full price|uvp|statt|vorher|bisher|ursprünglicher preis|(?:war|era|était|wynosiła|var|oli) ?:|au lieu de|prix (?:de base|conseill[ée]|d'origine|initial|public)|antes|precio (?:original|anterior|habitual)|prezzo (?:di listino|originale)|ord(?:inarie)?\\.? ?pris|tidigare|adviesprijs|oorspronkelijke prijs|cena regularna|pierwotna cena)${NOT_WORD}`,
  ].join('|'),
  'i',
);

export const SALE_PRICE = new RegExp(
  [
    '(?<!通常)販売価格',
    'セール',
    '特別価格',
    '特価',
    '割引後',
    '割引価格',
    '値下げ後',
    '値下価格',
    '今だけ',
    'お買い得価格',
    'タイムセール',
    `(?<![a-z])(?:sale|now|special|reduced|our price|jetzt|maintenant|ahora|adesso|nu|promo)${NOT_WORD}`,
  ].join('|'),
  'i',
);

/** Amounts that are no price: postage, savings, points, instalments, thresholds, a member's price. */
export const NOT_PRICE_BEFORE = new RegExp(
  [
    '送料(?!無料|込|別)',
    '配送料',
    '手数料',
    '代引',
    '(?:値引き?|割引)[^価後]{0,4}$',
    'クーポン(?!価格)',
    'ポイント[::\\s]*[¥$]?\\s*$',
    '月々',
    '毎月',
    '分割',
    '回払い?で?',
    'あと',
    '頭金',
    '(?:うち|内)?(?:消費)?税(?:額|等)?[::\\s]*[¥]?\\s*$',
    '(?:品番|型番|番号|コード|(?<![a-z])(?:jan|ean|upc|isbn|sku|size|no\\.))[::#\\s]*$',
    '\\+\\s*[¥$€£]?\\s*$',
    `(?<![a-zß])(?:(?<!kostenloser )versand(?:kosten)?|lieferung|frais de (?:port|livraison)|livraison|spedizione|env[ií]o|frete|verzending|frakt|wysyłka|dostawa|(?:sie )?sparen(?: sie)?|ersparnis|(?:vous )?économisez|risparmi|ahorras?|economize|rabatt)(?![a-zß])`,
    '会員価格',
    '会員様?限定',
    '定期(?:購入|便|コース)',
    `(?<!free )(?<![a-z])(?:shipping|delivery|postage)${NOT_WORD}`,
    '(?<![a-z])(?:you )?save[sd]?(?: up to)?[:\\s]*[¥$€£]?\\s*$',
    `(?<![a-z])(?:coupon|points?|deposit|gift card|subscribe|subscription)${NOT_WORD}`,
    '(?:payments?|instal?lments?|raten) (?:of|von)',
    `(?<![a-z])(?:monthly|per month|mtl\\.)`,
    '(?<![a-z])(?:orders?|purchases?) (?:over|above|of)',
    '(?<![a-z])(?:spend|over|above|minimum|ab einem bestellwert von)\\s*[¥$€£]?\\s*$',
    '(?<![a-z\\d])\\d{1,2} ?[x×] ?[¥$€£]?\\s*$',
  ].join('|'),
  'i',
);

/** How many payments, directly before the amount of one; the count itself is a number. */
export const INSTALMENT_BEFORE =
  /\d ?(?:回(?:あと)?(?:払い?)?で?|(?:[a-z-]+ )?(?:payments?|instal?lments?|raten|x|×)(?: of| von| à| de)?)\s*(?:r?[:¥$€£])?\s*$/i;

/** A price of the past that the law has shops name beside a reduction (Directive (EU) 2019/2161, article 2). */
export const LOWEST_BEFORE =
  /30[ -]?(?:dni|days?|tage?n?|jours|giorni|d[ií]as|dagen|dagar|dager|dage|päivän|dn[íů]|nap)(?![a-z])[^\d]{0,60}$/i;

/** Japanese words count only where they are attached; after a space they begin the next phrase. */
export const NOT_PRICE_AFTER = new RegExp(
  [
    '^(?:引き?|割引|オフ|お得|値引|クーポン|ポイント|分?相当|分の|分ポイント|以上|以下|未満|で送料|から送料無料|の割引)',
    '^\\s*(?:/ ?月|[×x]\\s*$|[×x*(] ?\\d+ ?(?:回|payments?|mo(?![a-z])|raten)|[(]?[×x] ?\\d)',
    `^\\s*(?:off|discount|coupon|savings?|credit|gift|e-gift|minimum)${NOT_WORD}`,
    `^\\s*(?:/|per|a|pro|par) ?(?:mo|month|monat|mois|mes|week)${NOT_WORD}`,
    `^\\s*(?:or|and) (?:more|over|above)${NOT_WORD}`,
  ].join('|'),
  'i',
);

/** What follows a count, a size or a date: a number without a currency that is followed by it is no price. */
export const UNIT_AFTER =
  /^\s*(?:%|個|枚|人|件|点|着|足|本|セット|色|サイズ|cm|mm|ml|kg|g(?![a-z])|m(?![a-z])|l(?![a-z])|oz|号|年|月|日|時|分|秒|回|歳|代|位|話|pts?|ポイント|[/:×x-] ?\d|[a-z]|stars?|reviews?|pieces?|pcs|items?|days?|hours?|left|in stock|th|st|nd|rd)/i;

/** Several for one price: what one costs is unknown. */
export const SEVERAL_FOR = /^\s*(?:for|pour|für|[点枚着足本個]で?)\s*(?:us|a|c|nt|hk)?[¥$€£]?\s*$/i;

/** Between two amounts of a range. */
export const RANGE = /^\s*(?:[-–—~〜‐]|to|bis|à|から|a|до|do|al|ate|até)\s*$/i;
