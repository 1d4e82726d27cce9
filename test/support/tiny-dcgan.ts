/** A generator and an encoder that were never trained, in a folder as `train dcgan` writes it. */
import { dcganModel, writeDcganFolder } from '../../src/learn/dcgan/folder.js';
import { Learner } from '../../src/learn/dcgan/learner.js';
import {
  encoderStep,
  generatorStep,
  servedEncoder,
  servedGenerator,
} from '../../src/learn/dcgan/step-graphs.js';
import { temporaryFolder } from './temporary-folder.js';

/** Returns the folder. */
export async function writeTinyDcgan(): Promise<string> {
  const folder = temporaryFolder();
  const shape = { width: 1, batch: 2 };
  const generator = new Learner(generatorStep(shape), 1).values();
  const encoder = new Learner(encoderStep(shape, generator), 1).values();
  const facts = { name: 'tiny', createdAt: '2026-01-01T00:00:00.000Z', width: 1, fill: 255 };
  const model = dcganModel(facts, servedGenerator(1, generator), servedEncoder(1, encoder));
  await writeDcganFolder(folder, model, { card: '', history: {} });
  return folder;
}
