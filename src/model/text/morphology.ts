/**
 * Japanese morphological analysis: Lindera with the IPADIC dictionary, in WebAssembly.
 *
 * Loading takes a second and about 130 MB, so it waits for the first Japanese text, and it belongs on a worker thread.
 */
import { createRequire } from 'node:module';
import { z } from 'zod';

export interface Morpheme {
  readonly surface: string;
  /** Uninflected; the surface where the dictionary does not know it. */
  readonly base: string;
  /** Part of speech in the dictionary's words, such as 名詞, 動詞, 助詞. */
  readonly pos: string;
  /** False for what is no word of the dictionary. */
  readonly known: boolean;
}

/** Text without spaces and Latin letters -> its morphemes, whose surfaces joined are the text. */
export type Analyse = (text: string) => readonly Morpheme[];

const tokens = z.array(
  z.object({ surface: z.string(), partOfSpeech: z.string().optional(), baseForm: z.string().optional() }),
);

interface Tokenizer {
  tokenize(text: string): unknown;
}

let tokenizer: Tokenizer | null = null;

export const analyseJapanese: Analyse = (text) => {
  tokenizer ??= load();
  return tokens.parse(tokenizer.tokenize(text)).map(({ surface, partOfSpeech = 'UNK', baseForm }) => ({
    surface,
    base: baseForm === undefined || baseForm === '*' ? surface : baseForm,
    pos: partOfSpeech,
    known: partOfSpeech !== 'UNK',
  }));
};

/** A `require`: an import would load it with this module, wanted or not. */
function load(): Tokenizer {
  const { TokenizerBuilder } = createRequire(import.meta.url)(
    'lindera-wasm-nodejs-ipadic',
  ) as typeof import('lindera-wasm-nodejs-ipadic');
  const builder = new TokenizerBuilder();
  builder.setDictionary('embedded://ipadic');
  builder.setMode('normal');
  return builder.build();
}
