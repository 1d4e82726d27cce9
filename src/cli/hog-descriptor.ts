/** Histograms of oriented gradients of a data set's pixels, for linear machines. */
import { hog, HOG_LENGTH, HOG_SIDE } from '../images/hog.js';
import { greyOf, resample, wholeOf } from '../images/raster.js';
import type { PictureDescriptor } from '../learn/svm/descriptor.js';

export const hogDescriptor: PictureDescriptor = {
  name: `hog-${HOG_SIDE}`,
  length: HOG_LENGTH,
  describe: (pixels, size) => {
    const grey = greyOf({ data: pixels, width: size, height: size, channels: 3 });
    return hog(resample(grey, wholeOf(grey), HOG_SIDE, HOG_SIDE));
  },
};
