/**
 * Sentences with figures that are kept as text and told again in another language: each is made from a template, and by
 * its template it is taken apart again. A template holds `{name}` where a figure stands.
 */

type Named<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Named<Rest>
  : never;
type Figures<Template extends string> = Readonly<Record<Named<Template>, string | number>>;

export interface ReadSentence<Id extends string> {
  /** Which template it was made from. */
  readonly id: Id;
  /** As they stand in the sentence. */
  readonly figures: Readonly<Record<string, string>>;
}

export function fill<const Template extends string>(template: Template, figures: Figures<Template>): string {
  const all: Readonly<Record<string, string | number>> = figures;
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(all[name]));
}

/** Text and names of figures by turns, a text first. */
export function partsOf(template: string): string[] {
  return template.split(/\{(\w+)\}/);
}

/**
 * Null for a sentence of none of the templates, such as one of an earlier version. `shapes`: regular expressions of those
 * figures that are not told from the words around them otherwise.
 */
export function readSentence<Id extends string>(
  templates: Readonly<Record<Id, string>>,
  said: string,
  shapes: Readonly<Record<string, string>> = {},
): ReadSentence<Id> | null {
  // The one with the most text of its own: another may fit as well, with some of that text as a figure.
  const ids = (Object.keys(templates) as Id[]).toSorted(
    (one, other) => textOf(templates[other]) - textOf(templates[one]),
  );
  for (const id of ids) {
    const found = patternOf(templates[id], shapes).exec(said);
    if (found !== null) return { id, figures: { ...found.groups } };
  }
  return null;
}

function textOf(template: string): number {
  return template.replaceAll(/\{\w+\}/g, '').length;
}

function patternOf(template: string, shapes: Readonly<Record<string, string>>): RegExp {
  const parts = partsOf(template).map((part, index) =>
    index % 2 === 1
      ? `(?<${part}>${shapes[part] ?? '.*?'})`
      : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
  );
  return new RegExp(`^${parts.join('')}$`, 's');
}
