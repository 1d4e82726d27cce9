/**
 * Words for what is kept as codes and as sentences with figures, by language. A code that is new does not compile before
 * it has words in each.
 */
import type { ColourName } from '../../domain/colour.js';
import type { VisitFailure } from '../../domain/crawl.js';
import type { GateSentence } from '../../domain/gate-sentences.js';
import type { HealthSentence } from '../../domain/health-sentences.js';
import type { TextRefusal } from '../../domain/item-text.js';
import type { PictureRefusal } from '../../domain/picture.js';
import type { UnknownReason } from '../../domain/prediction.js';
import type { LinkGuard } from '../../domain/traps.js';
import type { ProblemCode } from '../problem.js';

type WordsOf<Code extends string> = Readonly<Record<Code, string>>;

export interface CodeWords {
  /** Why an item has no category. */
  readonly reason: WordsOf<UnknownReason | 'waiting'>;
  /** What words can say in place of a category. */
  readonly textRefusal: WordsOf<TextRefusal>;
  readonly colour: WordsOf<ColourName>;
  /** Why a picture that somebody sent cannot be used. */
  readonly refusal: WordsOf<PictureRefusal>;
  /** What a request met with; what has no words is said as `otherFailure`. */
  readonly problem: WordsOf<ProblemCode>;
  readonly failure: WordsOf<VisitFailure>;
  readonly otherFailure: string;
  readonly guard: WordsOf<LinkGuard>;
  /** Who changes models where no person does. */
  readonly actor: WordsOf<'config' | 'daemon'>;
  /** With the figures of the sentences in the domain, by the same names. */
  readonly health: WordsOf<HealthSentence>;
  readonly usually: string;
  readonly noReason: string;
  /** Before a sentence that cannot be told again. */
  readonly otherFinding: string;
  readonly gate: WordsOf<GateSentence>;
  /** The name of the condition. */
  readonly gateName: WordsOf<GateSentence>;
  readonly share: string;
  readonly noShare: string;
  readonly under: string;
  /** Between things of a list. */
  readonly comma: string;
}
