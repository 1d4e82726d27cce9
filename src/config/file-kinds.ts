/** The kinds of config files that have a schema of their own. */

export const CONFIG_FILE_KINDS = ['config', 'shop', 'categories'] as const;
export type ConfigFileKind = (typeof CONFIG_FILE_KINDS)[number];
