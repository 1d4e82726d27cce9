/** Where the temperature that a network's logits are divided by comes from, and how that is said. */

/** `base`: the model that the training started from, where the validation split lacks classes. */
export type TemperatureSource = 'validation' | 'base';

export function temperatureText(source: TemperatureSource): string {
  return source === 'validation'
    ? 'fitted to the validation split'
    : 'that of the model it started from, as the validation split lacks some of the classes';
}
