/** The category network: small, residual, with a latent layer, so one pass gives category, hash and features. */
import type { Layer, NetworkSpec } from '../../model/network.js';

export interface CategoryNetworkOptions {
  /** Side of the square input; a multiple of 16. */
  readonly size: number;
  readonly classes: number;
  /** Channels of the stem and of the three stages. */
  readonly widths?: readonly [number, number, number, number];
  readonly latentBits?: number;
  readonly dropout?: number;
}

/** About 130 million floating-point operations a picture at 64 px (two for each multiply-add). */
const WIDTHS = [24, 48, 96, 192] as const;

export function categoryNetwork(options: CategoryNetworkOptions): NetworkSpec {
  const [stem, first, second, third] = options.widths ?? WIDTHS;
  const layers: Layer[] = [
    convolution('stem', stem, { stride: 2, pool: false }),
    convolution('stage1', first, { stride: 1, pool: true }),
    { kind: 'residual', name: 'stage1.residual' },
    convolution('stage2', second, { stride: 1, pool: true }),
    { kind: 'residual', name: 'stage2.residual' },
    convolution('stage3', third, { stride: 1, pool: true }),
    { kind: 'residual', name: 'stage3.residual' },
    { kind: 'features', name: 'features', dropout: options.dropout ?? 0.2 },
    { kind: 'latent', name: 'latent', bits: options.latentBits ?? 64 },
    { kind: 'classifier', name: 'classifier' },
  ];
  return { name: 'category', size: options.size, classes: options.classes, layers };
}

/** The network that throughput is measured on: 101 million floating-point operations at 64 px. */
export function referenceNetwork(): NetworkSpec {
  const layers: Layer[] = [
    ...[32, 64, 128, 128].map((channels, index) =>
      convolution(`conv${index + 1}`, channels, { stride: 1, pool: true }),
    ),
    { kind: 'features', name: 'features', dropout: 0 },
    { kind: 'classifier', name: 'classifier' },
  ];
  return { name: 'reference', size: 64, classes: 10, layers };
}

function convolution(
  name: string,
  channels: number,
  { stride, pool }: { readonly stride: 1 | 2; readonly pool: boolean },
): Layer {
  return { kind: 'convolution', name, channels, kernel: 3, stride, pool };
}
