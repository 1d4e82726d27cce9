/** Which labelled pictures a model was taught, as `history.json` in its folder says, so that none of them judges it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const historySchema = z.object({ review: z.object({ taught: z.array(z.string()) }) });

/** What a training keeps: pictures that had a part in it, those of the models before it among them. */
export function teachingRecord(
  before: ReadonlySet<string>,
  pictures: readonly string[],
): z.infer<typeof historySchema> {
  return { review: { taught: [...new Set([...before, ...pictures])].sort() } };
}

/** SHA-256 of each; none where the folder says nothing, as of a model that was never taught from a review. */
export async function taughtPictures(folder: string): Promise<ReadonlySet<string>> {
  // The folder was checked when it was loaded: a history that is there is the one that was written.
  const text = await readFile(join(folder, 'history.json'), 'utf8').catch(() => 'null');
  const parsed = historySchema.safeParse(JSON.parse(text));
  return new Set(parsed.success ? parsed.data.review.taught : []);
}
