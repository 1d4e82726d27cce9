/**
 * The file that may lie beside class folders and tells what is known of their pictures: a header line
 * `path,...`, then one picture a line, its path below the folder first. The renderer writes it, `dataset import` reads it.
 */
export const PICTURE_LIST = 'pictures.csv';

/** Columns of such a list that are no attributes of the picture. */
export const LIST_COLUMNS = { path: 'path', class: 'class' } as const;
