/**
 * What a network is: a list of layers, read twice. For training every layer has its own parameters and Batch
 * Normalization works on the batch; for serving the normalization is folded into the convolution before it.
 */

export type Layer =
  /** Convolution, Batch Normalization, 2x2 max pooling if `pool`, Relu. Kernel 3 is padded by one. */
  | {
      readonly kind: 'convolution';
      readonly name: string;
      readonly channels: number;
      readonly kernel: 1 | 3;
      readonly stride: 1 | 2;
      readonly pool: boolean;
    }
  /** Two 3x3 convolutions beside an identity: relu(x + norm(conv(relu(norm(conv(x)))))) (He et al. 2016). */
  | { readonly kind: 'residual'; readonly name: string }
  /** Global average: the network's features; then dropout. */
  | { readonly kind: 'features'; readonly name: string; readonly dropout: number }
  /** Fully connected, sigmoid: the latent layer whose rounded values are the hash code (Lin et al. 2015). */
  | { readonly kind: 'latent'; readonly name: string; readonly bits: number }
  /** Fully connected, one logit a class. Last. */
  | { readonly kind: 'classifier'; readonly name: string };

export interface NetworkSpec {
  readonly name: string;
  /** Side of the square input, in pixels. */
  readonly size: number;
  readonly classes: number;
  readonly layers: readonly Layer[];
  /**
   * When it serves, logits, latent values and features are the mean of those of the picture and of its mirror
   * image: a garment has no handedness. Costs a second forward pass.
   */
  readonly mirrored?: boolean;
  /**
   * Present where the network tells how alike pictures are: the last layer gives an embedding, made unit length, of
   * `classes` numbers, and the loss is the contrastive one at this temperature. In training it also tells so many
   * facts of a garment, from its features; 0 tells none.
   */
  readonly contrastive?: { readonly temperature: number; readonly facts: number };
}

/** How a parameter starts: He's normal for what Relu follows, Glorot's uniform otherwise. */
export type Initial =
  | { readonly kind: 'he'; readonly fanIn: number }
  | { readonly kind: 'glorot'; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: 'constant'; readonly value: number };

export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
  /** Weight decay applies to weights, not to normalization and bias. */
  readonly decays: boolean;
}

/** The name of a parameter or statistic of a layer. */
export function partName(
  layer: string,
  part: 'weight' | 'bias' | 'scale' | 'shift' | 'mean' | 'variance',
): string {
  return `${layer}.${part}`;
}

/** Pixels 0 to 255 are centred on it ... */
export const PIXEL_MIDDLE = 127.5;
/** ... and divided by it: about the standard deviation in photos, so that the input has about unit variance. */
export const PIXEL_SPREAD = 64;
/** Added to Batch Normalization's variance. */
export const BATCH_NORM_EPSILON = 1e-5;
