/** Names of things. A brand keeps one kind of id from being passed where another is meant. */

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A shop's id from its YAML file: lower-case letters, digits and hyphens. */
export type ShopId = Brand<string, 'ShopId'>;
/** A category's id from config/categories.yaml, such as `sweater`. */
export type CategoryId = Brand<string, 'CategoryId'>;
/** 64 lower-case hex digits: the SHA-256 of a picture's bytes as downloaded. */
export type Sha256 = Brand<string, 'Sha256'>;
/** Names a model by the hash of its weights, preprocessing and labels; vectors of two are never compared. */
export type ModelFingerprint = Brand<string, 'ModelFingerprint'>;
export type ProductId = Brand<number, 'ProductId'>;
export type RunId = Brand<number, 'RunId'>;
export type FrontierId = Brand<number, 'FrontierId'>;
export type ImageId = Brand<number, 'ImageId'>;
export type FeedId = Brand<number, 'FeedId'>;
