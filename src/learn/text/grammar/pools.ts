/** Words that the grammar of titles and descriptions draws from, besides the lexicon's. */

export const COLOURS = {
  en: 'black,white,ivory,cream,beige,camel,brown,charcoal,grey,navy,sky blue,green,olive,khaki,mustard,rust,red,burgundy,pink,lavender'.split(
    ',',
  ),
  ja: 'ブラック,ホワイト,アイボリー,ベージュ,キャメル,ブラウン,チャコール,グレー,ネイビー,サックス,グリーン,オリーブ,カーキ,マスタード,テラコッタ,レッド,ボルドー,ピンク,ラベンダー'.split(
    ',',
  ),
} as const;

export const ADJECTIVES = {
  en: 'soft,classic,relaxed,oversized,slim,everyday,lightweight,cropped,vintage,striped,checked,floral,graphic,ribbed,quilted,pleated,embroidered,washed,organic,reversible,waterproof,padded,printed,polka-dot,textured,tailored,long,short,mini,midi,high-waisted,performance,breathable,seamless,ultra-light,hand-made,brushed,woven'.split(
    ',',
  ),
  ja: 'ゆったり,定番,やわらか,大人,きれいめ,カジュアル,ボーダー,チェック柄,花柄,ドット柄,プリント,ロゴ刺繍,リバーシブル,軽量,撥水,裏起毛,洗える,ゆる,オーバーサイズ,ワイド,タイト,ヴィンテージ風,無地,総柄,配色,シンプル,接触冷感,ストレッチ,美シルエット,バックリボン,前開き'.split(
    ',',
  ),
} as const;

export const MATERIALS = {
  en: 'cotton,linen,wool,merino,cashmere,silk,satin,denim,corduroy,leather,suede,fleece,jersey,cable-knit,rib-knit,chiffon,velvet,tweed,canvas,nylon,flannel,mohair,bamboo,terry'.split(
    ',',
  ),
  ja: 'コットン,リネン,ウール,メリノ,カシミヤ,シルク,サテン,デニム,コーデュロイ,レザー,スエード,フリース,ケーブル,リブ,ハニカム,シフォン,ベロア,ツイード,キャンバス,ナイロン,フランネル,モヘア,裏毛'.split(
    ',',
  ),
} as const;

/** What a title says an item has; none of it is what the item is. */
export const FEATURES = {
  en: 'pockets,a hood,a belt,buttons,long sleeves,a zip,a bow,ruffles,lace trim,contrast stitching,a print,an elastic waist,a side stripe,a chest logo,thumbholes,a high neck'.split(
    ',',
  ),
  ja: 'ポケット付き,フード付き,ベルト付き,リボン付き,前ボタン,フリル,レース切替,裏地付き,ジップ,バックロゴ,ウエストゴム'.split(
    ',',
  ),
} as const;

/** Pseudo brands and names of models are made of these. */
export const SYLLABLES =
  'ar,bel,cor,dan,el,fen,gar,hol,in,jor,kar,lor,mar,nor,os,pel,quin,ros,sal,tor,ul,ven,wil,yar,zen,a,o,ia,ette,ley,ton,win,dra,mont'.split(
    ',',
  );

export const NAMES =
  'Helena,Marco,Juno,Astrid,Otto,Livia,Basil,Thea,Hugo,Selma,Orion,Cyra,Atlas,Nadia,Felix,Ingrid,Apollo,Vera,Milo,Greta,Horizon,Summit,Metro,Coastal,Aurora,Stride,Nova,Terra,Zephyr,Ridge,Echo,Comet'.split(
    ',',
  );

export const PEOPLE = {
  en: 'women,men,kids,girls,boys,ladies,unisex'.split(','),
  ja: 'レディース,メンズ,キッズ,ジュニア,男女兼用,大きいサイズ'.split(','),
} as const;

export const BADGES = [
  '【再入荷】',
  '【新作】',
  '【送料無料】',
  '【SALE】',
  '【2点以上で10%OFF】',
  '[予約]',
  '★',
  '≪秋新作≫',
  '【WEB限定】',
];

/** Sections that hold many kinds of things, with the ids of the categories that they hold. */
export const SECTIONS: readonly {
  readonly en: string;
  readonly ja: string;
  readonly holds: readonly string[];
}[] = [
  {
    en: 'Tops',
    ja: 'トップス',
    holds:
      't-shirt,long-sleeve,shirt,blouse,polo,sweater,cardigan,hoodie,sweatshirt,tank-top,camisole,tunic,vest,overshirt,bodysuit,coat,bra'.split(
        ',',
      ),
  },
  {
    en: 'Bottoms',
    ja: 'ボトムス',
    holds: 'skirt,skort,trousers,jeans,chinos,cargo-pants,joggers,leggings,shorts'.split(','),
  },
  { en: 'Outerwear', ja: 'アウター', holds: 'coat,blazer,poncho,cape,vest,overshirt'.split(',') },
  { en: 'Knitwear', ja: 'ニット', holds: 'sweater,cardigan,vest,beanie,scarf'.split(',') },
  { en: 'Dresses', ja: 'ワンピース・ドレス', holds: ['dress', 'jumpsuit'] },
  { en: 'Dresses & Skirts', ja: 'ワンピース・スカート', holds: ['dress', 'skirt'] },
  {
    en: 'Pants',
    ja: 'パンツ',
    holds: 'trousers,jeans,chinos,cargo-pants,joggers,leggings,shorts,skort,overalls'.split(','),
  },
  { en: 'Trousers & Shorts', ja: 'パンツ・ショートパンツ', holds: 'trousers,shorts,chinos,jeans'.split(',') },
  {
    en: 'Accessories',
    ja: '小物',
    holds:
      'hat,cap,beanie,beret,scarf,gloves,belt,necktie,sunglasses,hair-accessory,socks,bag,wallet,necklace,earrings,bracelet,ring,no-garment'.split(
        ',',
      ),
  },
  {
    en: 'Accessories & Knitwear',
    ja: '小物・ニット',
    holds: 'beanie,sweater,scarf,hat,gloves,cardigan'.split(','),
  },
  {
    en: 'Shoes & Bags',
    ja: 'くつ・バッグ',
    holds: 'shoes,sneakers,boots,sandals,heels,slippers,bag'.split(','),
  },
  { en: 'Shoes', ja: 'シューズ', holds: 'shoes,sneakers,boots,sandals,heels,slippers,no-garment'.split(',') },
  { en: 'Footwear', ja: '靴', holds: 'shoes,sneakers,boots,sandals,heels,slippers,socks'.split(',') },
  { en: 'Hats', ja: '帽子', holds: 'hat,cap,beanie,beret'.split(',') },
  { en: 'Hoodies & Sweatshirts', ja: 'パーカー・スウェット', holds: ['hoodie', 'sweatshirt'] },
  { en: 'Sweaters & Cardigans', ja: 'セーター・カーディガン', holds: ['sweater', 'cardigan'] },
  { en: 'Jackets', ja: 'ジャケット', holds: ['coat', 'blazer', 'vest', 'overshirt'] },
  { en: 'Coats & Jackets', ja: 'コート・ジャケット', holds: ['coat', 'blazer', 'cape', 'poncho'] },
  { en: 'Shirts & Blouses', ja: 'シャツ・ブラウス', holds: ['shirt', 'blouse', 'polo', 'overshirt'] },
  { en: 'T-Shirts & Tanks', ja: 'Tシャツ・カットソー', holds: ['t-shirt', 'tank-top', 'long-sleeve'] },
  { en: 'Tees', ja: 'Tシャツ', holds: ['t-shirt', 'long-sleeve'] },
  { en: 'Bras & Tanks', ja: 'ブラ・タンクトップ', holds: ['bra', 'tank-top', 'camisole'] },
  { en: 'Tanks', ja: 'タンクトップ', holds: ['tank-top', 'camisole'] },
  { en: 'Underwear & Socks', ja: '下着・靴下', holds: ['underwear', 'bra', 'socks', 'tights', 'camisole'] },
  { en: 'Nightwear', ja: 'ナイトウェア', holds: ['pajamas', 'robe', 'loungewear'] },
  { en: 'Jewellery', ja: 'アクセサリー', holds: ['necklace', 'earrings', 'bracelet', 'ring', 'no-garment'] },
  { en: 'Suits', ja: 'スーツ', holds: ['suit', 'blazer', 'trousers', 'several-garments'] },
  { en: 'Sets', ja: 'セットアップ', holds: ['several-garments', 'suit', 'loungewear'] },
];

/** Sections of whatever is new, cheap or thought of together. */
export const COLLECTIONS = {
  en: 'New In,Sale,Bestsellers,Summer Collection,Winter Edit,Gifts,Women,Men,Kids,Home,Erin’s Picks,Essentials,Performance,Outdoor,Gear,Sport'.split(
    ',',
  ),
  ja: '新着,セール,人気アイテム,夏特集,冬特集,ギフト,レディース,メンズ,キッズ,きれいめ,カジュアル,アウトドア,おすすめ'.split(
    ',',
  ),
} as const;

/** Sections of shops in which no garments are sold. */
export const THING_SECTIONS = {
  en: 'Home & Living,Electronics,Fitness Equipment,Camping,Cycling,Climbing,Navigation,Kitchen,Care,Beauty,Gift Cards,Toys,Stationery,Watches,Pet Supplies,Luggage,Tech,Books,Craft Supplies,Ski/boarding,Trekking,Water sports,Training Videos'.split(
    ',',
  ),
  ja: 'インテリア,家電,フィットネス用品,キャンプ,自転車,キッチン,お手入れ用品,コスメ,ギフトカード,おもちゃ,文房具,時計,ペット用品,旅行用品,本,手芸用品,収納,雑貨'.split(
    ',',
  ),
} as const;

/** Nouns that make something else of a garment's name, none of them in the lexicon: `boot scraper`. */
export const UNHEARD = {
  en: 'scraper,organiser,caddy,trunk liner,magnet,ornament,cutter,die,mould,template,emoji,figurine,dispenser,catalogue,museum,workshop,course,app,sponge,display,tray,rail,valet,spinner,heater,sanitiser,deodoriser,stretcher,protector,guide,puzzle,lego,cookies,tin,garland,wreath,lamp shade,doorstop,planter,sculpture,knob,bell,pipe,wax,dye,paint,glue,tape,net'.split(
    ',',
  ),
  ja: '置物,型抜き,図鑑,講座,絵本,ガーランド,看板,什器,消臭炭,乾燥機,撥水剤,補修シート,染料,型,模型,パズル,塗り絵,折り紙,ディスプレイ,回転台,スポンジ,補修糸,のり,仕切り,レール'.split(
    ',',
  ),
} as const;

/** Whoever wears garments that nobody can buy for himself. */
export const SMALL_WEARERS = {
  en: ['dog', 'cat', 'doll', 'teddy bear', 'pet'],
  ja: ['犬', '猫', '人形', 'ぬいぐるみ', 'ペット', 'ドール'],
} as const;
