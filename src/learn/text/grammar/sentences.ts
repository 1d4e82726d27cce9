/**
 * Sentences of descriptions. `{own}` is the item's own noun, `{other}` a garment that it is not, `{section}` a word for
 * the kind of thing. Most sentences do not name the item: descriptions seldom do.
 */
export const OWN = {
  en: [
    'This {own} is made to be worn every day.',
    'A {own} with an easy fit.',
    'Meet the {own} you will reach for first.',
    'Our {own} comes in five colours.',
    'The {own} has a clean, simple line.',
    'You need a {own} that lasts.',
    'A lightweight {own} for warm days.',
  ],
  ja: [
    '毎日使える{own}です。',
    'ゆったりとしたシルエットの{own}。',
    '一枚で決まる{own}が登場しました。',
    '着回しのきく{own}。',
    'シンプルで飽きのこない{own}に仕上げました。',
    '今季おすすめの{own}です。',
  ],
} as const;

export const OTHER = {
  en: [
    'Pairs well with {other}.',
    'Goes with {other} and {other2} alike.',
    'Wear it over a {other} or under a {other2}.',
    'Looks great with your favourite {other}.',
    'Style it with {other} for the evening.',
    'Throw it on with a {other}.',
    'Inspired by the classic {other}.',
  ],
  ja: [
    '{other}にも{other2}にも合わせやすいアイテムです。',
    '{other}と合わせて大人っぽく。',
    '{other}の上に重ねても、{other2}の下に着ても。',
    '{other}との相性も抜群です。',
    '{other}に合わせればきれいめに。',
    '{other}コーデのアクセントになります。',
  ],
} as const;

export const PLAIN = {
  en: [
    'Machine wash cold.',
    'Made of 100 % organic cotton.',
    'Our model is 178 cm tall and wears a size M.',
    'Free returns within 30 days.',
    'Soft hand feel and a relaxed fit.',
    'Adjustable waist belt and two pockets.',
    'Elastic cuffs and a drawstring hood.',
    'Ribbed collar, long sleeves and a straight hem.',
    'Moisture-wicking fabric keeps you dry.',
    'Designed in our studio and made in small batches.',
    'Perfect for running, yoga or a walk with the dog.',
    'Reflective details for safety at night.',
    'Comes with a {thing}.',
    'There is a pocket for your {thing}.',
    'Made of {thing} and love.',
  ],
  ja: [
    '肌ざわりのよい素材を使用しています。',
    '手洗いしてください。',
    'モデルは身長165cm、Mサイズを着用。',
    '生産の都合により色味が異なることがあります。',
    '襟元と袖口はリブ仕様。',
    '左右にポケットが付いています。',
    '軽くて暖かく、季節の変わり目に活躍します。',
    '贈り物にも喜ばれています。',
    'ウエストはゴム仕様でらくちん。',
    '吸汗速乾素材でさらりとした着心地。',
    '{thing}が入るポケット付き。',
    '{thing}をプレゼント。',
  ],
} as const;

/** Of things that are no garment; many name garments. */
export const THING = {
  en: [
    'Fits any {other} or {other2}.',
    'Keeps your {other} in shape.',
    'Comes with a protective case.',
    'Made of durable aluminium.',
    'Batteries not included.',
    'Attaches to your {other} in seconds.',
    'A must-have for every adventurer.',
    'Holds up to 20 kg.',
    'With adjustable straps and a padded waist belt.',
    'Ideal as a gift.',
    'Makes every workout count.',
    'Dishwasher safe.',
    'Stylish design in sleek black.',
  ],
  ja: [
    '{other}や{other2}のお手入れに。',
    '大切な{other}を型くずれから守ります。',
    '丈夫なアルミ製です。',
    '電池は別売りです。',
    '{other}に取り付けるだけ。',
    'ギフトにもおすすめです。',
    '耐荷重20kg。',
    'お部屋のインテリアにもなじみます。',
  ],
} as const;
