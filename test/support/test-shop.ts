import { onTestFinished } from 'vitest';
import { startShopServer } from './shop-server.js';
import type { Route, ShopServer } from './shop-server.js';

/** A shop server that is closed when the test ends. */
export async function testShop(routes: Readonly<Record<string, Route>> = {}): Promise<ShopServer> {
  const server = await startShopServer(routes);
  onTestFinished(() => server.close());
  return server;
}
