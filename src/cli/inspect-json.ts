/** A reading in the names of schema.org. The shape is a contract: fields are added, never renamed. */
import { toDecimal } from '../domain/money.js';
import type {
  Availability,
  Contradiction,
  FieldSource,
  FieldTrace,
  PageReading,
  Product,
  Variant,
} from '../domain/product.js';
import type { FetchReport } from './inspect-source.js';

/** ItemAvailability; LimitedAvailability is what schema.org has for low stock. */
const AVAILABILITY: Readonly<Record<Availability, string | null>> = {
  'in-stock': 'InStock',
  'low-stock': 'LimitedAvailability',
  'back-order': 'BackOrder',
  'pre-order': 'PreOrder',
  'sold-out': 'OutOfStock',
  discontinued: 'Discontinued',
  unknown: null,
};

interface OfferJson {
  /** A decimal with a point, such as `49.90`; null where only the stock is known. */
  readonly price: string | null;
  readonly priceCurrency: string | null;
  readonly listPrice: string | null;
  readonly availability: string | null;
}

interface ProductJson {
  readonly name: string;
  readonly sku: string | null;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly brand: string | null;
  readonly description: string | null;
  readonly images: readonly string[];
  readonly breadcrumbs: readonly string[];
  readonly offers: readonly OfferJson[];
  readonly variants: readonly VariantJson[];
}

interface VariantJson {
  readonly name: string | null;
  readonly sku: string | null;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly color: string | null;
  readonly size: string | null;
  readonly url: string | null;
  readonly images: readonly string[];
  readonly offers: readonly OfferJson[];
}

interface SourceJson {
  readonly source: FieldSource;
  readonly confidence: number;
}

export interface InspectJson {
  readonly url: string;
  readonly product: ProductJson | null;
  /** Why there is no product; null where there is one. */
  readonly why: string | null;
  readonly sources: Readonly<Record<string, SourceJson>>;
  readonly missing: readonly string[];
  readonly contradictions: readonly Contradiction[];
  readonly warnings: readonly string[];
  readonly encoding: string | null;
  /** Null for a file. */
  readonly fetch: FetchReport | null;
  /** Milliseconds; `readCpu` is CPU time. */
  readonly timing: {
    readonly fetch: number | null;
    readonly read: number | null;
    readonly readCpu: number | null;
  };
  /** Selector by field of a shop file; only where they were asked for. */
  readonly suggestions?: Readonly<Record<string, string | null>>;
}

/** Fields of the reader -> schema.org's, as the JSON has them. */
const NAMES: Readonly<Partial<Record<FieldTrace['field'], string>>> = {
  title: 'name',
  currency: 'priceCurrency',
};

export function jsonNameOf(field: FieldTrace['field']): string {
  return NAMES[field] ?? field;
}

export function productJson(product: Product): ProductJson {
  const { title, sku, gtin, mpn, brand, description, images, breadcrumbs } = product;
  const variants = product.variants.map(variantJson);
  const offers = offersOf(product);
  return { name: title, sku, gtin, mpn, brand, description, images, breadcrumbs, offers, variants };
}

function variantJson(variant: Variant): VariantJson {
  const { title, sku, gtin, mpn, colour, size, url, images } = variant;
  return { name: title, sku, gtin, mpn, color: colour, size, url, images, offers: offersOf(variant) };
}

function offersOf({ offer, availability }: Pick<Product, 'offer' | 'availability'>): OfferJson[] {
  const stock = AVAILABILITY[availability];
  if (offer !== null) {
    const { price, listPrice } = offer;
    return [
      {
        price: toDecimal(price),
        priceCurrency: price.currency,
        listPrice: listPrice === null ? null : toDecimal(listPrice),
        availability: stock,
      },
    ];
  }
  return stock === null ? [] : [{ price: null, priceCurrency: null, listPrice: null, availability: stock }];
}

export function sourcesJson(traces: readonly FieldTrace[]): Record<string, SourceJson> {
  return Object.fromEntries(
    traces.map(({ field, source, confidence }) => [
      jsonNameOf(field),
      { source, confidence: Math.round(confidence * 100) / 100 },
    ]),
  );
}

/** What every product should have. A list price and variants are no loss where they are absent. */
const EXPECTED: readonly FieldTrace['field'][] = [
  'title',
  'price',
  'currency',
  'availability',
  'brand',
  'sku',
  'gtin',
  'mpn',
  'images',
  'breadcrumbs',
  'description',
];

export function missingOf({ traces }: PageReading): string[] {
  const found = new Set(traces.map(({ field }) => field));
  return EXPECTED.filter((field) => !found.has(field)).map(jsonNameOf);
}
