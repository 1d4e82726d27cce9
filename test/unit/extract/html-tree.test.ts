import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DomHandler, Element, Text } from 'domhandler';
import type { ParentNode } from 'domhandler';
import { array, assert, constantFrom, integer, nat, property, tuple } from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { parseHtml } from '../../../src/extract/html.js';

const FOLDER = fileURLToPath(new URL('../../golden/', import.meta.url));
const pages = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.html'))
  .map((name) => readFileSync(FOLDER + name, 'utf8'));

/** Another parser's tree. Comments are no nodes; texts around them are two. */
class WithoutComments extends DomHandler {
  override oncomment(): void {
    this.lastNode = null;
  }

  override onprocessinginstruction(): void {
    this.lastNode = null;
  }
}

function reference(html: string): ParentNode {
  const handler = new WithoutComments();
  new Parser(handler, { recognizeCDATA: false }).end(html);
  return handler.root;
}

/** Names in lower case: the other parser writes those of SVG as its standard does. */
function outline(node: ParentNode, lines: string[] = [], depth = 0): string[] {
  for (const child of node.children) {
    if (child instanceof Text) lines.push(`${'  '.repeat(depth)}${JSON.stringify(child.data)}`);
    if (!(child instanceof Element)) continue;
    lines.push(`${'  '.repeat(depth)}<${child.name.toLowerCase()} ${JSON.stringify(child.attribs)}>`);
    outline(child, lines, depth + 1);
  }
  return lines;
}

/** What is cut off in the middle of a tag is another matter: the other parser makes a text of some of it. */
const closed = (html: string): string => `${html}--><p title="'">"</script></title></textarea></style>end`;

const FOREIGN = [
  '<math><mi>x<b/>y</mi><mo/>z</math><p>end',
  '<svg><foreignObject><p>x</p><br/><i/>y</foreignObject><path/></svg><p>end',
];

// WHATWG HTML, 13.2.5.9 (RCDATA less-than sign state): what is no end tag is read again as RCDATA.
test.each(['title', 'textarea'])('a reference right after < in a %s is read', (name) => {
  expect(outline(parseHtml(`<${name}>a<&#488;b</${name}>`).root)).toEqual([`<${name} {}>`, '  "a<Ǩb"']);
});

describe('the tree of a page is htmlparser2’s', () => {
  test('golden pages, and formulas', () => {
    for (const page of [...pages, ...FOREIGN]) {
      expect(outline(parseHtml(page).root)).toEqual(outline(reference(page)));
    }
  });

  test('pages with pieces dropped or doubled', () => {
    const edits = array(tuple(nat(), integer({ min: 1, max: 40 }), integer({ min: 0, max: 2 })), {
      minLength: 1,
      maxLength: 10,
    });
    assert(
      property(constantFrom(...pages), edits, (page, changes) => {
        let html = page;
        for (const [at, length, copies] of changes) {
          const start = at % (html.length + 1);
          html =
            html.slice(0, start) +
            html.slice(start, start + length).repeat(copies) +
            html.slice(start + length);
        }
        // In a title the other parser takes a reference right after `<` for text.
        html = closed(html).replaceAll('<&', '< &');
        expect(outline(parseHtml(html).root)).toEqual(outline(reference(html)));
      }),
      { numRuns: 300 },
    );
  });

  test('fragments of markup in any order', () => {
    const piece = constantFrom(
      ...[
        '<div>,</div>,<p>,</p>,<p/>,<br>,</br>,<br/>,<form>,</form>,<li>,<td>,<tr>,</table>,<option selected>,<select>',
        '<svg/>,<svg>,<path d="M1"/>,</svg>,<desc>,</desc>,<title>,</title>,<image src=a>',
        '<script>,</script>,</SCRIPT >,<style/>,</style>,<textarea>,</textarea>,<xmp>,</xmp>,<noscript>,<iframe>,</iframe>',
        '<!-- a -->,<!-->,<!--->,--!>,<!doctype html>,<!x>,<?php ?>,<![CDATA[ x ]]>,</>,</ a>,</1>,<1,< a,<<b>,<B CLASS=x>',
        '<a href=/x?a=1&amp;b>,<a href="&copy=1">,</a>,<i a=1 a=2 / b>,<i =c d = "e"f>,<i "g">,&amp;,&copyx,&#x26;,&, x ,>,"',
      ].flatMap((line) => line.split(',')),
    );
    assert(
      property(array(piece, { maxLength: 40 }), (pieces) => {
        const page = closed(pieces.join(''));
        expect(outline(parseHtml(page).root)).toEqual(outline(reference(page)));
      }),
      { numRuns: 2000 },
    );
  });
});
