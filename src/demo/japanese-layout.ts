/** The frame around every page of the Japanese shop: tables within tables, as shops were built in 2003. */
import type { Random } from '../platform/random.js';
import { eucJpEscaped } from './euc-jp.js';
import { escapeHtml } from './site.js';

export const SHOP_NAME = '糸と布の店 つむぎ通り';

export interface TablePage {
  readonly title: string;
  /** Breadcrumbs as one line of text and links. */
  readonly topicPath: string;
  readonly sections: readonly string[];
  readonly body: string;
}

function sectionPath(section: string, page = 1): string {
  return `/list.cgi?cat=${eucJpEscaped(section)}${page === 1 ? '' : `&page=${page}`}`;
}

/** The same link as HTML writes it. */
export function sectionHref(section: string, page = 1): string {
  return escapeHtml(sectionPath(section, page));
}

export function tablePage(page: TablePage): string {
  const tabs = page.sections
    .map(
      (section) =>
        `<TD class="menu" align="center" bgcolor="#8c7355"><A href="${sectionHref(section)}"><FONT color="#ffffff">${section}</FONT></A></TD>`,
    )
    .join('\n');
  const side = page.sections
    .map(
      (section) =>
        `<TR><TD bgcolor="#f6f1e7"><IMG src="/img/spacer.png" width="8" height="8" alt="">・<A href="${sectionHref(section)}">${section}</A></TD></TR>`,
    )
    .join('\n');
  return `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<HTML lang="ja">
<HEAD>
<META http-equiv="Content-Type" content="text/html; charset=EUC-JP">
<META http-equiv="Content-Style-Type" content="text/css">
<META name="keywords" content="通販,ニット,セーター,ニット帽,スカート,ワンピース,バッグ">
<TITLE>${escapeHtml(page.title)}｜${SHOP_NAME}</TITLE>
${STYLE_AND_SCRIPT}
</HEAD>
<BODY bgcolor="#ffffff" leftmargin="0" topmargin="0" marginwidth="0" marginheight="0">
<CENTER>
<TABLE width="800" border="0" cellspacing="0" cellpadding="0">
<TR><TD><A href="/"><IMG src="/img/logo.png" width="180" height="40" border="0" alt="${SHOP_NAME}"></A></TD>
<TD align="right" class="caption">5,500円（税込）以上お買い上げで送料無料！　<A href="/guide.html">ご利用案内</A>｜<A href="/cart.cgi">買い物かごを見る</A>｜<A href="/mail.html">お問い合わせ</A></TD></TR>
<TR><TD colspan="2"><IMG src="/img/sale_banner.png" width="600" height="120" alt="冬のセーター・コート大市 最大50%OFF"></TD></TR>
</TABLE>
<TABLE width="800" border="0" cellspacing="1" cellpadding="4"><TR>
${tabs}
</TR></TABLE>
<TABLE width="800" border="0" cellspacing="0" cellpadding="0"><TR valign="top">
<TD width="160">
<TABLE width="150" border="0" cellspacing="1" cellpadding="3">
<TR><TD bgcolor="#8c7355"><FONT color="#ffffff"><B>商品カテゴリ</B></FONT></TD></TR>
${side}
<TR><TD bgcolor="#8c7355"><FONT color="#ffffff"><B>店長より</B></FONT></TD></TR>
<TR><TD class="caption">ニット帽とセーターの季節になりました。スカートに合わせるコーディネートも紹介しています。</TD></TR>
<TR><TD bgcolor="#8c7355"><FONT color="#ffffff"><B>売れ筋ランキング</B></FONT></TD></TR>
<TR><TD class="caption">1位 ケーブルニット<BR>2位 リブニット帽<BR>3位 プリーツスカート</TD></TR>
</TABLE>
</TD>
<TD width="640">
<DIV class="topicpath">${page.topicPath}</DIV>
${page.body}
</TD></TR></TABLE>
<HR width="800" size="1" color="#8c7355">
${FOOTER}
</CENTER>
</BODY>
</HTML>
`;
}

const STYLE_AND_SCRIPT = `<STYLE type="text/css"><!--
body,td,th { font-family: "ＭＳ Ｐゴシック", Osaka, sans-serif; font-size: 12px; line-height: 150%; color: #333333; }
a:link { color: #6b4a1f; } a:visited { color: #8c7355; } a:hover { color: #cc3300; }
.menu a { text-decoration: none; font-weight: bold; } .price { font-size: 16px; color: #cc0000; font-weight: bold; }
.old { color: #777777; text-decoration: line-through; } .goods_name { font-size: 18px; margin: 4px 0; }
.topicpath { font-size: 11px; color: #666666; } .caption { font-size: 10px; } .spec th { background: #efe6d5; text-align: left; }
--></STYLE>
<SCRIPT type="text/javascript"><!--
function openWin(url) { window.open(url, "sub", "width=480,height=520,scrollbars=yes"); return false; }
function swapImage(name, src) { if (document.images) { document.images[name].src = src; } }
function checkForm(f) { if (f.num.value == "" || f.num.value == "0") { alert("数量を入力してください"); return false; } return true; }
//--></SCRIPT>`;

const FOOTER = `<TABLE width="800" border="0" cellspacing="0" cellpadding="6">
<TR valign="top"><TD width="270" class="caption"><B>お支払いについて</B><BR>クレジットカード、銀行振込、代金引換（手数料330円）をご利用いただけます。銀行振込の場合は、ご注文から7日以内にお振り込みください。</TD>
<TD width="270" class="caption"><B>送料・配送について</B><BR>全国一律550円（税込）。5,500円（税込）以上のお買い上げで送料無料です。北海道・沖縄は別途880円を頂戴します。ご注文から3日以内に発送いたします。</TD>
<TD width="260" class="caption"><B>返品・交換について</B><BR>未使用に限り、到着後7日以内にご連絡ください。セール品、帽子、靴下の返品はご容赦ください。</TD></TR>
<TR><TD colspan="3" align="center" class="caption">Copyright (C) 2003-2026 つむぎ通り All Rights Reserved.　古物商許可番号 第123456789号</TD></TR>
</TABLE>`;

/** The table of measures, and the shopkeeper's chat below it: long, and full of words of other garments. */
export function specification(rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(([name, value]) => `<TR><TH width="120" nowrap>${name}</TH><TD>${value}</TD></TR>`);
  return `<TABLE class="spec" width="620" border="1" cellspacing="0" cellpadding="4">\n${cells.join('\n')}\n</TABLE>`;
}

const CHAT = [
  '今回ご紹介するのは、店長も愛用している定番の品です。',
  'スカートにもパンツにも合わせやすく、一年を通してお使いいただけます。',
  'コートの中に着てももたつかず、すっきりとした印象です。',
  'ニット帽や手袋と色を合わせると、ぐっと季節らしくなります。',
  'ワンピースの上にさっと羽織るのもおすすめです。',
  '生地は国内の機屋さんにお願いして、ゆっくりと織っていただきました。',
  'お客様からは「何枚あっても欲しい」とのお声をいただいています。',
  'ご自宅で洗えるので、お手入れも簡単です。',
  'バッグや靴とのコーディネート例は、店長日記をご覧ください。',
  '入荷数が少ないため、お早めにどうぞ。',
] as const;

export function chat(random: Random): string {
  const paragraphs = Array.from({ length: random.int(10, 18) }, () => {
    const lines = Array.from({ length: random.int(3, 6) }, () => random.pick(CHAT));
    return `<P>${lines.join('<BR>\n')}</P>`;
  });
  return `<TABLE width="620" border="0" cellspacing="0" cellpadding="8"><TR><TD bgcolor="#fbf8f1">${paragraphs.join('\n')}</TD></TR></TABLE>`;
}
