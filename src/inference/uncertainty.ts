/**
 * How unsure a segmentation is, as one number for a case: the entropy of the predictive distribution (the probabilities
 * averaged over folds and passes) of each voxel, in units of the logarithm of the number of classes, averaged over all
 * voxels of the network's grid: 0 where every voxel is certain, 1 where every voxel says nothing.
 *
 * Source: predictive entropy as measure of total uncertainty, Gal, Uncertainty in Deep Learning (thesis, Cambridge 2016),
 * section 3.3; of ensembles, Lakshminarayanan et al., NeurIPS 2017; averaged over the voxels to choose what is annotated next,
 * Yang et al., Suggestive Annotation, MICCAI 2017, and Nath et al., IEEE TMI 40 (2021) 2534. It grows with the amount of
 * tissue the model doubts; cases of one study, which show the same field of view, can be ordered by it.
 */
export class MeanEntropy {
  private sum = 0;
  private voxels = 0;

  /** `classes`: with the background, at least 2. */
  constructor(private readonly classes: number) {}

  /** Takes the probabilities [classes, voxels] of some voxels. */
  add(probabilities: Float32Array): void {
    const count = probabilities.length / this.classes;
    for (let n = 0; n < probabilities.length; n++) {
      const p = probabilities[n];
      if (p > 0 && p < 1) this.sum -= p * Math.log(p);
    }
    this.voxels += count;
  }

  /** 0…1; NaN before any voxel. */
  get value(): number {
    return this.sum / Math.log(this.classes) / this.voxels;
  }
}
