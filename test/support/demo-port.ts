/** A port for a test's demo: files that run side by side, or two checkouts, must not take each other's. */
export const demoPort = String(20_000 + (process.pid % 5_000) * 2);
