/** Categories written as a path: `Clothing > Tops > Sweaters`. */
import { plainText } from './dom-text.js';

/** Outermost first; empty for taxonomy URLs and bare ids, which say nothing to people. */
export function categoryTrail(category: string): string[] {
  if (/^https?:|^\d+$/.test(category)) return [];
  return (plainText(category, 300) ?? '').split(/\s*(?:>|»|›|\s\/\s)\s*/).filter((name) => name !== '');
}
