/** Histograms of oriented gradients of a data set's pixels, for linear machines. */
import { HOG_48, hog, hogLength } from '../images/hog.js';
import type { Raster } from '../images/raster.js';
import { wholeOf } from '../images/raster.js';
import { resampleGrey } from '../images/resample.js';
import type { PictureDescriptor } from '../learn/svm/descriptor.js';

export const hogDescriptor: PictureDescriptor = {
  name: 'hog-48',
  length: hogLength(HOG_48),
  describe: (pixels, size) => {
    const picture: Raster = { data: pixels, width: size, height: size, channels: 3 };
    return hog(resampleGrey(picture, wholeOf(picture), HOG_48.side, HOG_48.side), HOG_48);
  },
};
