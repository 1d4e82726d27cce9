/** The words of the demo shops: kinds, cuts, colours, prints and brands in both languages. */

interface KindWords {
  /** Cut -> how the shops call a garment of this cut: English, Japanese. */
  readonly styles: Readonly<Record<string, readonly [en: string, ja: string]>>;
  /** Which cuts are knitted: all, none, or the one named. */
  readonly knitted: string | null;
  readonly prints: readonly string[];
  /** Dollars. */
  readonly price: readonly [number, number];
  readonly section: string;
  /** Shop-made names: several hold more than one kind, and one kind is spread over several. */
  readonly sectionsJa: readonly string[];
  /** Letters of the Japanese item number. */
  readonly code: string;
}

export const KINDS = {
  sweater: {
    styles: {
      crew: ['crew-neck sweater', 'クルーネック'],
      'v-neck': ['V-neck sweater', 'Vネック'],
      turtleneck: ['turtleneck sweater', 'タートルネック'],
      'mock-neck': ['mock-neck sweater', 'モックネック'],
      boat: ['boat-neck sweater', 'ボートネック'],
    },
    knitted: 'all',
    prints: ['plain', 'plain', 'plain', 'stripe'],
    price: [39, 150],
    section: 'knitwear',
    sectionsJa: ['ニット', 'ニット', '小物・ニット'],
    code: 'KN',
  },
  beanie: {
    styles: {
      cuffed: ['cuffed beanie', '折り返し'],
      pompom: ['pompom beanie', 'ポンポン付き'],
      slouchy: ['slouchy beanie', 'ゆったり'],
      fisherman: ['fisherman beanie', '浅め'],
    },
    knitted: 'all',
    prints: ['plain', 'plain', 'plain', 'stripe'],
    price: [15, 60],
    section: 'accessories',
    sectionsJa: ['小物・ニット', '小物・ニット', 'ニット'],
    code: 'KN',
  },
  't-shirt': {
    styles: {
      crew: ['crew-neck T-shirt', '半袖Tシャツ'],
      'v-neck': ['V-neck T-shirt', 'Vネック半袖Tシャツ'],
      scoop: ['scoop-neck T-shirt', 'Uネック半袖Tシャツ'],
      pocket: ['pocket T-shirt', 'ポケット半袖Tシャツ'],
    },
    knitted: null,
    prints: ['plain', 'graphic', 'stripe', 'graphic'],
    price: [12, 45],
    section: 'tops',
    sectionsJa: ['トップス'],
    code: 'TP',
  },
  'long-sleeve': {
    styles: {
      crew: ['long-sleeve T-shirt', '長袖Tシャツ'],
      boat: ['long-sleeve boat-neck top', 'ボートネック長袖カットソー'],
      henley: ['long-sleeve henley', 'ヘンリーネック長袖カットソー'],
      raglan: ['long-sleeve raglan tee', 'ラグラン長袖Tシャツ'],
    },
    knitted: null,
    prints: ['plain', 'stripe', 'graphic'],
    price: [18, 60],
    section: 'tops',
    sectionsJa: ['トップス'],
    code: 'TP',
  },
  shirt: {
    styles: {
      'button-down': ['button-down shirt', 'ボタンダウンシャツ'],
      'band-collar': ['band-collar shirt', 'バンドカラーシャツ'],
      'short-sleeve': ['short-sleeve shirt', '半袖シャツ'],
    },
    knitted: null,
    prints: ['plain', 'check', 'pinstripe', 'floral'],
    price: [29, 95],
    section: 'tops',
    sectionsJa: ['トップス', 'きれいめ'],
    code: 'SH',
  },
  dress: {
    styles: {
      shift: ['shift dress', 'シフトワンピース'],
      'fit-and-flare': ['fit-and-flare dress', 'フレアワンピース'],
      'a-line': ['A-line dress', 'Aラインワンピース'],
      wrap: ['wrap dress', 'カシュクールワンピース'],
      slip: ['slip dress', 'キャミワンピース'],
      shirt: ['shirt dress', 'シャツワンピース'],
      sweater: ['dress', 'ニットワンピース'],
    },
    knitted: 'sweater',
    prints: ['plain', 'floral', 'dots', 'stripe'],
    price: [39, 180],
    section: 'dresses-skirts',
    sectionsJa: ['ワンピース・スカート', 'きれいめ'],
    code: 'OP',
  },
  skirt: {
    styles: {
      pencil: ['pencil skirt', 'タイトスカート'],
      'a-line': ['A-line skirt', 'Aラインスカート'],
      pleated: ['pleated skirt', 'プリーツスカート'],
      tiered: ['tiered skirt', 'ティアードスカート'],
      mini: ['mini skirt', 'ミニスカート'],
      'button-front': ['button-front skirt', '前ボタンスカート'],
    },
    knitted: null,
    prints: ['plain', 'check', 'floral', 'dots'],
    price: [25, 110],
    section: 'dresses-skirts',
    sectionsJa: ['ワンピース・スカート', 'きれいめ'],
    code: 'SK',
  },
  trousers: {
    styles: {
      straight: ['straight trousers', 'ストレートパンツ'],
      skinny: ['skinny trousers', 'スキニーパンツ'],
      wide: ['wide-leg trousers', 'ワイドパンツ'],
      flared: ['flared trousers', 'フレアパンツ'],
    },
    knitted: null,
    prints: ['plain', 'plain', 'plain', 'check'],
    price: [35, 130],
    section: 'trousers-shorts',
    sectionsJa: ['パンツ', 'ボトムス'],
    code: 'PT',
  },
  shorts: {
    styles: {
      chino: ['chino shorts', 'チノショートパンツ'],
      running: ['running shorts', 'ランニングショートパンツ'],
      bermuda: ['bermuda shorts', 'ハーフパンツ'],
    },
    knitted: null,
    prints: ['plain', 'plain', 'check'],
    price: [20, 70],
    section: 'trousers-shorts',
    sectionsJa: ['パンツ', 'ボトムス'],
    code: 'PT',
  },
  coat: {
    styles: {
      overcoat: ['wool overcoat', 'チェスターコート'],
      trench: ['trench coat', 'トレンチコート'],
      puffer: ['puffer coat', '中綿コート'],
      parka: ['hooded coat', 'フード付きコート'],
      duffle: ['duffle coat', 'ダッフルコート'],
    },
    knitted: null,
    prints: ['plain', 'plain', 'check'],
    price: [90, 320],
    section: 'outerwear',
    sectionsJa: ['アウター'],
    code: 'CT',
  },
  hat: {
    styles: {
      bucket: ['bucket hat', 'バケットハット'],
      fedora: ['felt fedora hat', '中折れハット'],
      sun: ['wide-brim sun hat', 'つば広ハット'],
    },
    knitted: null,
    prints: ['plain', 'plain', 'check'],
    price: [18, 85],
    section: 'accessories',
    sectionsJa: ['小物・ニット', '小物'],
    code: 'HT',
  },
  shoes: {
    styles: {
      sneaker: ['lace-up shoes', 'レースアップシューズ'],
      boot: ['leather ankle shoes', 'レザーアンクルシューズ'],
      heel: ['block-heel shoes', 'ヒールシューズ'],
      loafer: ['loafer shoes', 'ローファー シューズ'],
    },
    knitted: null,
    prints: ['plain'],
    price: [45, 190],
    section: 'shoes-bags',
    sectionsJa: ['くつ・バッグ', '小物'],
    code: 'SZ',
  },
  bag: {
    styles: {
      tote: ['tote bag', 'トートバッグ'],
      backpack: ['backpack bag', 'リュックバッグ'],
      handbag: ['handbag', 'ハンドバッグ'],
      crossbody: ['crossbody bag', 'ショルダーバッグ'],
      duffel: ['duffel bag', 'ボストンバッグ'],
    },
    knitted: null,
    prints: ['plain', 'plain', 'stripe', 'check'],
    price: [25, 210],
    section: 'shoes-bags',
    sectionsJa: ['くつ・バッグ', '小物'],
    code: 'BA',
  },
} as const satisfies Readonly<Record<string, KindWords>>;

export type KindName = keyof typeof KINDS;
export type DemoLanguage = 'en' | 'ja';

/** What a picture of a sold garment must show; the rest is drawn from the seed. */
export interface GarmentLook {
  readonly kind: KindName;
  readonly style: string;
  readonly seed: number;
  readonly colourName: string;
  /** Null where the garment is not knitted. */
  readonly knit: 'cable' | 'honeycomb' | 'rib' | 'plain' | null;
  readonly print: string;
}

export function wordsOf(kind: KindName): KindWords {
  return KINDS[kind];
}

export const COLOURS: Readonly<Record<string, { readonly en: string; readonly ja: string }>> = {
  white: { en: 'white', ja: 'ホワイト' },
  ivory: { en: 'ivory', ja: 'アイボリー' },
  beige: { en: 'beige', ja: 'ベージュ' },
  camel: { en: 'camel', ja: 'キャメル' },
  brown: { en: 'brown', ja: 'ブラウン' },
  black: { en: 'black', ja: 'ブラック' },
  charcoal: { en: 'charcoal', ja: 'チャコール' },
  grey: { en: 'grey', ja: 'グレー' },
  navy: { en: 'navy', ja: 'ネイビー' },
  blue: { en: 'blue', ja: 'ブルー' },
  sky: { en: 'sky blue', ja: 'サックス' },
  teal: { en: 'teal', ja: 'ティール' },
  green: { en: 'green', ja: 'グリーン' },
  olive: { en: 'olive', ja: 'オリーブ' },
  khaki: { en: 'khaki', ja: 'カーキ' },
  mint: { en: 'mint', ja: 'ミント' },
  mustard: { en: 'mustard', ja: 'マスタード' },
  orange: { en: 'orange', ja: 'オレンジ' },
  rust: { en: 'rust', ja: 'テラコッタ' },
  red: { en: 'red', ja: 'レッド' },
  burgundy: { en: 'burgundy', ja: 'ボルドー' },
  pink: { en: 'pink', ja: 'ピンク' },
  purple: { en: 'purple', ja: 'パープル' },
  lavender: { en: 'lavender', ja: 'ラベンダー' },
};

export const PRINT_WORDS: Readonly<Record<string, readonly [en: string, ja: string]>> = {
  stripe: ['Striped', 'ボーダー'],
  pinstripe: ['Pinstripe', 'ストライプ'],
  check: ['Checked', 'チェック柄'],
  dots: ['Polka-dot', 'ドット柄'],
  floral: ['Floral', '花柄'],
  graphic: ['Graphic', 'プリント'],
};

export const KNIT_WORDS: Readonly<Record<string, readonly [en: string, ja: string]>> = {
  cable: ['Cable-knit', 'ケーブル'],
  honeycomb: ['Honeycomb-knit', 'ハニカム'],
  rib: ['Rib-knit', 'リブ'],
  plain: ['Fine-knit', '天竺'],
};

export const BRANDS = {
  en: ['Norrland Mills', 'Harbour & Pine', 'Ada Wren', 'Fieldnote', 'Oak Street'],
  ja: ['木綿屋', 'hibi no fuku', '糸と針', 'ソラノイロ', 'こもれび工房'],
} as const;
